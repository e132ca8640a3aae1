// tlog-proof: an entry is in a log, shown offline (Proof.Parse and Proof.Verify of docs/protocol/board.md).

import { type Bytes, fromBase64, utf8 } from "../bytes.ts";
import { Refusal, must } from "../errors.ts";
import { type Checkpoint, maxCheckpoint, openCheckpoint } from "./checkpoint.ts";
import { leafHash, verifyInclusion } from "./merkle.ts";
import type { Policy } from "./policy.ts";

export interface Proof {
  index: number;
  /** From the leaf's sibling upwards. */
  path: Bytes[];
  /** Not verified yet. */
  checkpoint: Bytes;
}

const maxProof = maxCheckpoint + (4 << 10);
const form = /^c2sp\.org\/tlog-proof@v1\nindex (0|[1-9][0-9]*)\n((?:[A-Za-z0-9+/=]+\n)*)\n([^]*)$/;

/** Proof.Parse, without the optional extra line, which nothing authenticates. Refusal: `proof_form`. */
export function parseProof(text: string): Proof {
  must(text.length <= maxProof, "proof_form", `${text.length} characters, the limit is ${maxProof}`);
  const [, digits, lines, checkpoint] = form.exec(text) ?? [];
  if (lines === undefined || checkpoint === undefined) throw new Refusal("proof_form", "it is not of the form of a tlog-proof");
  const path = lines.split("\n").slice(0, -1).map((line) => {
    const hash = fromBase64(line);
    if (hash?.length !== 32) throw new Refusal("proof_form", "a hash is not one");
    return hash;
  });
  const index = Number(digits);
  must(Number.isSafeInteger(index), "proof_form", "the index is out of range");
  return { index, path, checkpoint: utf8(checkpoint) };
}

/** Proof.Verify: the entry with this data is at the proof's index. Refusals: those of openCheckpoint, `inclusion`. */
export function verifyProof(proof: Proof, policy: Policy, data: Bytes): Checkpoint {
  const checkpoint = openCheckpoint(policy, proof.checkpoint);
  verifyInclusion(proof.path, checkpoint.size, checkpoint.root, proof.index, leafHash(data));
  return checkpoint;
}
