// Ed25519 signatures (RFC 8032).

import { ed25519 } from "@noble/curves/ed25519.js";
import type { Bytes } from "./bytes.ts";

/** Whether the signature is of the message and the key. Keys and points have their one encoding. */
export function signed(key: Bytes, message: Bytes, signature: Bytes): boolean {
  try {
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}

/** Whether the bytes are a key of the subgroup of prime order: under others one signature can verify for many messages. */
export function isSigningKey(bytes: Bytes): boolean {
  try {
    const A = ed25519.Point.fromBytes(bytes);
    return !A.is0() && A.isTorsionFree();
  } catch {
    return false;
  }
}
