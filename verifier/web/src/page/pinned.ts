// The elections that the host of this page vouches for: elections.json beside it.

import type { Bytes } from "../core/bytes.ts";
import type { Hash } from "../core/hash.ts";
import { must } from "../core/errors.ts";
import { sameAddress } from "../core/link.ts";
import { parseJson } from "../core/json.ts";
import { anyText, hash, list, object } from "../core/shape.ts";

const fields = object({ elections: list(object({ collector: anyText, fingerprint: hash })) });

export type Pinned = { collector: string; fingerprint: Hash }[];

/** Reads elections.json. Refusals: those of encoding.md. */
export function parsePinned(bytes: Bytes): Pinned {
  const { value } = parseJson(bytes);
  fields.known(value, "");
  return fields.read(value, "").elections;
}

/**
 * The fingerprint that is known of the election at a collector: the host's, or the one that the voter has typed.
 * Refusal: `other_election`, if they differ. A bad computer could show the voter a fingerprint of its own to type.
 */
export function knownAt(pinned: Pinned, collector: string, typed: Hash | undefined): Hash | undefined {
  const hosted = pinned.find((election) => sameAddress(election.collector, collector))?.fingerprint;
  must(hosted === undefined || typed === undefined || hosted === typed, "other_election", "the fingerprint is not the one that the host of this page vouches for");
  return hosted ?? typed;
}

/** A fingerprint as a voter types it, with any spaces; undefined if it is none. */
export function typedFingerprint(text: string): Hash | undefined {
  const digits = text.replace(/\s/g, "").toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) ? digits : undefined;
}

/** A fingerprint in groups that people can compare. */
export function grouped(fingerprint: Hash): string {
  return (fingerprint.match(/.{4}/g) ?? []).join(" ");
}
