import assert from "node:assert/strict";
import { test } from "node:test";
import { choiceOf, countOf, found, isLong } from "../src/core/candidates.ts";
import { add, chosen, clear, draftFor, fitting, isComplete, isFull, leave, leftBlank, missing, move, only, remove } from "../src/core/selections.ts";
import type { Contest, Selections, State } from "../src/core/state.ts";

const mayor: Contest = {
  id: "mayor", title: { et: "Linnapea" }, slots: 1, blank: false,
  slates: [{ name: "Õunad", choices: [{ code: "101", name: "Jüri Tamm" }, { code: "102", name: "Mari Kask" }] }, { name: "Pirnid", choices: [{ code: "201", name: "Đỗ Ý Tám" }] }],
};
const council: Contest = {
  id: "council", title: { et: "Volikogu" }, slots: 3, blank: true,
  slates: [{ name: "", choices: ["1", "2", "3", "4"].map((code) => ({ code, name: `Kandidaat ${code}` })) }],
};

test("a search by name, code or list, without regard to case and marks", () => {
  const codes = (search: string): string[] => found(mayor.slates, search).flatMap((slate) => slate.choices.map((c) => c.code));
  assert.deepEqual(codes(""), ["101", "102", "201"]);
  assert.deepEqual(codes("  JURI "), ["101"]);
  assert.deepEqual(codes("do y tam"), ["201"]);
  assert.deepEqual(codes("tam"), ["101", "201"]);
  assert.deepEqual(codes("ounad 102"), ["102"]);
  assert.deepEqual(codes("10"), ["101", "102"]);
  assert.deepEqual(found(mayor.slates, "kask").map((slate) => slate.name), ["Õunad"]);
  assert.deepEqual(codes("nobody"), []);
});

test("choices are found and counted", () => {
  assert.deepEqual(choiceOf(mayor, "201"), { code: "201", name: "Đỗ Ý Tám", list: "Pirnid" });
  assert.equal(choiceOf(mayor, "999"), undefined);
  assert.equal(countOf(mayor.slates), 3);
  assert.equal(isLong(mayor), false);
  const many = Array.from({ length: 138 }, (_, k) => ({ code: String(k), name: "x" }));
  assert.equal(isLong({ ...mayor, slates: [{ name: "", choices: many }] }), true);
});

test("one choice replaces the other", () => {
  const draft = only(only({}, mayor, "101"), mayor, "201");
  assert.deepEqual(draft, { mayor: ["201"] });
  assert.ok(isComplete(draft, mayor));
});

test("an order of choices", () => {
  let draft: Selections = {};
  for (const code of ["3", "1", "1", "2", "4"]) draft = add(draft, council, code);
  assert.deepEqual(draft, { council: ["3", "1", "2"] }, "each once, and no more than there are places");
  assert.ok(isFull(draft, council));
  draft = move(draft, council, "2", -1);
  assert.deepEqual(chosen(draft, council), ["3", "2", "1"]);
  assert.deepEqual(chosen(move(draft, council, "3", 1), council), ["2", "3", "1"]);
  for (const same of [move(draft, council, "3", -1), move(draft, council, "1", 1), move(draft, council, "4", 1)]) assert.deepEqual(same, draft);
  assert.deepEqual(chosen(remove(draft, council, "2"), council), ["3", "1"]);
  assert.deepEqual(chosen(clear(draft, council), council), []);
});

test("the rest left blank stands behind what is chosen, and only where it may", () => {
  let draft = leave(add({}, council, "1"), council, true);
  assert.deepEqual(draft, { council: ["1", "blank", "blank"] });
  assert.ok(isComplete(draft, council) && leftBlank(draft, council) && !isFull(draft, council));
  draft = add(draft, council, "2");
  assert.deepEqual(draft, { council: ["1", "2", "blank"] });
  assert.deepEqual(remove(draft, council, "1"), { council: ["2", "blank", "blank"] });
  assert.deepEqual(leave(draft, council, false), { council: ["1", "2"] });
  assert.deepEqual(leave({}, { ...council, blank: false }, true), { council: [] });
});

test("what is missing, contest by contest", () => {
  assert.deepEqual(missing({}, [mayor, council]), [mayor, council]);
  assert.deepEqual(missing({ mayor: ["101"], council: ["1"] }, [mayor, council]), [council]);
  assert.deepEqual(missing({ mayor: ["101"], council: ["1", "blank", "blank"] }, [mayor, council]), []);
});

test("only what is on the ballot stays chosen", () => {
  const draft = { mayor: ["blank"], council: ["9", "1", "blank"], other: ["1"] };
  assert.deepEqual(fitting(draft, [mayor, council]), { mayor: [], council: ["1", "blank"] });
});

test("a draft lives as long as its ballot", () => {
  const at = (step: State["step"], more: Partial<State> = {}): State =>
    ({ version: 1, step, language: "", practice: false, busy: "", kept: false, elections: [], means: [], ballot: [mayor], ...more });
  const draft = { mayor: ["101"] };
  const kept = { selections: { mayor: ["201"] } };
  assert.deepEqual(draftFor(draft, at("ballot")), draft);
  assert.deepEqual(draftFor(draft, at("ballot", kept)), draft, "what the voter does now is newer");
  assert.deepEqual(draftFor({}, at("ballot", kept)), kept.selections, "after the page was loaded again");
  assert.deepEqual(draftFor(draft, at("review", kept)), kept.selections);
  for (const step of ["start", "identify", "done"] as const) assert.deepEqual(draftFor(draft, at(step)), {});
});
