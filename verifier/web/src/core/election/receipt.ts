// The collector's receipt and refusal (docs/protocol/entries.md).

import type { Bytes } from "../bytes.ts";
import type { Checkpoint } from "../board/checkpoint.ts";
import { parseProof, verifyProof } from "../board/proof.ts";
import { type Kind, encode } from "../document.ts";
import { signed } from "../ed25519.ts";
import { must } from "../errors.ts";
import { type Hash, zeroHash } from "../hash.ts";
import { type Of, anyText, base64, hash, integer, object, stamp, text, time } from "../shape.ts";
import { type Entry, ballotLeaf, entryBytes } from "./entry.ts";
import type { Manifest } from "./manifest.ts";

const receiptFields = object({
  ballot: hash, election: hash, envelope: hash, evidence: hash, index: integer(0), proof: anyText, signature: base64(64), time,
});
const someText = text(/^[^]+$/, "a text");
const refusalFields = object({ code: someText, election: hash, message: someText, signature: base64(64), time }, { ballot: hash });

export type Receipt = Of<typeof receiptFields>;
export type RefusalDocument = Of<typeof refusalFields>;

/** Receipt.Parse is Document.Decode with this kind. */
export const receiptKind: Kind<Receipt> = { name: "receipt", limit: 1 << 20, fields: receiptFields };
/** Refusal.Parse is Document.Decode with this kind. */
export const refusalKind: Kind<RefusalDocument> = { name: "refusal", limit: 64 << 10, fields: refusalFields };

/** What stands on the board for the ballot of a receipt. */
export function receiptEntry(r: Receipt): Entry {
  return { kind: "ballot", election: r.election, artefact: ballotLeaf(r) };
}

/**
 * Receipt.Verify: the ballot with these hashes is on the board, under a checkpoint with the signatures that
 * the manifest demands. Refusals: `receipt_other`, `receipt_signature`, `receipt_time`, `receipt_evidence`,
 * `receipt_index`, `proof_form`, `inclusion` and those of openCheckpoint.
 */
export function verifyReceipt(m: Manifest, r: Receipt, ballot: Hash, envelope: Hash): Checkpoint {
  const own = r.election === m.fingerprint && r.ballot === ballot && r.envelope === envelope;
  must(own, "receipt_other", "the receipt is of another ballot");
  must(signed(m.collector.key, unsigned("receipt", { ...r }), r.signature), "receipt_signature", "the collector has not signed the receipt");
  must(m.opens <= r.time && r.time < m.closes, "receipt_time", "the ballot is logged at a time when the polls are not open, and so does not count");
  must(r.evidence !== zeroHash || m.eid.evidence?.away !== "refuse", "receipt_evidence", "the ballot is logged without the evidence that it needs to count");
  const proof = parseProof(r.proof);
  must(proof.index === r.index, "receipt_index", "the proof in the receipt is of another entry");
  return verifyProof(proof, m.board, entryBytes(receiptEntry(r)));
}

/** Whether the evidence of the voter's certificate is to come after the cast; the settlement says whether the vote counts. */
export function waits(m: Manifest, r: Receipt): boolean {
  return r.evidence === zeroHash && m.eid.evidence?.away === "settle";
}

/** Refusal.Verify: the collector refused a request about this ballot. Refusals: `refusal_other`, `refusal_signature`. */
export function verifyRefusal(m: Manifest, r: RefusalDocument, ballot: Hash): void {
  must(r.election === m.fingerprint && (r.ballot ?? ballot) === ballot, "refusal_other", "the refusal is of another ballot");
  must(signed(m.collector.key, unsigned("refusal", { ...r }), r.signature), "refusal_signature", "the collector has not signed the refusal");
}

/** What the collector signs: the document with an empty signature. */
function unsigned(name: string, fields: (Receipt | RefusalDocument) & { time: number }): Bytes {
  return encode(name, { ...fields, time: stamp(fields.time), signature: "" });
}
