// The repository's vectors, which other implementations are held to.

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Bytes, fromHex } from "../src/core/bytes.ts";
import { Refusal } from "../src/core/errors.ts";

// From build/test, where the compiler puts this file.
export const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const root = `${repository}vectors/`;

export function readVector(name: string): Bytes {
  return new Uint8Array(readFileSync(root + name));
}

export function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(root + name, "utf8")) as T;
}

export function listVectors(folder: string): string[] {
  return readdirSync(root + folder);
}

/** Bytes of hex in a vector. */
export function hex(text: string): Bytes {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new Error(`not hex: ${text}`);
  return bytes;
}

/** The code of the refusal that a step ends with, or "" if it does not. Anything but a refusal fails the test. */
export async function codeOf(step: () => unknown): Promise<string> {
  try {
    await step();
    return "";
  } catch (fault) {
    if (fault instanceof Refusal) return fault.code;
    throw fault;
  }
}
