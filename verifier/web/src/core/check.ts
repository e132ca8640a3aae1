// The check of one ballot, from a link and what a collector answers. Nothing that comes from the
// collector is believed before it is checked; what cannot be checked is said to be its word.

import { type Bytes, equal, fromHex } from "./bytes.ts";
import { type Checkpoint, openCheckpoint } from "./board/checkpoint.ts";
import { leafHash } from "./board/merkle.ts";
import { BoardReader, type Fetch } from "./board/reader.ts";
import { decode } from "./document.ts";
import { parseContainer, verifyContainer } from "./eid/container.ts";
import type { Person } from "./eid/identity.ts";
import { acceptIssuers } from "./eid/issuers.ts";
import { type Ballot, ballotKind } from "./election/ballot.ts";
import { electionKeys } from "./election/ceremony.ts";
import { type Entry, entryBytes } from "./election/entry.ts";
import { type Manifest, parseManifest } from "./election/manifest.ts";
import { type Selection, checkBallot, openBallot, verifyProofs } from "./election/open.ts";
import { type Receipt, receiptEntry, receiptKind, verifyReceipt, waits } from "./election/receipt.ts";
import { must, under } from "./errors.ts";
import { type Hash, hashOf } from "./hash.ts";
import { type Link, sameAddress } from "./link.ts";
import { type Look, parseLook } from "./look.ts";

/** What the collector answers. */
export interface Answers {
  /** GET /v1/manifest */
  manifest: Bytes;
  /** GET /v1/ceremony */
  ceremony: Bytes;
  /** GET /checkpoint, asked for after the look. */
  checkpoint: Bytes;
  /** POST /v1/ballots/<index>/look */
  look: Bytes;
  /** GET of a tile of the board. */
  tile: Fetch;
}

/** What was found about a ballot for which everything holds. */
export interface Finding {
  manifest: Manifest;
  /** Whether the fingerprint was known from elsewhere. If not, who reads this must compare it. */
  fingerprintKnown: boolean;
  /** Who signed. */
  signer: Person;
  /** What the ballot says. */
  selections: Selection[];
  district: string;
  /** When the collector took it, in seconds since 1970. */
  time: number;
  index: number;
  /** The witnesses who have cosigned the board that has it. */
  witnesses: string[];
  /** The collector's word that no later ballot of this voter has taken its place. */
  latest: boolean;
  /** The evidence about the voter's certificate is to come; if it does not, the ballot will not count. */
  waits: boolean;
  /** How often it may still be looked at. */
  left: number;
}

/**
 * Checks a ballot, as docs/protocol/check.md says. `fingerprint` is the election's, from another source
 * than link and collector; without it the finding says so. The first thing that is wrong is a refusal.
 */
export async function check(link: Link, answers: Answers, fingerprint: Hash | undefined): Promise<Finding> {
  const manifest = openManifest(link, answers.manifest, fingerprint);
  const look = under("look", () => parseLook(answers.look));
  const receipt = under("receipt", () => decode(receiptKind, look.receipt));
  const { signer, ballot } = await openEnvelope(manifest, link, look, receipt);
  const witnessed = verifyReceipt(manifest, receipt, link.ballot, hashOf(look.container));
  must(receipt.index === link.index, "receipt_index", "the receipt is of another entry than the link");
  must(receipt.index >= ballot.anchor.size, "before_anchor", "the entry was on the board before the ballot was made");
  const Y = electionKeys(manifest, answers.ceremony).public;
  await checkBoard(manifest, answers, ballot, receipt, witnessed);
  const selections = openBallot(manifest, Y, link.seed, ballot);
  verifyProofs(manifest, Y, ballot);
  return {
    manifest, fingerprintKnown: fingerprint !== undefined, signer, selections, district: ballot.district,
    time: receipt.time, index: receipt.index, witnesses: witnessed.witnesses.map((w) => w.name),
    latest: look.latest, waits: waits(manifest, receipt), left: look.left,
  };
}

/** Steps 1 and 2: the election, and that the link's collector is its own. Whoever asks a collector does this first. */
export function openManifest(link: Link, bytes: Bytes, fingerprint: Hash | undefined): Manifest {
  must(fingerprint === undefined || hashOf(bytes) === fingerprint, "other_election", "the collector serves another election");
  const manifest = under("manifest", () => parseManifest(bytes));
  must(sameAddress(manifest.collector.url, link.collector), "address", "the link names another collector than the election's");
  return manifest;
}

/** Steps 3 to 5: the ballot is the link's, of this election, and in a container that a voter has signed. */
async function openEnvelope(m: Manifest, link: Link, look: Look, receipt: Receipt): Promise<{ signer: Person; ballot: Ballot }> {
  const container = parseContainer(look.container);
  must(hashOf(container.data) === link.ballot, "other_ballot", "the container holds another ballot than the link's");
  must(container.fileName === `${m.id}.ballot`, "wrong_file", "the file in the container has another name than the election's ballots");
  const ballot = under("bad_ballot", () => decode(ballotKind, container.data));
  checkBallot(m, ballot);
  const issuers = await acceptIssuers(m.eid.issuers);
  return { signer: await verifyContainer(container, issuers, m.eid.profile, receipt.time), ballot };
}

/** Step 8: the newest board that witnesses have signed begins with this election, and has anchor, ballot and receipt in it. */
async function checkBoard(m: Manifest, answers: Answers, ballot: Ballot, receipt: Receipt, witnessed: Checkpoint): Promise<void> {
  const newest = under("board", () => openCheckpoint(m.board, answers.checkpoint));
  must(newest.size >= witnessed.size, "rollback", "the board is smaller than it was when the receipt was given");
  const reader = new BoardReader(newest, answers.tile);
  const at = async (index: number, entry: Entry, code: string): Promise<void> => {
    must(equal(await reader.leaf(index), leafHash(entryBytes(entry))), code, `entry ${index} of the board is not the ${entry.kind}`);
  };
  const election = m.fingerprint;
  await at(0, { kind: "manifest", election, artefact: election }, "board_manifest");
  await at(1, { kind: "ceremony", election, artefact: hashOf(answers.ceremony) }, "board_ceremony");
  must(equal(await reader.rootAt(witnessed.size), witnessed.root), "fork", "the board and the receipt are of two histories");
  await at(receipt.index, receiptEntry(receipt), "fork");
  must(ballot.anchor.size > 0, "bad_anchor", "the ballot was made for an empty board");
  const root = await reader.rootAt(ballot.anchor.size);
  must(equal(root, fromHex(ballot.anchor.root) as Bytes), "bad_anchor", "the ballot was made for a board that there never was");
}
