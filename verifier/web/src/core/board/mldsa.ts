// Cosignatures by ML-DSA-44 (c2sp.org/tlog-cosignature): over a structure of their own, not the note's text.

import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";
import { type Bytes, concat, uint64, utf8 } from "../bytes.ts";

/** What a witness says of a tree. */
export interface Cosigned {
  /** The witness's name. */
  name: string;
  /** Seconds since 1970, 8 bytes. */
  time: Bytes;
  origin: string;
  size: number;
  root: Bytes;
}

/** Whether a signature is of the tree from its beginning to its size. */
export function cosignedByMlDsa(key: Bytes, c: Cosigned, signature: Bytes): boolean {
  const message = concat(utf8("subtree/v1\n\0"), short(c.name), c.time, short(c.origin), uint64(0), uint64(c.size), c.root);
  try {
    return ml_dsa44.verify(signature, message, key);
  } catch {
    return false;
  }
}

/** A text behind its length in one byte. */
function short(text: string): Bytes {
  const bytes = utf8(text);
  return concat(Uint8Array.of(bytes.length), bytes);
}
