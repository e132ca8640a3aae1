import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { type Bytes, concat, equal, toHex, utf8 } from "../src/core/bytes.ts";
import { parseCard } from "../src/core/ceremony/card.ts";
import { parseDeal } from "../src/core/ceremony/deal.ts";
import { ceremonyHash, u8 } from "../src/core/ceremony/hash.ts";
import { parseMessage, type Round, rounds } from "../src/core/ceremony/message.ts";
import { type Ceremony, type Parameters, verifyCeremony } from "../src/core/ceremony/verify.ts";
import { Refusal } from "../src/core/errors.ts";
import { G, type Scalar, decodeScalar, encodeScalar, mod } from "../src/core/group.ts";
import { Transcript } from "../src/core/transcript.ts";
import { codeOf, hex, readJson } from "./vectors.ts";

interface Trustee {
  identity: string;
  card: string;
  commitment: string;
  deal: string;
  confirmation: string;
  drill: string;
  verification_key: string;
  polynomial: string[];
  ephemeral_secret: string;
}
interface File {
  context: string;
  t: number;
  trustees: Trustee[];
  parameters_hash: string;
  public_key: string;
}

const file = readJson<File>("threshold/ceremony.json");
const { trustees } = file;
const cards = trustees.map((t) => hex(t.card));
const parameters: Parameters = { context: hex(file.context), threshold: file.t, cards };
const h0 = hex(file.parameters_hash);

function ceremony(): Ceremony {
  return {
    commitments: trustees.map((t) => hex(t.commitment)), deals: trustees.map((t) => hex(t.deal)),
    confirmations: trustees.map((t) => hex(t.confirmation)), drills: trustees.map((t) => hex(t.drill)),
  };
}

test("a right ceremony gives the keys", () => {
  const keys = verifyCeremony(parameters, ceremony());
  assert.equal(toHex(keys.public.toBytes()), file.public_key);
  assert.deepEqual(keys.trustees.map((k) => toHex(k.toBytes())), trustees.map((t) => t.verification_key));
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

test("files that are none", async () => {
  const parsers: Record<string, (bytes: Bytes) => unknown> = {
    Card: parseCard,
    Commitment: (b) => whole(parseMessage(rounds.commit, b).body, 32),
    Deal: (b) => parseDeal(parseMessage(rounds.deal, b).body),
    Confirmation: (b) => whole(parseMessage(rounds.confirm, b).body, 0),
    Drill: (b) => whole(parseMessage(rounds.drill, b).body, 128),
  };
  const all = readJson<{ name: string; parser: string; bytes: string }[]>("threshold/refused.json").filter((v) => v.parser in parsers);
  assert.ok(all.length > 20);
  for (const v of all) assert.notEqual(await codeOf(() => parsers[v.parser]?.(hex(v.bytes))), "", `${v.parser}: ${v.name}`);
});

/** A body of another length is for verifyCeremony to refuse. */
function whole(body: Bytes, length: number): void {
  if (body.length !== length) throw new Refusal("ceremony_form", "another length");
}

test("cards that are none", async () => {
  const good = cards[0] as Bytes;
  const nameLength = good[2] as number;
  const change = (at: number, bytes: Bytes): Bytes => {
    const card = good.slice();
    card.set(bytes, at);
    return card;
  };
  assert.equal(await codeOf(() => parseCard(change(3, utf8("\n")))), "ceremony_form");
  assert.equal(await codeOf(() => parseCard(change(3, u8(0xff)))), "ceremony_form");
  assert.equal(await codeOf(() => parseCard(change(2, u8(0)))), "ceremony_form");
  assert.equal(await codeOf(() => parseCard(change(2, u8(101)))), "ceremony_form");
  const identityKey = concat(u8(1), new Uint8Array(31));
  const orderTwo = concat(u8(0xec), new Uint8Array(30).fill(0xff), u8(0x7f));
  for (const key of [identityKey, orderTwo]) assert.equal(await codeOf(() => parseCard(change(3 + nameLength, key))), "ceremony_form");
  const withCards = (changed: Bytes[]): Promise<string> => codeOf(() => verifyCeremony({ ...parameters, cards: changed }, ceremony()));
  assert.equal(await withCards([change(good.length - 1, u8((good.at(-1) ?? 0) ^ 1)), ...cards.slice(1)]), "card");
  assert.match(await withCards([change(3, utf8("X")), ...cards.slice(1)]), /^card/);
  assert.equal(await withCards([good, good, cards[2] as Bytes]), "card");
});

test("other parameters refuse it", async () => {
  const cases: [string, Parameters][] = [
    ["ceremony_other", { ...parameters, context: hex("00") }], ["ceremony_other", { ...parameters, threshold: 3 }],
    ["ceremony_form", { ...parameters, threshold: 0 }], ["ceremony_form", { ...parameters, threshold: 4 }], ["ceremony_form", { ...parameters, cards: [] }],
    ["ceremony_missing", { ...parameters, cards: cards.slice(1) }], ["ceremony_other", { ...parameters, cards: cards.toReversed() }],
  ];
  for (const [code, other] of cases) assert.equal(await codeOf(() => verifyCeremony(other, ceremony())), code);
});

type Bodies = Record<"commit" | "deal" | "confirm" | "drill", Bytes[]>;

/** What the trustees have sent, without what is around it. */
function bodies(): Bodies {
  const c = ceremony();
  const of = (round: Round, messages: Bytes[]): Bytes[] => messages.map((m) => parseMessage(round, m).body);
  return { commit: of(1, c.commitments), deal: of(2, c.deals), confirm: of(3, c.confirmations), drill: of(4, c.drills) };
}

/** A message that a trustee has signed. */
function sign(i: number, round: number, view: Bytes, body: Bytes, ceremonyOf = h0): Bytes {
  const before = concat(Uint8Array.of(1, round, i + 1), ceremonyOf, view, body);
  const seed = hex(trustees[i]?.identity ?? "").subarray(2, 34);
  return concat(before, ed25519.sign(concat(utf8("valik/1 ceremony\0"), ceremonyHash("message", before)), seed));
}

/** A whole ceremony with these bodies, in which every trustee has seen the rounds before. */
function signAll(b: Bodies): Ceremony {
  let view = h0;
  const made = (["commit", "deal", "confirm", "drill"] as const).map((name) => {
    const messages = b[name].map((body, i) => sign(i, rounds[name], view, body));
    view = ceremonyHash("view", u8(rounds[name]), view, ...messages);
    return messages;
  }) as [Bytes[], Bytes[], Bytes[], Bytes[]];
  return { commitments: made[0], deals: made[1], confirmations: made[2], drills: made[3] };
}

/** Another deal of trustee 2, committed to. */
function withDeal(change: (body: Bytes) => Bytes): Ceremony {
  const b = bodies();
  b.deal[1] = change(b.deal[1] as Bytes);
  b.commit[1] = ceremonyHash("deal", h0, u8(2), b.deal[1]);
  return signAll(b);
}

const code = (c: Ceremony): Promise<string> => codeOf(() => verifyCeremony(parameters, c));

test("deals that are committed to and wrong", async () => {
  const again = signAll(bodies());
  assert.ok(equal(again.drills[2] as Bytes, ceremony().drills[2] as Bytes), "signed again it is the same");
  const { t } = file;
  const n = trustees.length;
  const afterCoefficients = 1 + 32 * t;
  const element = (body: Bytes): Bytes => body.subarray(1, 33);
  assert.equal(await code(withDeal((b) => concat(u8(t + 1), b.subarray(1, afterCoefficients), element(b), b.subarray(afterCoefficients)))), "deal_degree");
  assert.equal(await code(withDeal((b) => concat(u8(t - 1), b.subarray(33)))), "deal_degree");
  const sharesAt = afterCoefficients + 64 + 32 + 64;
  assert.equal(await code(withDeal((b) => concat(b.subarray(0, sharesAt), u8(n + 1), b.subarray(sharesAt + 1), new Uint8Array(64)))), "deal_shares");
  assert.equal(await code(withDeal((b) => concat(b.subarray(0, sharesAt), u8(n - 1), b.subarray(sharesAt + 1, -64)))), "deal_shares");
  const proof = (b: Bytes): Bytes => b.subarray(afterCoefficients, afterCoefficients + 64);
  assert.equal(await code(withDeal((b) => concat(b.subarray(0, sharesAt - 64), proof(b), b.subarray(sharesAt)))), "deal_proof.knowledge");
  assert.equal(await code(withDeal((b) => concat(u8(t), new Uint8Array(32), b.subarray(33)))), "deal_proof.knowledge");
});

test("messages that are signed and wrong", async () => {
  const shorter = bodies();
  shorter.commit[0] = (shorter.commit[0] as Bytes).subarray(1);
  assert.equal(await code(signAll(shorter)), "ceremony_form");
  const saying = bodies();
  saying.confirm[0] = u8(1);
  assert.equal(await code(signAll(saying)), "ceremony_form");
  const cut = bodies();
  cut.drill[0] = (cut.drill[0] as Bytes).subarray(1);
  assert.equal(await code(signAll(cut)), "drill.ceremony_form");
  const c = ceremony();
  assert.equal(await code({ ...c, commitments: c.commitments.toReversed() }), "ceremony_form");
  assert.equal(await code({ ...c, drills: c.drills.slice(1) }), "ceremony_missing");
  assert.equal(await code({ ...c, drills: [...c.drills, c.drills[0] as Bytes] }), "ceremony_missing");
  const other = ceremonyHash("parameters", u8(0));
  assert.equal(await code({ ...c, commitments: [sign(0, 1, other, bodies().commit[0] as Bytes, other), ...c.commitments.slice(1)] }), "ceremony_other");
  assert.equal(await code({ ...c, confirmations: [sign(0, 3, h0, new Uint8Array()), ...c.confirmations.slice(1)] }), "ceremony_view");
  assert.equal(await code({ ...c, confirmations: [sign(1, 3, h0, new Uint8Array()), ...c.confirmations.slice(1)] }), "ceremony_form");
});

/** Knowledge.Prove with the randomness 5: it protects nothing. */
function prove(transcript: Transcript, x: Scalar): Bytes {
  const [k, X] = [5n, G.multiply(x)];
  const T = G.multiply(k);
  const c = transcript.string("proof", "valik/1 knowledge").element("P", G).element("X", X).element("T", T).challenge("c");
  return concat(T.toBytes(), encodeScalar(mod(k + c * x)));
}

test("secrets that add up to nothing", async () => {
  const secret = (i: number): Scalar => decodeScalar(hex(trustees[i]?.polynomial[0] ?? ""));
  const own = mod(-(secret(0) + secret(1)));
  const b = bodies();
  const old = b.deal[2] as Bytes;
  const coefficients = [G.multiply(own), ...parseDeal(old).coefficients.slice(1)];
  const e = decodeScalar(hex(trustees[2]?.ephemeral_secret ?? ""));
  const context = (use: string): Transcript => new Transcript(use)
    .bytes("ceremony", h0).uint64("trustee", 3).elements("coefficients", coefficients).element("ephemeral key", G.multiply(e));
  b.deal[2] = concat(
    u8(file.t), ...coefficients.map((p) => p.toBytes()), prove(context("valik/1 deal secret"), own),
    G.multiply(e).toBytes(), prove(context("valik/1 deal ephemeral key"), e), old.subarray(1 + 32 * file.t + 64 + 32 + 64),
  );
  b.commit[2] = ceremonyHash("deal", h0, u8(3), b.deal[2]);
  assert.equal(await code(signAll(b)), "ceremony_keys");
});
