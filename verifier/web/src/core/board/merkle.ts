// The tree of RFC 6962 over SHA-256.

import { type Bytes, equal } from "../bytes.ts";
import { must } from "../errors.ts";
import { sha256 } from "../hash.ts";

/** Tree.Leaf */
export function leafHash(data: Bytes): Bytes {
  return sha256(Uint8Array.of(0), data);
}

export function nodeHash(left: Bytes, right: Bytes): Bytes {
  return sha256(Uint8Array.of(1), left, right);
}

/** Inclusion.Verify: the tree of this size and root has this leaf at index. Refusal: `inclusion`. */
export function verifyInclusion(path: Bytes[], size: number, root: Bytes, index: number, leaf: Bytes): void {
  must(index >= 0 && index < size, "inclusion", `index ${index} of ${size} entries`);
  // RFC 9162, section 2.1.3.2: fn and sn are the node's and the last node's place on their level.
  let [fn, sn, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    must(sn > 0, "inclusion", "the path is too long");
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (fn % 2 === 0 && fn > 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  must(sn === 0, "inclusion", "the path is too short");
  must(equal(hash, root), "inclusion", "the path does not lead to the root");
}

/** Not by shifting, which is of 32 bits. */
function half(n: number): number {
  return Math.floor(n / 2);
}
