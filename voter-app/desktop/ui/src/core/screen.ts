// What of a state is shown.

import { Failed, type Fault } from "./client.ts";
import type { Activity, Problem, State, Step } from "./state.ts";
import type { Texts } from "./texts.ts";

/** A screen: a step, or what the program does meanwhile. */
export type Screen = Step | "working" | "casting";

/** What a cast goes through, as voters are told. */
export const phases = ["encrypting", "signing", "sending", "checked"] as const;
export type Phase = (typeof phases)[number];

const phaseOf: Partial<Record<Activity, Phase>> = {
  encrypting: "encrypting", signing: "signing", sending: "sending", waiting: "sending", updating: "sending",
};

/** The phase in which a cast is; undefined if none is under way. */
export const castingPhase = (busy: Activity): Phase | undefined => phaseOf[busy];

export type Progress = "past" | "now" | "coming";

/** Where one of several things in their order stands while another one is under way. */
export function progressAt<T>(order: readonly T[], one: T, now: T): Progress {
  const distance = order.indexOf(one) - order.indexOf(now);
  if (distance === 0) return "now";
  return distance < 0 ? "past" : "coming";
}

/** The way of a vote: voters see at every step how far they are, and what comes. */
export const steps: readonly Step[] = ["start", "identify", "ballot", "review", "done"];

/** A look for cards is told on the screen where the voter waits for it; all else takes its place. */
export function screenOf(state: State): Screen {
  if (castingPhase(state.busy) !== undefined && state.step !== "done") return "casting";
  return state.busy === "" || state.busy === "looking" ? state.step : "working";
}

/** What is said of the vote at the top: nothing is cast, or it is not known. */
export type Standing = "" | "notCast" | "noReceipt";

export function standingOf(state: State): Standing {
  if (state.step === "done") return "";
  const casting = castingPhase(state.busy) !== undefined;
  if (state.problem?.outcome === "unknown" || (state.kept && !casting)) return "noReceipt";
  return casting || state.step === "ballot" || state.step === "review" ? "notCast" : "";
}

/** What a standing means for this voter: who has voted before keeps that vote until a new one is cast. */
export function standingHintOf(texts: Texts, state: State, standing: Exclude<Standing, "">): string {
  const replacing = standing === "notCast" && (state.voter?.casts ?? []).length > 0;
  return replacing ? texts.standing.replacingHint : texts.standing[`${standing}Hint`];
}

/** Whether what was signed and not confirmed can be finished now. */
export const canResume = (state: State): boolean => state.kept && state.busy === "";

/** What is said of the vote beside a problem. */
export type Vote = "none" | "cast" | "not_cast" | "unknown" | "unchanged" | "unclear";

/** A problem as it is shown: the program's, or of a request that did not get through to it. */
export interface Shown {
  code: string;
  vote: Vote;
  low: boolean;
  final: boolean;
  detail: string;
  file: string;
}

export function shownOf(problem: Problem, step: Step): Shown {
  const { outcome, ...rest } = problem;
  return { ...rest, vote: outcome === "not_cast" || outcome === "unknown" ? outcome : step === "done" ? "cast" : "none" };
}

const codeOf: Record<Fault, string> = { unfit: "busy_here", refused: "fault", key: "key", gone: "silent", choices: "selection" };

/** What is shown of a request that was refused, or of a file that could not be read. */
export function shownOfFault(reason: unknown): Shown {
  const nothing = { low: false, final: false, file: "" };
  if (!(reason instanceof Failed)) return { code: "file", vote: "unchanged", detail: String(reason), ...nothing };
  return { code: codeOf[reason.fault], vote: reason.fault === "gone" ? "unclear" : "unchanged", detail: reason.message, ...nothing };
}

/** What speaks against the collector: the help line is asked before anything is tried again. */
const grave = new Set(["board_rollback", "board_fork", "board", "receipt", "officials", "ceremony", "bad_anchor"]);

export const isGrave = (code: string): boolean => grave.has(code);

/** What the voter did, or has only to know: no failure, unless a vote hangs on it. */
const notices = new Set(["stopped", "token_cancelled", "pkcs12_cancelled", "replaced"]);

export const isNotice = ({ code, vote }: Shown): boolean => notices.has(code) && vote !== "unknown";

/** The heading of a problem, which also begins the title of the window. */
export const headingOf = (texts: Texts, shown: Shown): string => (isNotice(shown) ? texts.problem.note : texts.problem.title);

/** Whether two problems are one and the same, which is not read out twice. */
export function sameProblem(a: Shown | undefined, b: Shown | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whose beginnings stand for many codes, since one thing is to be done about them. */
const families: [string, string][] = [
  ["bad_ballot.", "bad_ballot"], ["certificate_", "certificate"], ["status_", "status"], ["time_", "time"],
  ["keyring_", "card"], ["token_", "token_driver"], ["pkcs12_", "pkcs12_form"],
  ["container_", "card"], ["signature_", "card"], ["evidence_", "card"], ["login_", "card"], ["cms_", "card"], ["person_", "card"],
  ["mimetype_", "card"], ["manifest_form", "card"], ["file_name", "card"], ["data_digest", "card"], ["properties_digest", "card"],
  ["issuer_invalid", "card"], ["profile", "card"], ["collector.", "fault"],
];

/** The code under which the words for a problem stand, of those that there are. */
export function wordsFor(code: string, known: object): string {
  if (Object.hasOwn(known, code)) return code;
  const family = families.find(([beginning]) => code.startsWith(beginning))?.[1] ?? "fault";
  return Object.hasOwn(known, family) ? family : "fault";
}

/** What a screen is called, in its heading and in the title of the window. */
export function titleOf(texts: Texts, screen: Screen, busy: Activity): string {
  if (screen === "working") return workOf(texts, busy);
  return texts[screen].title;
}

/** What the program does, in words. */
export function workOf(texts: Texts, busy: Activity): string {
  const { working } = texts;
  return busy === "looking" || busy === "opening" || busy === "preparing" || busy === "identifying" ? working[busy] : working.other;
}
