import assert from "node:assert/strict";
import { test } from "node:test";
import { Failed } from "../src/core/client.ts";
import { canResume, castingPhase, headingOf, isGrave, phases, progressAt, sameProblem, screenOf, shownOf, shownOfFault, standingHintOf, standingOf, steps, titleOf } from "../src/core/screen.ts";
import type { Activity, Problem, State, Step } from "../src/core/state.ts";
import { textsOf } from "../src/core/texts.ts";

const at = (step: Step, busy: Activity = "", more: Partial<State> = {}): State =>
  ({ version: 1, step, language: "", practice: false, busy, kept: false, elections: null, means: null, ...more });
const problem: Problem = { code: "late", outcome: "unknown", low: false, final: false, detail: "d", file: "" };

test("the screen of a state", () => {
  const expected: [State, string][] = [
    [at("start"), "start"], [at("start", "opening"), "working"], [at("start", "preparing"), "working"],
    [at("identify", "looking"), "identify"], [at("identify", "identifying"), "working"],
    [at("ballot"), "ballot"], [at("review"), "review"], [at("review", "encrypting"), "casting"], [at("review", "waiting"), "casting"],
    [at("identify", "sending"), "casting"], [at("done"), "done"], [at("done", "updating"), "working"],
  ];
  for (const [state, screen] of expected) assert.equal(screenOf(state), screen, `${state.step} ${state.busy}`);
});

test("what is said of the vote", () => {
  const expected: [State, string][] = [
    [at("start"), ""], [at("identify"), ""], [at("ballot"), "notCast"], [at("review"), "notCast"],
    [at("review", "signing"), "notCast"], [at("review", "sending", { kept: true }), "notCast"],
    [at("review", "", { kept: true }), "noReceipt"], [at("start", "", { kept: true }), "noReceipt"],
    [at("review", "", { problem }), "noReceipt"], [at("review", "", { problem: { ...problem, outcome: "not_cast" } }), "notCast"],
    [at("done"), ""],
  ];
  for (const [state, standing] of expected) assert.equal(standingOf(state), standing, JSON.stringify(state));
});

test("the phases of a cast", () => {
  assert.equal(castingPhase("waiting"), "sending");
  assert.equal(castingPhase("looking"), undefined);
  assert.deepEqual((["encrypting", "signing", "sending", "checked"] as const).map((phase) => progressAt(phases, phase, "signing")), ["past", "now", "coming", "coming"]);
});

test("what a standing means for who has voted before", () => {
  const texts = textsOf("en");
  const voter = (...casts: string[]): Partial<State> => ({ voter: { name: "", district: "", casts } });
  assert.equal(standingHintOf(texts, at("ballot", "", voter()), "notCast"), texts.standing.notCastHint);
  assert.equal(standingHintOf(texts, at("ballot", "", voter("2026-11-24T12:00:00Z")), "notCast"), texts.standing.replacingHint);
  assert.equal(standingHintOf(texts, at("review", "", voter("2026-11-24T12:00:00Z")), "noReceipt"), texts.standing.noReceiptHint);
});

test("the way of a vote", () => {
  assert.deepEqual(steps.map((step) => progressAt(steps, step, "ballot")), ["past", "past", "now", "coming", "coming"]);
});

test("what speaks against the collector is first told to the help line", () => {
  const { problems } = textsOf("en");
  const asked = Object.entries(problems).filter(([, { todo }]) => todo === problems.receipt.todo);
  assert.ok(asked.length > 1);
  for (const [code, { todo }] of Object.entries(problems)) assert.equal(isGrave(code), todo === problems.receipt.todo, code);
});

test("what a voter did themselves is no failure, unless their vote hangs on it", () => {
  const texts = textsOf("en");
  const heading = (code: string, outcome: string): string => headingOf(texts, shownOf({ ...problem, code, outcome }, "review"));
  assert.equal(heading("stopped", "not_cast"), texts.problem.note);
  assert.equal(heading("stopped", "unknown"), texts.problem.title);
  assert.equal(heading("late", "not_cast"), texts.problem.title);
});

test("what was kept can be finished when nothing else is under way", () => {
  assert.equal(canResume(at("start", "", { kept: true })), true);
  assert.equal(canResume(at("start", "opening", { kept: true })), false);
  assert.equal(canResume(at("start")), false);
});

test("problems as they are shown", () => {
  assert.deepEqual(shownOf(problem, "review"), { code: "late", vote: "unknown", low: false, final: false, detail: "d", file: "" });
  assert.equal(shownOf({ ...problem, outcome: "" }, "identify").vote, "none");
  assert.equal(shownOf({ ...problem, outcome: "" }, "done").vote, "cast");
  assert.equal(shownOf({ ...problem, outcome: "another" }, "identify").vote, "none");
  const faults: [unknown, string, string][] = [
    [new Failed("unfit", ""), "busy_here", "unchanged"], [new Failed("refused", ""), "fault", "unchanged"], [new Failed("key", ""), "key", "unchanged"],
    [new Failed("gone", ""), "silent", "unclear"], [new Failed("choices", ""), "selection", "unchanged"], [new Error("unreadable"), "file", "unchanged"],
  ];
  for (const [reason, code, vote] of faults) assert.deepEqual([shownOfFault(reason).code, shownOfFault(reason).vote], [code, vote]);
  assert.ok(sameProblem(shownOf(problem, "review"), shownOf({ ...problem }, "review")));
  assert.ok(!sameProblem(shownOf(problem, "review"), undefined));
  assert.ok(!sameProblem(shownOf(problem, "review"), shownOf({ ...problem, file: "f" }, "review")));
});

test("what a screen is called", () => {
  const texts = textsOf("en");
  assert.equal(titleOf(texts, "ballot", ""), texts.ballot.title);
  assert.equal(titleOf(texts, "working", "opening"), texts.working.opening);
  assert.equal(titleOf(texts, "working", "updating"), texts.working.other);
});
