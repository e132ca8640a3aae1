// What the program tells the face: ../../../state.go, field by field.

export type Step = "start" | "identify" | "ballot" | "review" | "done";

export type Activity =
  | "" | "looking" | "opening" | "preparing" | "identifying"
  | "encrypting" | "signing" | "sending" | "waiting" | "updating";

export interface State {
  version: number;
  step: Step;
  language: string;
  practice: boolean;
  busy: Activity;
  ask?: Question;
  problem?: Problem;
  kept: boolean;
  elections: Known[] | null;
  means: Means[] | null;
  election?: Election;
  voter?: Voter;
  ballot?: Contest[];
  selections?: Selections;
  receipt?: Receipt;
}

/** A text in some languages, by their tags. */
export type Text = Record<string, string>;

/** The codes of each contest, in the order of its slots. */
export type Selections = Record<string, string[]>;

export interface Question {
  id: number;
  kind: "pin" | "pinpad" | "passphrase";
  of: string;
  usage: string;
  again: boolean;
  low: boolean;
  final: boolean;
}

export interface Problem {
  code: string;
  outcome: string;
  low: boolean;
  final: boolean;
  detail: string;
  file: string;
}

export interface Known {
  id: string;
  name: string;
  collector: string;
}

export interface Means {
  id: string;
  kind: string;
  label: string;
  locked: boolean;
  low: boolean;
  final: boolean;
}

export interface Election {
  id: string;
  title: Text;
  languages: string[];
  opens: string;
  closes: string;
  open: boolean;
  over: boolean;
  rehearsal: boolean;
  collector: string;
  fingerprint: string;
  officials: string[] | null;
  witnesses: string[] | null;
  checkLimit: number;
  checkMinutes: number;
}

export interface Voter {
  name: string;
  district: string;
  casts: string[] | null;
}

export interface Contest {
  id: string;
  title: Text;
  slots: number;
  blank: boolean;
  slates: Slate[];
}

export interface Slate {
  name: string;
  choices: Choice[];
}

export interface Choice {
  code: string;
  name: string;
}

export interface Receipt {
  time: string;
  index: number;
  ballot: string;
  waits: boolean;
  linked: boolean;
  /** Path of the file in which it was saved, or "". */
  saved: string;
}
