// Finding a candidate among many.

import type { Choice, Contest, Slate } from "./state.ts";

/** From so many choices on there is a box to search them. */
const many = 6;

export const isLong = (contest: Contest): boolean => countOf(contest.slates) > many;

export const countOf = (slates: Slate[]): number => slates.reduce((sum, slate) => sum + slate.choices.length, 0);

/**
 * The lists with the choices in which every word of the search occurs, in name, code or name of the list. Case
 * and marks on letters make no difference, since not every keyboard has them.
 */
export function found(slates: Slate[], search: string): Slate[] {
  const words = plain(search).split(/\s+/).filter((word) => word !== "");
  return slates
    .map((slate) => ({ ...slate, choices: slate.choices.filter((choice) => fits(choice, slate.name, words)) }))
    .filter((slate) => slate.choices.length > 0);
}

function fits(choice: Choice, list: string, words: string[]): boolean {
  const text = plain(`${choice.code} ${choice.name} ${list}`);
  return words.every((word) => text.includes(word));
}

function plain(text: string): string {
  // đ has no decomposition.
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d");
}

/** A choice with the list in which it stands. */
export function choiceOf(contest: Contest, code: string): (Choice & { list: string }) | undefined {
  for (const slate of contest.slates) {
    const choice = slate.choices.find((c) => c.code === code);
    if (choice !== undefined) return { ...choice, list: slate.name };
  }
  return undefined;
}
