// The archive of a container: stored files and nothing else (docs/protocol/envelope.md).

import { type Bytes, concat } from "../bytes.ts";
import { Refusal, must } from "../errors.ts";

export interface File {
  /** One character a byte. */
  name: string;
  data: Bytes;
}

const local = 0x04034b50;
const central = 0x02014b50;
const end = 0x06054b50;
const endSize = 22;
const centralSize = 46;
const localSize = 30;

/** Builds the archive of files in their order: no flag, time, extra field, comment or attribute. */
export function writeZip(files: File[]): Bytes {
  const bodies: Bytes[] = [];
  const directory: Bytes[] = [];
  let offset = 0;
  for (const { name, data } of files) {
    const body = concat(u32(local), common(name, data), latin1(name), data);
    directory.push(u32(central), u16(10), common(name, data), new Uint8Array(10), u32(offset), latin1(name));
    bodies.push(body);
    offset += body.length;
  }
  const records = concat(...directory);
  return concat(...bodies, records, u32(end), u32(0), u16(files.length), u16(files.length), u32(records.length), u32(offset), u16(0));
}

/** The 26 bytes that header and directory share, from the version needed to the length of the extra field. */
function common(name: string, data: Bytes): Bytes {
  const date = (1 << 5) | 1; // 1980-01-01
  return concat(u16(10), new Uint8Array(6), u16(date), u32(crc32(data)), u32(data.length), u32(data.length), u16(name.length), u16(0));
}

/**
 * Finds the files of an archive. It explains what is wrong with a stranger's file but decides nothing:
 * parseContainer writes the archive again and compares. Refusals: `container_…`.
 */
export function readZip(bytes: Bytes): ZipRecord[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  must(bytes.length >= 4 && view.getUint32(0, true) === local, "container_not_zip", "it does not begin with a zip header");
  const at = findEnd(view);
  const records = readDirectory(view, at);
  must(records.length === view.getUint16(at + 10, true), "container_form", "the directory has not the files that its end says");
  return records;
}

/** A file as the directory has it; its data are read when it is known which files there are. */
export interface ZipRecord {
  name: string;
  read(): Bytes;
}

function findEnd(view: DataView): number {
  for (let at = view.byteLength - endSize; at >= 0; at--) if (view.getUint32(at, true) === end) return at;
  throw new Refusal("container_truncated", "the end of the archive is missing");
}

function readDirectory(view: DataView, endAt: number): ZipRecord[] {
  const size = view.getUint32(endAt + 12, true);
  // What stands before the first file moves all offsets.
  const base = endAt - size - view.getUint32(endAt + 16, true);
  must(base >= 0, "container_form", "the directory is not where its end says");
  const records: ZipRecord[] = [];
  for (let at = endAt - size; at + centralSize <= endAt && view.getUint32(at, true) === central; ) {
    const lengths = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [number, number, number];
    must(at + centralSize + lengths[0] <= endAt, "container_form", "a name goes beyond the directory");
    records.push(record(view, at, base, lengths[0]));
    at += centralSize + lengths[0] + lengths[1] + lengths[2];
  }
  return records;
}

function record(view: DataView, at: number, base: number, nameLength: number): ZipRecord {
  const name = binary(slice(view, at + centralSize, nameLength));
  const read = (): Bytes => {
    must(view.getUint16(at + 10, true) === 0, "container_compressed", "a file is not stored");
    const header = base + view.getUint32(at + 42, true);
    const begins = header + localSize <= view.byteLength && view.getUint32(header, true) === local;
    must(begins, "container_form", "a file does not begin where the directory says");
    const start = header + localSize + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    const size = view.getUint32(at + 20, true);
    must(start + size <= view.byteLength, "container_truncated", "a file goes beyond the end");
    const data = slice(view, start, size);
    must(crc32(data) === view.getUint32(at + 16, true), "container_checksum", "a file has another checksum");
    return data;
  };
  return { name, read };
}

function slice(view: DataView, at: number, length: number): Bytes {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}

function binary(bytes: Bytes): string {
  return String.fromCharCode(...bytes);
}

function latin1(text: string): Bytes {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

function u16(n: number): Bytes {
  return Uint8Array.of(n & 255, (n >> 8) & 255);
}

function u32(n: number): Bytes {
  return concat(u16(n & 0xffff), u16(n >>> 16));
}

const table = Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

/** The checksum of zip files. It protects nothing: the form has it. */
export function crc32(bytes: Bytes): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 255] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
