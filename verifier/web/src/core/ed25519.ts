// Ed25519 signatures (RFC 8032).

import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, equal } from "./bytes.ts";

const { Point } = ed25519;

/** Whether the signature is of the message and the key. Keys and points have their one encoding. */
export function signed(key: Bytes, message: Bytes, signature: Bytes): boolean {
  try {
    return ed25519.verify(signature, message, key, { zip215: false }) && holdsExactly(key, message, signature);
  } catch {
    return false;
  }
}

/**
 * R = s·B − k·A, where the library multiplies both sides by 8 (RFC 8032 leaves the choice): with that, who has
 * a key could sign so that the page is content and the programs of the record, which do not multiply, are not.
 */
function holdsExactly(key: Bytes, message: Bytes, signature: Bytes): boolean {
  const R = signature.subarray(0, 32);
  const k = Point.Fn.create(bytesToNumberLE(sha512(concat(R, key, message))));
  const s = bytesToNumberLE(signature.subarray(32));
  const kA = Point.fromBytes(key).multiplyUnsafe(k);
  return equal(Point.BASE.multiplyUnsafe(s).subtract(kA).toBytes(), R);
}

/** Whether the bytes are a key of the subgroup of prime order: under others one signature can verify for many messages. */
export function isSigningKey(bytes: Bytes): boolean {
  try {
    const A = Point.fromBytes(bytes);
    return !A.is0() && A.isTorsionFree();
  } catch {
    return false;
  }
}
