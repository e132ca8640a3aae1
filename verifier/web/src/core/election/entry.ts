// Entries of the board, and what stands there for a ballot (docs/protocol/entries.md).

import { type Bytes, concat, fromHex, uint64, utf8 } from "../bytes.ts";
import { type Kind, encode } from "../document.ts";
import { type Hash, hashOf } from "../hash.ts";
import { type Of, hash, object, word } from "../shape.ts";

const fields = object({
  artefact: hash,
  election: hash,
  kind: word(
    "manifest", "ceremony", "roll", "open", "ballot", "close",
    "settlement", "revocations", "input", "mix", "decryption", "result",
  ),
});

export type Entry = Of<typeof fields>;

export const entryKind: Kind<Entry> = { name: "entry", limit: 1 << 10, fields };

/** The data of a leaf. */
export function entryBytes(entry: Entry): Bytes {
  return encode("entry", { ...entry });
}

/** What was logged of a ballot. */
export interface Logged {
  /** Of the inner ballot. */
  ballot: Hash;
  /** Of the container. */
  envelope: Hash;
  evidence: Hash;
  /** Seconds since 1970. */
  time: number;
}

/** Entry.Ballot: SHA-256("valik/1 ballot leaf" ‖ 0x00 ‖ inner ‖ envelope ‖ evidence ‖ time) */
export function ballotLeaf(l: Logged): Hash {
  const hashes = [l.ballot, l.envelope, l.evidence].map((h) => fromHex(h) as Bytes);
  return hashOf(concat(utf8("valik/1 ballot leaf\0"), ...hashes, uint64(l.time)));
}
