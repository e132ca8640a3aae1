import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "../src/core/bytes.ts";
import { Refusal } from "../src/core/errors.ts";
import { type Ceremony, type Parameters, verifyCeremony } from "../src/core/ceremony/verify.ts";
import { hex, readJson } from "./vectors.ts";

interface Trustee {
  card: string;
  commitment: string;
  deal: string;
  confirmation: string;
  drill: string;
  verification_key: string;
}
interface File {
  context: string;
  t: number;
  trustees: Trustee[];
  public_key: string;
}

const file = readJson<File>("threshold/ceremony.json");
const parameters: Parameters = { context: hex(file.context), threshold: file.t, cards: file.trustees.map((t) => hex(t.card)) };

function ceremony(): Ceremony {
  return {
    commitments: file.trustees.map((t) => hex(t.commitment)), deals: file.trustees.map((t) => hex(t.deal)),
    confirmations: file.trustees.map((t) => hex(t.confirmation)), drills: file.trustees.map((t) => hex(t.drill)),
  };
}

test("a right ceremony gives the keys", () => {
  const keys = verifyCeremony(parameters, ceremony());
  assert.equal(toHex(keys.public.toBytes()), file.public_key);
  assert.deepEqual(keys.trustees.map((k) => toHex(k.toBytes())), file.trustees.map((t) => t.verification_key));
});

test("a wrong message names its trustee", () => {
  for (const v of readJson<{ name: string; message: string; trustee: number; fault: string }[]>("threshold/faults.json")) {
    const c = ceremony();
    const message = hex(v.message);
    const round = [c.commitments, c.deals, c.confirmations, c.drills][(message[1] ?? 0) - 1];
    assert.ok(round);
    round[v.trustee - 1] = message;
    assert.throws(() => verifyCeremony(parameters, c), (e) => e instanceof Refusal && e.where === `trustee ${v.trustee}`, v.name);
  }
});

test("other parameters refuse it", () => {
  for (const other of [
    { ...parameters, context: hex("00") },
    { ...parameters, threshold: 3 },
    { ...parameters, threshold: 0 },
    { ...parameters, cards: parameters.cards.slice(1) },
    { ...parameters, cards: parameters.cards.toReversed() },
  ]) assert.throws(() => verifyCeremony(other, ceremony()), Refusal);
});
