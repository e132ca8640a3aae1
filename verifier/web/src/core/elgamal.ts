// Ciphertexts, and the randomness that a seed gives (docs/protocol/elgamal.md).

import { hkdf } from "@noble/hashes/hkdf.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, uint64, utf8 } from "./bytes.ts";
import { Refusal, must } from "./errors.ts";
import { type Element, G, type Scalar, decodeElement, reduceScalar } from "./group.ts";

/** (A, B) = (r·G, M + r·Y) */
export interface Ciphertext {
  A: Element;
  B: Element;
}

/** Refusal: `public_key`. */
export function parsePublicKey(bytes: Bytes): Element {
  const Y = decodeElement(bytes);
  must(!Y.is0(), "public_key", "under the identity every ciphertext shows its plaintext");
  return Y;
}

/** Refusals: `ciphertext`, `element`. */
export function parseCiphertext(bytes: Bytes): Ciphertext {
  must(bytes.length === 64, "ciphertext", `${bytes.length} bytes, a ciphertext has 64`);
  return { A: decodeElement(bytes.subarray(0, 32)), B: decodeElement(bytes.subarray(32)) };
}

export function ciphertextBytes(c: Ciphertext): Bytes {
  return concat(c.A.toBytes(), c.B.toBytes());
}

/** ElGamal.Encrypt: in constant time, as far as JavaScript has it. */
export function encrypt(Y: Element, M: Element, r: Scalar): Ciphertext {
  return { A: G.multiply(r), B: M.add(Y.multiply(r)) };
}

/** The length of a seed in bytes. */
export const seedSize = 32;

/** Seed.Scalar: the randomness of a seed for a place. Never zero. */
export function seedScalar(seed: Bytes, ...info: Bytes[]): Scalar {
  const framed = concat(...info.flatMap((part) => [uint64(part.length), part]));
  const okm = hkdf(sha512, seed, utf8("valik/1 seed"), framed, 128);
  const r = reduceScalar(okm.subarray(0, 64)) || reduceScalar(okm.subarray(64));
  if (r === 0n) throw new Refusal("seed", "the seed gives no randomness"); // probability 2^-504
  return r;
}
