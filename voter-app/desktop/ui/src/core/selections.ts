// What a voter has chosen so far, contest by contest.

import type { Contest, Selections, State } from "./state.ts";

/** The code of a slot that is left blank. */
export const blank = "blank";

const codesOf = (draft: Selections, contest: Contest): string[] => draft[contest.id] ?? [];

const withCodes = (draft: Selections, contest: Contest, codes: string[]): Selections => ({ ...draft, [contest.id]: codes });

/** The choices of a contest in the voter's order, without blanks. */
export function chosen(draft: Selections, contest: Contest): string[] {
  return codesOf(draft, contest).filter((code) => code !== blank);
}

/** Whether the rest of the contest is left blank. */
export const leftBlank = (draft: Selections, contest: Contest): boolean => codesOf(draft, contest).includes(blank);

/** Whether there is a code for every slot. */
export const isComplete = (draft: Selections, contest: Contest): boolean => codesOf(draft, contest).length === contest.slots;

export const isFull = (draft: Selections, contest: Contest): boolean => chosen(draft, contest).length >= contest.slots;

/** The one choice of a contest with one slot. */
export const only = (draft: Selections, contest: Contest, code: string): Selections => withCodes(draft, contest, [code]);

/** A choice more, at the end, if there is a place for it. */
export function add(draft: Selections, contest: Contest, code: string): Selections {
  const before = chosen(draft, contest);
  if (before.includes(code) || before.length >= contest.slots) return draft;
  return filled(withCodes(draft, contest, [...before, code]), contest, leftBlank(draft, contest));
}

export function remove(draft: Selections, contest: Contest, code: string): Selections {
  const rest = chosen(draft, contest).filter((c) => c !== code);
  return filled(withCodes(draft, contest, rest), contest, leftBlank(draft, contest));
}

/** A choice one place up (-1) or down (1). */
export function move(draft: Selections, contest: Contest, code: string, by: -1 | 1): Selections {
  const codes = chosen(draft, contest);
  const from = codes.indexOf(code);
  const other = codes[from + by];
  if (from < 0 || other === undefined) return draft;
  codes[from + by] = code;
  codes[from] = other;
  return filled(withCodes(draft, contest, codes), contest, leftBlank(draft, contest));
}

/** The rest of the contest left blank, or not. */
export const leave = (draft: Selections, contest: Contest, rest: boolean): Selections => filled(draft, contest, rest);

export const clear = (draft: Selections, contest: Contest): Selections => withCodes(draft, contest, []);

function filled(draft: Selections, contest: Contest, rest: boolean): Selections {
  const codes = chosen(draft, contest);
  const blanks = rest && contest.blank ? contest.slots - codes.length : 0;
  return withCodes(draft, contest, [...codes, ...Array<string>(blanks).fill(blank)]);
}

/** The contests that still need something. */
export function missing(draft: Selections, ballot: Contest[]): Contest[] {
  return ballot.filter((contest) => !isComplete(draft, contest));
}

/** What of a draft fits a ballot: it may be of an earlier district, or of the program's memory. */
export function fitting(draft: Selections, ballot: Contest[]): Selections {
  const known = (contest: Contest, code: string): boolean =>
    (code === blank && contest.blank) || contest.slates.some((slate) => slate.choices.some((choice) => choice.code === code));
  return Object.fromEntries(ballot.map((c) => [c.id, codesOf(draft, c).filter((code) => known(c, code)).slice(0, c.slots)]));
}

/** The draft that goes with another state: it is forgotten with its voter, and once it is cast. */
export function draftFor(draft: Selections, state: State): Selections {
  const { step, ballot, selections } = state;
  if (ballot === undefined || (step !== "ballot" && step !== "review")) return {};
  const begun = Object.values(draft).some((codes) => codes.length > 0);
  return fitting(step === "review" || !begun ? (selections ?? {}) : draft, ballot);
}
