// Checkpoints: what a log says of itself, with the signatures that a policy demands
// (Checkpoint.Open of docs/protocol/board.md).

import { type Bytes, equal, fromBase64, utf8 } from "../bytes.ts";
import { signed } from "../ed25519.ts";
import { Refusal, must } from "../errors.ts";
import { sha256 } from "../hash.ts";
import { type PublicKey, keyTypes } from "./key.ts";
import { cosignedByMlDsa } from "./mldsa.ts";
import { type Line, type Note, parseNote } from "./note.ts";
import { type Policy, policyKeys } from "./policy.ts";

export interface Checkpoint {
  origin: string;
  /** Number of entries. */
  size: number;
  root: Bytes;
  /** The witnesses who have cosigned. */
  witnesses: Cosignature[];
}

/** A witness's statement that this was the largest tree of the log that it knew. */
export interface Cosignature {
  name: string;
  /** Seconds since 1970 of the witness's clock. */
  time: number;
}

export const maxCheckpoint = 256 << 10;

/**
 * Checkpoint.Open. Refusals: `checkpoint_form`, `note_form`, `checkpoint_signature`,
 * `checkpoint_origin`, `checkpoint_quorum`, and those of the policy.
 */
export function openCheckpoint(policy: Policy, bytes: Bytes): Checkpoint {
  const keys = policyKeys(policy);
  must(bytes.length <= maxCheckpoint, "checkpoint_form", `${bytes.length} bytes, the limit is ${maxCheckpoint}`);
  const note = parseNote(bytes);
  const lines = verifiedLines(note, [keys.log, ...keys.witnesses]);
  must(lines.has(keys.log), "checkpoint_signature", "the log's signature is missing");
  const body = parseBody(note.text);
  must(body.origin === policy.origin, "checkpoint_origin", "it is of another log");
  lines.delete(keys.log);
  const witnesses = [...lines].map(([key, line]) => ({ name: key.name, time: timeOf(line) }));
  must(witnesses.length >= policy.quorum, "checkpoint_quorum", `${witnesses.length} witnesses have signed, ${policy.quorum} are needed`);
  return { ...body, witnesses };
}

/** The first line of each key. A line of a known key that does not verify spoils the note. */
function verifiedLines(note: Note, keys: PublicKey[]): Map<PublicKey, Line> {
  const lines = new Map<PublicKey, Line>();
  for (const line of note.lines) {
    const key = keys.find((k) => k.name === line.name && k.keyHash === line.keyHash);
    if (key === undefined || lines.has(key)) continue;
    must(verifies(key, note.text, line.signature), "checkpoint_signature", `the signature of ${key.name} is wrong`);
    lines.set(key, line);
  }
  return lines;
}

function verifies(key: PublicKey, text: string, signature: Bytes): boolean {
  if (key.type === keyTypes.log) return signed(key.material, utf8(text), signature);
  if (signature.length < timeSize) return false;
  const time = signature.subarray(0, timeSize);
  const own = signature.subarray(timeSize);
  if (key.type === keyTypes.witnessMlDsa) return cosignedByMlDsa(key.material, { name: key.name, time, ...parseBody(text) }, own);
  return signed(key.material, utf8(`cosignature/v1\ntime ${secondsOf(time)}\n${text}`), own);
}

const timeSize = 8;

function secondsOf(time: Bytes): bigint {
  return new DataView(time.buffer, time.byteOffset).getBigUint64(0);
}

function timeOf(line: Line): number {
  const time = secondsOf(line.signature);
  must(time < 1n << 63n, "checkpoint_form", "the time of a cosignature is out of range");
  return Number(time);
}

/** The three lines, and nothing else: nobody would check what others say. */
function parseBody(text: string): Omit<Checkpoint, "witnesses"> {
  const [, origin, digits, base64] = /^([^\n]+)\n(0|[1-9][0-9]*)\n([^\n]+)\n$/.exec(text) ?? [];
  const root = base64 === undefined ? undefined : fromBase64(base64);
  if (origin === undefined || root?.length !== 32) throw new Refusal("checkpoint_form", "it has not the three lines of a checkpoint");
  const size = Number(digits);
  // The protocol's limit is 2^60; no number of this language is exact there, and no election comes near.
  must(Number.isSafeInteger(size), "checkpoint_form", "the size is out of range");
  must(size > 0 || equal(root, sha256()), "checkpoint_form", "an empty tree has another root");
  return { origin, size, root };
}
