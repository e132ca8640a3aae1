// What every catalogue has. A catalogue that lacks a text does not compile.

import type { Advice } from "../advice.ts";

/** A heading, what it means, and what to do, step by step. */
export interface AdviceText {
  title: string;
  means: string;
  todo: string[];
}

export interface Texts {
  /** The language's own name. */
  language: string;
  title: string;
  intro: string;
  linkLabel: string;
  linkHint: string;
  /** Said where the browser has opened the link itself. */
  linkKept: string;
  fingerprintLabel: string;
  fingerprintHint: string;
  fingerprintWrong: string;
  check: string;
  scan: string;
  scanStop: string;
  scanAim: string;
  scanDenied: string;
  checking: string;
  rehearsal: string;
  found: string;
  signedBy: string;
  signedByHint: string;
  personalCode: string;
  yourVote: string;
  yourVoteHint: string;
  blank: string;
  castAt: string;
  entry: string;
  witnesses: string;
  noWitnesses: string;
  latest: string;
  notLatest: string;
  waits: string;
  fingerprint: string;
  fingerprintKnown: string;
  fingerprintCompare: string;
  wrongTitle: string;
  wrongTodo: string[];
  looksLeft: string;
  close: string;
  closing: string;
  keepOpen: string;
  closed: string;
  whatToDo: string;
  details: string;
  again: string;
  advice: Record<Advice, AdviceText>;
}
