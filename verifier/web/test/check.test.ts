import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answers, type Finding, check } from "../src/core/check.ts";
import { stamp } from "../src/core/shape.ts";
import { parseLink } from "../src/core/link.ts";
import { mutate, random } from "./mutation.ts";
import { codeOf, readJson, readVector } from "./vectors.ts";

export interface Vector {
  name: string;
  fault: string;
  link: string;
  fingerprint: string;
  manifest: string;
  ceremony: string;
  checkpoint: string;
  tiles: string;
  look: string;
  code: string;
  finding?: {
    code: string;
    name: string;
    district: string;
    selections: Record<string, string[]>;
    time: string;
    witnesses: string[];
    latest: boolean;
    waits: boolean;
    left: number;
  };
}

const all = readJson<Vector[]>("check/vectors.json");

function answersOf(v: Vector): Answers {
  const file = (name: string): Uint8Array => readVector(`check/${name}`);
  return {
    manifest: file(v.manifest), ceremony: file(v.ceremony), checkpoint: file(v.checkpoint), look: file(v.look),
    tile: async (path) => file(`${v.tiles}/${path}`),
  };
}

function run(v: Vector, answers = answersOf(v)): Promise<Finding> {
  return check(parseLink(v.link), answers, v.fingerprint === "" ? undefined : v.fingerprint);
}

for (const v of all.filter((v) => v.code === "")) {
  test(`right: ${v.name}`, async () => {
    const found = await run(v);
    const { signer, selections, district, time, witnesses, latest, waits, left } = found;
    const codes = Object.fromEntries(selections.map((s) => [s.contest.id, s.choices.map((c) => c.code)]));
    assert.deepEqual({ ...signer, selections: codes, district, time: stamp(time), witnesses, latest, waits, left }, v.finding);
    assert.equal(found.fingerprintKnown, v.fingerprint !== "");
    for (const { contest, choices } of selections) {
      for (const choice of choices) {
        const listed = found.manifest.lists.flatMap((l) => (l.contest === contest.id ? l.lists : [])).find((s) => s.name === choice.list);
        assert.equal(choice.code === "blank" ? "" : listed?.choices.find((c) => c.code === choice.code)?.name, choice.name);
      }
    }
  });
}

for (const v of all.filter((v) => v.code !== "")) {
  test(`wrong: ${v.name}`, async () => assert.equal(await codeOf(() => run(v)), v.code, v.fault));
}

test("the vectors have each fault once", () => {
  const names = all.map((v) => v.name);
  assert.equal(new Set(names).size, names.length);
  assert.ok(new Set(all.map((v) => v.code)).size > 30);
});

// Whatever a collector sends, the page gets a refusal with a code or a true finding: codeOf
// lets no other exception pass.
for (const part of ["manifest", "ceremony", "checkpoint", "look"] as const) {
  test(`any ${part}`, async () => {
    const v = all.find((v) => v.name === "good") as Vector;
    const next = random(part.length * 7919);
    let refused = 0;
    for (let i = 0; i < 30; i++) {
      const answers = { ...answersOf(v), [part]: mutate(answersOf(v)[part], next) };
      // Of the manifest itself the fingerprint would say nothing more: without it all of it is read.
      const code = await codeOf(() => check(parseLink(v.link), answers, part === "manifest" ? undefined : v.fingerprint));
      if (code !== "") refused++;
    }
    // A look's number of looks that remain is the collector's word, as are bytes that leave a base64 character as it was.
    assert.ok(refused > 24, `${refused} of 30 refused`);
  });
}

test("a collector that does not answer", async () => {
  const v = all.find((v) => v.name === "good") as Vector;
  const gone = { ...answersOf(v), tile: async () => { throw new Error("no answer"); } };
  await assert.rejects(run(v, gone), /no answer/);
});
