// SHA-256, and hashes as documents write them.

import { sha256 as digest } from "@noble/hashes/sha2.js";
import { type Bytes, toHex } from "./bytes.ts";

/** 64 lower-case hex digits. */
export type Hash = string;

/** What stands for a hash that is not there. */
export const zeroHash: Hash = "0".repeat(64);

export function sha256(...parts: Bytes[]): Bytes {
  const state = digest.create();
  for (const part of parts) state.update(part);
  return state.digest();
}

/** The hash of an artefact: SHA-256 of its bytes. */
export function hashOf(bytes: Bytes): Hash {
  return toHex(sha256(bytes));
}
