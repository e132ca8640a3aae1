// Whose signatures make a checkpoint acceptable (docs/protocol/board.md).

import { toHex } from "../bytes.ts";
import { must, under } from "../errors.ts";
import { type PublicKey, keyTypes, parseKey } from "./key.ts";

/** A policy as a manifest writes it. */
export interface Policy {
  origin: string;
  /** vkey of the log. */
  key: string;
  /** vkeys. */
  witnesses: string[];
  quorum: number;
}

export interface PolicyKeys {
  log: PublicKey;
  witnesses: PublicKey[];
}

const maxWitnesses = 64;

/** Policy.Validate: the keys of a policy that can be met and counts nobody twice. Refusals begin with `policy`. */
export function policyKeys(p: Policy): PolicyKeys {
  const [log, ...witnesses] = under("policy", () => [p.key, ...p.witnesses].map(parseKey)) as [PublicKey, ...PublicKey[]];
  must(log.type === keyTypes.log && log.name === p.origin, "policy", "the log's key is not one for the origin");
  must(witnesses.every((w) => w.type !== keyTypes.log), "policy", "a witness's key is not one of a witness");
  must(p.witnesses.length <= maxWitnesses && p.quorum >= 0 && p.quorum <= p.witnesses.length, "policy", `a quorum of ${p.quorum} of ${p.witnesses.length} witnesses`);
  // An Ed25519 cosignature does not contain its signer's name: one key under two names
  // would fill two places of the quorum.
  for (const what of [(k: PublicKey) => k.name, (k: PublicKey) => toHex(k.material), (k: PublicKey) => k.keyHash]) {
    must(new Set([log, ...witnesses].map(what)).size === 1 + witnesses.length, "policy", "two keys could be taken for one another");
  }
  return { log, witnesses };
}
