// A strict reader of DER (X.690), as small as certificates need it.

import { type Bytes, concat, textOf, toHex } from "../bytes.ts";
import { Refusal, must } from "../errors.ts";

export const tags = {
  boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, utf8String: 0x0c, sequence: 0x30, set: 0x31,
  numericString: 0x12, printableString: 0x13, teletexString: 0x14, ia5String: 0x16, utcTime: 0x17, generalizedTime: 0x18, bmpString: 0x1e,
} as const;

/** The tag of a constructed value that a type numbers itself. */
export function context(n: number): number {
  return 0xa0 | n;
}

/** One value: its tag, its content, and both with the length between them. */
export interface Value {
  tag: number;
  content: Bytes;
  raw: Bytes;
}

function bad(detail: string): Refusal {
  return new Refusal("der", detail);
}

/** Reads exactly one value. Refusal: `der`. */
export function parseDer(bytes: Bytes, tag: number): Value {
  const value = readValue(bytes, 0);
  if (value.raw.length !== bytes.length) throw bad("bytes follow the value");
  return expect(value, tag);
}

/** The values inside a value. */
export function children(value: Value): Value[] {
  const values: Value[] = [];
  for (let at = 0; at < value.content.length; ) {
    const child = readValue(value.content, at);
    values.push(child);
    at += child.raw.length;
  }
  return values;
}

/** The value, if there is one and it has this tag. */
export function expect(value: Value | undefined, tag: number): Value {
  if (value?.tag !== tag) throw bad(`a value of tag ${tag} is expected`);
  return value;
}

function readValue(bytes: Bytes, start: number): Value {
  const byte = (at: number): number => {
    const b = bytes[at];
    if (b === undefined) throw bad("the end came too early");
    return b;
  };
  const tag = byte(start);
  if ((tag & 0x1f) === 0x1f) throw bad("a tag of several bytes");
  let length = byte(start + 1);
  let at = start + 2;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 4) throw bad("a length without end");
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + byte(at++);
    if (length < 0x80 || length < 256 ** (count - 1)) throw bad("a length that is longer than it need be");
  }
  if (at + length > bytes.length) throw bad("the end came too early");
  return { tag, content: bytes.subarray(at, at + length), raw: bytes.subarray(start, at + length) };
}

/** An object identifier in its dotted form. */
export function oidOf(value: Value | undefined): string {
  const { content } = expect(value, tags.oid);
  const last = content.at(-1);
  if (last === undefined || last >= 0x80) throw bad("an object identifier that does not end");
  const numbers: bigint[] = [];
  let n = 0n;
  for (const byte of content) {
    if (n === 0n && byte === 0x80) throw bad("an object identifier that is longer than it need be");
    n = (n << 7n) | BigInt(byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(n);
    n = 0n;
  }
  const [first = 0n, ...rest] = numbers;
  const top = first < 80n ? first / 40n : 2n;
  return [top, first - top * 40n, ...rest].join(".");
}

/** A number that is not negative. */
export function integerOf(value: Value | undefined): bigint {
  const { content } = expect(value, tags.integer);
  const [first, second] = content;
  if (first === undefined || first >= 0x80) throw bad("a number that is negative or none");
  if (first === 0 && second !== undefined && second < 0x80) throw bad("a number that is longer than it need be");
  return BigInt(`0x${toHex(content)}`);
}

export function booleanOf(value: Value): boolean {
  const { content } = expect(value, tags.boolean);
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 255)) throw bad("a truth value of its own form");
  return content[0] === 255;
}

/** The bits of a bit string, which must be whole bytes. */
export function bitsOf(value: Value | undefined): Bytes {
  const { content } = expect(value, tags.bitString);
  if (content[0] !== 0) throw bad("bits that are no whole bytes");
  return content.subarray(1);
}

/** The flags of a named bit list, by their numbers. */
export function flagsOf(value: Value): Set<number> {
  const { content } = expect(value, tags.bitString);
  const unused = content[0];
  if (unused === undefined || unused > 7) throw bad("a list of bits that is none");
  const flags = new Set<number>();
  content.subarray(1).forEach((byte, i) => {
    for (let bit = 0; bit < 8; bit++) if (byte & (0x80 >> bit)) flags.add(8 * i + bit);
  });
  return flags;
}

/** The text of a string type, or "" for anything else. */
export function textOfValue(value: Value): string {
  switch (value.tag) {
    case tags.utf8String:
    case tags.printableString:
    case tags.numericString:
    case tags.ia5String:
    case tags.teletexString:
      return textOf(value.content) ?? "";
    case tags.bmpString:
      return new TextDecoder("utf-16be").decode(value.content);
    default:
      return "";
  }
}

/** Seconds since 1970 of UTCTime or GeneralizedTime in the form of RFC 5280. */
export function timeOf(value: Value | undefined): number {
  const text = textOf(value?.content ?? new Uint8Array()) ?? "";
  const digits = value?.tag === tags.utcTime ? (text < "5" ? `20${text}` : `19${text}`) : text;
  const known = value?.tag === tags.utcTime || value?.tag === tags.generalizedTime;
  const [, y, mo, d, h, mi, s] = /^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z$/.exec(digits) ?? [];
  const iso = `${y}-${mo}-${d}T${h}:${mi}:${s}.000Z`;
  const milliseconds = Date.parse(iso);
  const holds = known && !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === iso;
  must(holds, "der", "a time that is none");
  return milliseconds / 1000;
}

/** ECDSA's SEQUENCE of r and s as r ‖ s of a length each. */
export function flatSignature(der: Bytes, length: number): Bytes {
  const [r, s, ...rest] = children(parseDer(der, tags.sequence));
  if (rest.length > 0) throw bad("a signature of more than two numbers");
  return concat(fixed(integerOf(r), length), fixed(integerOf(s), length));
}

function fixed(n: bigint, length: number): Bytes {
  const digits = n.toString(16).padStart(2 * length, "0");
  if (digits.length > 2 * length) throw bad("a number that is too long");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
