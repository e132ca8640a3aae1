// What a district may choose from, as words and as points of the group.

import { type Bytes, fromHex, utf8 } from "../bytes.ts";
import { type Element, hashToElement } from "../group.ts";
import type { Manifest, ManifestFields } from "./manifest.ts";

export const blank = "blank";

/** A choice in words: the list and the name as in the manifest; both empty for a blank one. */
export interface Choice {
  code: string;
  list: string;
  name: string;
}

export type Contest = ManifestFields["contests"][number];

/** The contests in which a district votes, in the order of the manifest. */
export function style(m: Manifest, district: string): Contest[] {
  return m.contests.filter((c) => m.lists.some((l) => l.contest === c.id && l.district === district));
}

/** The choices of a contest in a district, in the order of the manifest, blank last where it is allowed. */
export function choicesOf(m: Manifest, contest: Contest, district: string): Choice[] {
  const list = m.lists.find((l) => l.contest === contest.id && l.district === district);
  const named = (list?.lists ?? []).flatMap((slate) => slate.choices.map((c) => ({ ...c, list: slate.name })));
  return contest.blank ? [...named, { code: blank, list: "", name: "" }] : named;
}

// A list may have thousands of choices, whose points are needed twice.
const points = new WeakMap<Manifest, Map<string, Element>>();

/** Choice.Point of docs/protocol/ballot.md. */
export function choicePoint(m: Manifest, contest: string, code: string): Element {
  const known = points.get(m) ?? new Map<string, Element>();
  points.set(m, known);
  const key = `${contest} ${code}`;
  const point = known.get(key) ?? hashToElement("valik/1 choice", fingerprintBytes(m), utf8(contest), utf8(code));
  known.set(key, point);
  return point;
}

export function fingerprintBytes(m: Manifest): Bytes {
  return fromHex(m.fingerprint) as Bytes;
}
