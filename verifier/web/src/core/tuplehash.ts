// TupleHashXOF256 of NIST SP 800-185: a hash of a list of byte strings that keeps them apart.

import { tuplehash256, tuplehash256xof } from "@noble/hashes/sha3-addons.js";
import { type Bytes, utf8 } from "./bytes.ts";

/** TupleHash.XOF of docs/protocol/group.md. A longer output begins with the shorter one. */
export function tupleHashXof(custom: string, tuple: Bytes[], length: number): Bytes {
  return tuplehash256xof(tuple, { personalization: utf8(custom), dkLen: length });
}

/** TupleHash256 with 256 bits of output, which the key ceremony uses. */
export function tupleHash(custom: string, tuple: Bytes[]): Bytes {
  return tuplehash256(tuple, { personalization: utf8(custom), dkLen: 32 });
}
