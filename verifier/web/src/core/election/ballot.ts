// The inner ballot (docs/protocol/ballot.md).

import type { Kind } from "../document.ts";
import { type Of, anyText, base64, hash, hex, integer, list, object } from "../shape.ts";

const slot = object({ ciphertext: base64(64), proof: base64() });
const contest = object({ contest: anyText, slots: list(slot) });
const fields = object({
  anchor: object({ root: hash, size: integer(0) }),
  contests: list(contest),
  district: anyText,
  election: hash,
  pseudonym: hex(16),
});

export type Slot = Of<typeof slot>;
export type BallotContest = Of<typeof contest>;
export type Ballot = Of<typeof fields>;

/** Ballot.Parse is Document.Decode with this kind. */
export const ballotKind: Kind<Ballot> = { name: "ballot", limit: 256 << 10, fields };
