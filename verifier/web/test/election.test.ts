import assert from "node:assert/strict";
import { test } from "node:test";
import { p256, p384 } from "@noble/curves/nist.js";
import { type Bytes, concat, equal, fromBase64, textOf, toBase64, toHex, utf8 } from "../src/core/bytes.ts";
import { type Kind, decode, encode } from "../src/core/document.ts";
import { ciphertextBytes, encrypt } from "../src/core/elgamal.ts";
import { Refusal } from "../src/core/errors.ts";
import { encodeScalar } from "../src/core/group.ts";
import { hashOf } from "../src/core/hash.ts";
import { canonical } from "../src/core/jcs.ts";
import { parseJson } from "../src/core/json.ts";
import { hash, list, object, time } from "../src/core/shape.ts";
import { ballotKind } from "../src/core/election/ballot.ts";
import { electionKeys } from "../src/core/election/ceremony.ts";
import { choicePoint, choicesOf } from "../src/core/election/choices.ts";
import { ballotLeaf, entryBytes, entryKind } from "../src/core/election/entry.ts";
import { manifestKind, parseManifest } from "../src/core/election/manifest.ts";
import { openBallot, randomness, slotTranscript, verifyProofs } from "../src/core/election/open.ts";
import { receiptKind, refusalKind, verifyRefusal } from "../src/core/election/receipt.ts";
import { codeOf, hex, listVectors, readJson, readVector } from "./vectors.ts";

const manifestBytes = readVector("election/given/manifest.json");
const manifest = parseManifest(manifestBytes);
const ballot = decode(ballotKind, readVector("election/given/ballot-0.json"));
const keys = electionKeys(manifest, readVector("election/given/ceremony.json"));
const sha = (word: string): string => hashOf(utf8(word));

interface Values {
  fingerprint: string;
  "public key": string;
  points: Record<string, string>;
  seed: string;
  "slots of ballot-0": Record<string, string>;
  [name: string]: unknown;
}
const values = readJson<Values>("election/values.json");

test("fingerprint, key and points", () => {
  assert.equal(manifest.fingerprint, values.fingerprint);
  assert.equal(toHex(keys.public.toBytes()), values["public key"]);
  const points: Record<string, string> = {};
  for (const contest of manifest.contests) {
    for (const district of manifest.districts) {
      for (const { code } of choicesOf(manifest, contest, district.id)) points[`${contest.id} ${code}`] = toHex(choicePoint(manifest, contest.id, code).toBytes());
    }
  }
  for (const [name, point] of Object.entries(values.points)) assert.equal(points[name], point, name);
});

test("a ceremony that says that it is another election's", async () => {
  const text = textOf(readVector("election/given/ceremony.json")) ?? "";
  const other = utf8(text.replace(manifest.fingerprint, sha("another")));
  assert.equal(await codeOf(() => electionKeys(manifest, other)), "ceremony.wrong_election");
});

test("a ballot opens with its seed", async () => {
  const seed = hex(values.seed);
  for (const selection of openBallot(manifest, keys.public, seed, ballot)) {
    selection.choices.forEach((choice, k) => {
      const r = randomness(manifest, seed, selection.contest.id, k);
      const c = encrypt(keys.public, choicePoint(manifest, selection.contest.id, choice.code), r);
      const said = `r ${toHex(encodeScalar(r))} choice ${choice.code} ciphertext ${toHex(ciphertextBytes(c))}`;
      assert.equal(said, values["slots of ballot-0"][`${selection.contest.id} ${k}`]);
    });
  }
  assert.equal(await codeOf(() => openBallot(manifest, keys.public, new Uint8Array(32).fill(9), ballot)), "seed");
  const second = decode(ballotKind, readVector("election/given/ballot-1.json"));
  assert.equal(await codeOf(() => openBallot(manifest, keys.public, seed, second)), "seed");
  assert.equal(await codeOf(() => openBallot(manifest, keys.public, new Uint8Array(32).fill(11), second)), "");
});

test("a ballot's proofs", async () => {
  verifyProofs(manifest, keys.public, ballot);
  const x = encodeScalar(slotTranscript(manifest, ballot, "council", 1).challenge("x"));
  assert.equal(toHex(x), values["challenge after the context of ballot-0, contest council, slot 1"]);
  const other = { ...ballot, pseudonym: new Uint8Array(16) };
  assert.match(await codeOf(() => verifyProofs(manifest, keys.public, other)), /^bad_proof/);
});

test("what is no ballot of the election", async () => {
  const [first, ...rest] = ballot.contests;
  assert.ok(first);
  const cases: [string, typeof ballot][] = [
    ["wrong_election", { ...ballot, election: sha("another") }],
    ["wrong_district", { ...ballot, district: "9999.1" }],
    ["wrong_style", { ...ballot, contests: rest }],
    ["wrong_style", { ...ballot, contests: [...rest, first] }],
    ["wrong_style", { ...ballot, contests: [{ ...first, contest: "council" }, ...rest] }],
    ["wrong_style", { ...ballot, contests: [{ ...first, slots: [] }, ...rest] }],
    ["wrong_style", { ...ballot, contests: [{ ...first, slots: first.slots.map((s) => ({ ...s, proof: s.proof.subarray(1) })) }, ...rest] }],
  ];
  for (const [code, wrong] of cases) assert.equal(await codeOf(() => openBallot(manifest, keys.public, hex(values.seed), wrong)), code);
});

test("leaves of ballots", () => {
  const logged = { ballot: hashOf(readVector("election/given/ballot-0.json")), envelope: sha("envelope"), evidence: sha("evidence"), time: manifest.opens };
  const leaves = Object.entries(values).filter(([name]) => name.startsWith("leaf of"));
  assert.deepEqual(leaves.map(([, leaf]) => leaf), [ballotLeaf(logged), ballotLeaf({ ...logged, evidence: "0".repeat(64) })]);
  const entry = entryBytes({ kind: "ballot", election: manifest.fingerprint, artefact: ballotLeaf(logged) });
  assert.ok(equal(entry, readVector("election/documents/entry-ballot.json")));
});

test("every entry", () => {
  const names = listVectors("election/documents").filter((name) => name.startsWith("entry-"));
  assert.equal(names.length, 12);
  for (const name of names) {
    const bytes = readVector(`election/documents/${name}`);
    assert.ok(equal(entryBytes(decode(entryKind, bytes)), bytes), name);
  }
});

test("receipts and refusals", async () => {
  const receipt = decode(receiptKind, readVector("election/documents/receipt.json"));
  assert.equal(receipt.index, 4);
  assert.equal(receipt.time, manifest.opens);
  const refusal = decode(refusalKind, readVector("election/documents/refusal.json"));
  const inner = hashOf(readVector("election/given/ballot-0.json"));
  verifyRefusal(manifest, refusal, inner);
  verifyRefusal(manifest, decode(refusalKind, readVector("election/documents/refusal-of-no-ballot.json")), inner);
  assert.equal(await codeOf(() => verifyRefusal(manifest, refusal, sha("another"))), "refusal_other");
  assert.equal(await codeOf(() => verifyRefusal(manifest, { ...refusal, code: "stale" }, inner)), "refusal_signature");
});

test("every document is canonical JSON", () => {
  for (const folder of ["election/documents", "election/given"]) {
    for (const name of listVectors(folder).filter((n) => n.endsWith(".json"))) {
      const bytes = readVector(`${folder}/${name}`);
      assert.equal(canonical(parseJson(bytes).value), textOf(bytes), name);
    }
  }
});

test("what is not the document that it is handed in as", () => {
  // Not read by the page: here for the rules of all documents.
  const open: Kind<unknown> = { name: "open", limit: 16 << 20, fields: object({ ceremony: hash, election: hash, opens: time, roll: hash, signatures: list(hash) }) };
  const kinds: Record<string, Kind<unknown>> = { entry: entryKind, ballot: ballotKind, manifest: manifestKind, open };
  const negative = readJson<{ name: string; document: string; code: string; field?: string; bytes: string }[]>("election/negative.json");
  const own = negative.filter((v) => v.document in kinds);
  assert.ok(own.length >= 25);
  for (const v of own) {
    const step = (): unknown => decode(kinds[v.document] as Kind<unknown>, fromBase64(v.bytes) as Bytes);
    assert.throws(step, (e) => e instanceof Refusal && e.code === v.code && e.where === (v.field ?? ""), v.name);
  }
});

test("a manifest with the fields that may be absent", async () => {
  const bytes = readVector("election/documents/manifest-rehearsal.json");
  const rehearsal = parseManifest(bytes);
  assert.equal(rehearsal.rehearsal, true);
  assert.equal(rehearsal.registry?.length, 91);
  assert.notEqual(rehearsal.fingerprint, manifest.fingerprint);
  assert.equal(manifest.rehearsal, undefined);
  assert.equal(manifest.registry, undefined);
});

test("keys of election information systems", async () => {
  const text = textOf(readVector("election/documents/manifest-rehearsal.json")) ?? "";
  const key = parseManifest(utf8(text)).registry as Bytes;
  const parse = (der: Bytes) => (): unknown => parseManifest(utf8(text.replace(toBase64(key), toBase64(der))));
  const head = key.subarray(0, 26);
  const point = p256.Point.fromBytes(key.subarray(26));
  const p384Head = hex("3076301006072a8648ce3d020106052b81040022036200");
  assert.equal(await codeOf(parse(concat(p384Head, p384.Point.BASE.toBytes(false)))), "");
  const off = Uint8Array.from(key);
  off[90] = (off[90] ?? 0) ^ 1;
  const wrong: [string, Bytes][] = [
    ["not on the curve", off],
    ["bytes behind it", concat(key, new Uint8Array(1))],
    ["cut", key.subarray(0, 90)],
    ["compressed", concat(hex("3039301306072a8648ce3d020106082a8648ce3d030107032200"), point.toBytes(true))],
    ["compressed under the head of another", concat(head, point.toBytes(true))],
    ["a point of another curve", concat(head, p384.Point.BASE.toBytes(false))],
    ["a hybrid point", concat(head, Uint8Array.of(0x06 | (key[90] as number & 1)), key.subarray(27))],
    ["a length in two bytes", concat(hex("308159"), key.subarray(2))],
    ["the head alone", head],
  ];
  for (const [what, der] of wrong) assert.throws(parse(der), (e) => e instanceof Refusal && e.code === "bad_field" && e.where === "registry", what);
});

test("a manifest that breaks a rule", async () => {
  const text = textOf(manifestBytes) ?? "";
  const changes: [string, string, string][] = [
    ['"closes":"2029-03-05', '"closes":"2029-02-05', "closes"],
    ['"id":"council"', '"id":"mayor"', "contests"],
    ['"limit":3', '"limit":11', "check.limit"],
    ['"threshold":2', '"threshold":4', "trustees.threshold"],
    ['"quorum":0', '"quorum":1', "board"],
    ['"name":"First list"', '"name":"First\\u200blist"', "lists[0].lists[0].name"],
    ['"code":"0176.102"', '"code":"0176.101"', "lists[0].lists"],
    ['"languages":["en","et"]', '"languages":["en"]', "title.et"],
    ['"contest":"mayor","district":"0176.1"', '"contest":"mayor","district":"0176.9"', "lists[0].district"],
  ];
  for (const [old, changed, field] of changes) {
    assert.ok(text.includes(old), old);
    const { value } = parseJson(utf8(text.replace(old, changed)));
    assert.throws(() => parseManifest(utf8(canonical(value))), (e) => e instanceof Refusal && e.code === "bad_field" && e.where === field, changed);
  }
  assert.equal(await codeOf(() => parseManifest(encode("manifest", {}))), "bad_field");
});

test("JSON in its corners", async () => {
  const codes: [string, string][] = [
    ["", "truncated"], ["{", "truncated"], ['{"a"', "truncated"], ['"a', "truncated"], ['"\\u12', "truncated"], ["[1,", "truncated"], ["tru", "truncated"], ["-", "truncated"],
    ["[1,]", "not_json"], ["{,}", "not_json"], ["01", "not_json"], ["+1", "not_json"], ["1 2", "not_json"], ["'a'", "not_json"], ['"\t"', "not_json"], ['"\\x"', "not_json"],
    ['"\\ud800"', "not_json"], ["1e999", "not_json"], ["nul1", "not_json"], ["[".repeat(17) + "]".repeat(17), "not_json"], ["[".repeat(100000), "not_json"],
    ["[".repeat(16) + "]".repeat(16), ""], [' {"a" : [ true , null , -1.5e3 ] } ', ""], ['"\\ud83d\\ude00"', ""],
  ];
  for (const [text, code] of codes) assert.equal(await codeOf(() => parseJson(utf8(text))), code, text.slice(0, 30));
  assert.equal(await codeOf(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22))), "not_json");
  assert.equal(parseJson(utf8('{"a":1,"\\u0061":2}')).twice, "a");
  // The examples of RFC 8785, 3.2.2 and 3.2.3.
  const example = '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}';
  assert.equal(canonical(parseJson(utf8(example)).value), '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}');
  const keys = '{"\\u20ac":1,"\\r":2,"\\ufb33":3,"1":4,"\\ud83d\\ude00":5,"\\u0080":6,"\\u00f6":7}';
  assert.deepEqual([...canonical(parseJson(utf8(keys)).value).matchAll(/:(\d)/g)].map(([, n]) => n).join(""), "2467153");
});
