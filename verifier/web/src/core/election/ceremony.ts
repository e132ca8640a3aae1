// The ceremony as the board has it, and the election's public key (docs/protocol/entries.md).

import { type Bytes, concat, uint64 } from "../bytes.ts";
import { type Keys, verifyCeremony } from "../ceremony/verify.ts";
import { type Kind, decode } from "../document.ts";
import { type Of, base64, hash, integer, list, object } from "../shape.ts";
import { must, under } from "../errors.ts";
import { fingerprintBytes } from "./choices.ts";
import type { Manifest } from "./manifest.ts";

const messages = list(base64(), 1, 64);
const fields = object({
  attempt: integer(1), commitments: messages, confirmations: messages, deals: messages, drills: messages, election: hash,
});

export const ceremonyKind: Kind<Of<typeof fields>> = { name: "ceremony", limit: 16 << 20, fields };

/** Ceremony.Parse and Ceremony.Verify, with the parameters of the manifest. Refusals begin with `ceremony`. */
export function electionKeys(m: Manifest, bytes: Bytes): Keys {
  return under("ceremony", () => {
    const c = decode(ceremonyKind, bytes);
    must(c.election === m.fingerprint, "wrong_election", "the ceremony is of another election");
    const context = concat(fingerprintBytes(m), uint64(c.attempt));
    return verifyCeremony({ context, threshold: m.trustees.threshold, cards: m.trustees.cards }, c);
  });
}
