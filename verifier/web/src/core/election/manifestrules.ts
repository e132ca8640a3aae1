// What the fields of a manifest must be to one another (Manifest.Validate of docs/protocol/manifest.md),
// as far as the check of one ballot rests on it.

import { policyKeys } from "../board/policy.ts";
import { Refusal } from "../errors.ts";
import { badField } from "../shape.ts";
import type { ManifestFields, Text } from "./manifest.ts";

const maxSlots = 100;
const maxChoices = 16383;
const reserved = ["blank", "invalid"];

/** Refusal: `bad_field`, with the first field that breaks a rule. */
export function checkManifest(m: ManifestFields): void {
  unique(m.languages, "languages");
  inAllLanguages(m, m.title, "title");
  rule(m.opens < m.closes, "closes", "it is not after opens");
  board(m);
  rule(m.trustees.threshold <= m.trustees.cards.length, "trustees.threshold", "more than there are trustees");
  contests(m);
  unique(m.districts.map((d) => d.id), "districts");
  lists(m);
}

function rule(holds: boolean, path: string, detail: string): void {
  if (!holds) throw badField(path, detail);
}

function unique(values: string[], path: string): void {
  rule(new Set(values).size === values.length, path, "one is there twice");
}

function inAllLanguages(m: ManifestFields, text: Text, path: string): void {
  for (const language of m.languages) rule(text.has(language), `${path}.${language}`, "the language is missing");
  for (const language of text.keys()) rule(m.languages.includes(language), `${path}.${language}`, "not a language of the manifest");
}

function board(m: ManifestFields): void {
  try {
    policyKeys(m.board);
  } catch (fault) {
    throw fault instanceof Refusal ? badField("board", fault.message) : fault;
  }
}

function contests(m: ManifestFields): void {
  unique(m.contests.map((c) => c.id), "contests");
  m.contests.forEach((c, i) => inAllLanguages(m, c.title, `contests[${i}].title`));
  rule(m.contests.reduce((sum, c) => sum + c.slots, 0) <= maxSlots, "contests", `more than ${maxSlots} slots in all`);
}

function lists(m: ManifestFields): void {
  const places = m.lists.map((l) => [m.contests.findIndex((c) => c.id === l.contest), m.districts.findIndex((d) => d.id === l.district)] as const);
  places.forEach(([contest, district], i) => {
    rule(contest >= 0, `lists[${i}].contest`, "not a contest");
    rule(district >= 0, `lists[${i}].district`, "not a district");
    const [lastContest, lastDistrict] = places[i - 1] ?? [-1, -1];
    rule(lastContest < contest || (lastContest === contest && lastDistrict < district), `lists[${i}]`, "not in the order of contests and districts, or there twice");
  });
  m.contests.forEach((_, i) => rule(places.some(([contest]) => contest === i), `contests[${i}]`, "no district has choices for it"));
  m.districts.forEach((_, i) => rule(places.some(([, district]) => district === i), `districts[${i}]`, "no contest has choices in it"));
  m.lists.forEach((l, i) => choices(l, `lists[${i}]`));
  sameNames(m);
}

function choices(l: ManifestFields["lists"][number], path: string): void {
  const codes = l.lists.flatMap((slate) => slate.choices.map((c) => c.code));
  rule(codes.length <= maxChoices, `${path}.lists`, `more than ${maxChoices} choices`);
  rule(!codes.some((code) => reserved.includes(code)), `${path}.lists`, "a code has a meaning of its own");
  unique(codes, `${path}.lists`);
  unique(l.lists.map((slate) => slate.name), `${path}.lists`);
}

/** A code that stands in several districts of a contest means the same everywhere. */
function sameNames(m: ManifestFields): void {
  const names = new Map<string, string>();
  m.lists.forEach((l, i) => {
    for (const { code, name } of l.lists.flatMap((slate) => slate.choices)) {
      const known = names.get(`${l.contest} ${code}`);
      rule(known === undefined || known === name, `lists[${i}].lists`, "a code has another name elsewhere");
      names.set(`${l.contest} ${code}`, name);
    }
  });
}
