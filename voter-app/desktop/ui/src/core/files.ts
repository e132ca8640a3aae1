// Files that a voter opens.

import type { Upload } from "./client.ts";
import { base64 } from "./format.ts";

/** What of a File is used. */
export type Source = Pick<File, "name" | "size" | "arrayBuffer">;

/** A key file has some thousand bytes, an invitation a few. */
const limit = 1 << 20;

/** Reads a file whole. Throws if it cannot be read, or is far too large to be what is asked for. */
async function bytesOf(file: Source): Promise<Uint8Array> {
  if (file.size > limit) throw new Error(`${file.name}: ${file.size} > ${limit}`);
  return new Uint8Array(await file.arrayBuffer());
}

/** The text of a file. */
export const textOf = async (file: Source): Promise<string> => new TextDecoder().decode(await bytesOf(file));

/** Files to identify with. */
export function uploadsOf(files: Source[]): Promise<Upload[]> {
  return Promise.all(files.map(async (file) => ({ name: file.name, content: base64(await bytesOf(file)) })));
}
