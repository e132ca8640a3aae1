import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "../src/core/bytes.ts";
import { ciphertextBytes, encrypt, parseCiphertext, parsePublicKey, seedScalar } from "../src/core/elgamal.ts";
import { type Element, decodeElement, decodeScalar, encodeScalar } from "../src/core/group.ts";
import { verifyMembership } from "../src/core/membership.ts";
import { parseKnowledge, verifyBatchEquality, verifyKnowledge } from "../src/core/sigma.ts";
import { Transcript } from "../src/core/transcript.ts";
import { codeOf, hex, readJson } from "./vectors.ts";

test("challenges", () => {
  interface Item { label: string; value?: string; challenges?: string[] }
  for (const v of readJson<{ name: string; use: string; items: Item[] }[]>("transcript/transcript.json")) {
    const t = new Transcript(v.use);
    for (const item of v.items) {
      if (item.challenges === undefined) t.bytes(item.label, hex(item.value ?? ""));
      else assert.deepEqual(t.challenges(item.label, item.challenges.length).map((c) => toHex(encodeScalar(c))), item.challenges, v.name);
    }
  }
});

test("seeds, ciphertexts, and what is none", async () => {
  interface File {
    seeds: { seed: string; info: string[]; r: string }[];
    ciphertexts: { Y: string; M: string; r: string; ciphertext: string }[];
    refused: { parser: string; reason: string; bytes: string }[];
  }
  const file = readJson<File>("elgamal/elgamal.json");
  for (const v of file.seeds) assert.equal(toHex(encodeScalar(seedScalar(hex(v.seed), ...v.info.map(hex)))), v.r);
  for (const v of file.ciphertexts) {
    const c = encrypt(parsePublicKey(hex(v.Y)), decodeElement(hex(v.M)), decodeScalar(hex(v.r)));
    assert.equal(toHex(ciphertextBytes(c)), v.ciphertext);
  }
  const parsers: Record<string, (bytes: Uint8Array) => unknown> = { "public key": parsePublicKey, ciphertext: parseCiphertext };
  const refused = file.refused.filter((v) => v.parser in parsers);
  assert.ok(refused.length > 3);
  for (const v of refused) assert.notEqual(await codeOf(() => parsers[v.parser]?.(hex(v.bytes))), "", v.reason);
});

interface Proof {
  name: string;
  type: string;
  use: string;
  where: string;
  points: Record<string, string>;
  lists?: Record<string, string[]>;
  proof: string;
  fails?: string;
}

function verify(v: Proof): void {
  const point = (name: string): Element => decodeElement(hex(v.points[name] ?? ""));
  const list = (name: string): Element[] => (v.lists?.[name] ?? []).map((p) => decodeElement(hex(p)));
  const t = new Transcript(v.use).string("where", v.where);
  const proof = hex(v.proof);
  if (v.type === "knowledge") verifyKnowledge(t, point("P"), point("X"), parseKnowledge(proof));
  else if (v.type === "batch equality") verifyBatchEquality(t, point("X"), list("A"), list("D"), proof);
  else if (v.type === "membership") verifyMembership(t, point("Y"), list("M"), { A: point("c.A"), B: point("c.B") }, proof);
  else throw new Error(`no verifier for ${v.type}`);
}

// The page has no use for proofs of a single equality.
for (const [file, types] of [["sigma/proofs.json", ["knowledge", "batch equality"]], ["sigma/membership.json", ["membership"]]] as const) {
  test(`proofs of ${file}`, async () => {
    const all = readJson<Proof[]>(file).filter((v) => (types as readonly string[]).includes(v.type));
    assert.ok(all.some((v) => v.fails !== undefined) && all.some((v) => v.fails === undefined));
    for (const v of all) assert.equal((await codeOf(() => verify(v))) !== "", v.fails !== undefined, v.name);
  });
}
