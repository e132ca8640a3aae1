// Hashes and signatures of the key ceremony (docs/protocol/ceremony.md).

import { type Bytes, concat, utf8 } from "../bytes.ts";
import { signed } from "../ed25519.ts";
import { tupleHash } from "../tuplehash.ts";

/** Ceremony.Hash */
export function ceremonyHash(use: string, ...parts: Bytes[]): Bytes {
  return tupleHash("valik/1 ceremony", [utf8(use), ...parts]);
}

/** Whether a signature is Ceremony.Sign of everything before it, for a use. */
export function ceremonySigned(key: Bytes, use: string, before: Bytes, signature: Bytes): boolean {
  return signed(key, concat(utf8("valik/1 ceremony\0"), ceremonyHash(use, before)), signature);
}

/** One byte. */
export function u8(n: number): Bytes {
  return Uint8Array.of(n);
}
