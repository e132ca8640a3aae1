import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { type Bytes, concat, equal, fromBase64, textOf, toBase64, toHex, utf8 } from "../src/core/bytes.ts";
import { sha256 } from "../src/core/hash.ts";
import { openCheckpoint } from "../src/core/board/checkpoint.ts";
import { parseKey } from "../src/core/board/key.ts";
import { leafHash, verifyInclusion } from "../src/core/board/merkle.ts";
import { type Policy, policyKeys } from "../src/core/board/policy.ts";
import { parseProof, verifyProof } from "../src/core/board/proof.ts";
import { BoardReader } from "../src/core/board/reader.ts";
import { tilePath } from "../src/core/board/tile.ts";
import { codeOf, hex, readJson, readVector } from "./vectors.ts";

interface Key { name: string; vkey: string }
const keys = readJson<{ log: Key; witnesses: Key[]; quorum: number }>("board/keys.json");
const policy: Policy = { origin: keys.log.name, key: keys.log.vkey, witnesses: keys.witnesses.map((w) => w.vkey), quorum: keys.quorum };
const checkpoint = readVector("board/log/checkpoint");
const entry = (n: number): Bytes => utf8(`entry ${n}`);
const bytes = (base64: string): Bytes => fromBase64(base64) as Bytes;

test("inclusion", async () => {
  const all = readJson<{ size: number; root: string; index: number; leaf: string; proof: string[] }[]>("board/inclusion.json");
  for (const v of all) {
    const path = v.proof.map(bytes);
    verifyInclusion(path, v.size, bytes(v.root), v.index, bytes(v.leaf));
    const wrong = [
      () => verifyInclusion([...path, bytes(v.leaf)], v.size, bytes(v.root), v.index, bytes(v.leaf)),
      () => verifyInclusion(path, v.size, bytes(v.root), v.index, leafHash(utf8("another"))),
      () => verifyInclusion(path, v.size, bytes(v.root), v.size, bytes(v.leaf)),
      () => verifyInclusion(path, v.size, leafHash(utf8("another")), v.index, bytes(v.leaf)),
    ];
    if (path.length > 0) wrong.push(() => verifyInclusion(path.slice(1), v.size, bytes(v.root), v.index, bytes(v.leaf)));
    for (const step of wrong) assert.equal(await codeOf(step), "inclusion");
  }
});

test("checkpoints and proofs", () => {
  assert.equal(openCheckpoint(policy, checkpoint).size, 300);
  assert.deepEqual(openCheckpoint(policy, checkpoint).witnesses.map((w) => w.time), [1735689600, 1735689601]);
  assert.equal(openCheckpoint({ ...policy, quorum: 0 }, readVector("board/empty.checkpoint")).size, 0);
  for (const [name, index, size] of [["example", 3, 5], ["first", 0, 300], ["last", 299, 300], ["full-tile", 255, 256], ["alone", 0, 1]] as const) {
    const proof = parseProof(textOf(readVector(`board/${name}.tlog-proof`)) ?? "");
    assert.equal(proof.index, index);
    assert.equal(verifyProof(proof, policy, entry(index)).size, size);
  }
});

test("what is no acceptable checkpoint", async () => {
  const text = textOf(checkpoint) ?? "";
  const [witnessA, witnessB] = text.split("\n").filter((line) => line.startsWith("— witness"));
  assert.ok(witnessA && witnessB);
  const cases: [string, string, string, Policy?][] = [
    ["a witness missing", text.replace(`${witnessA}\n`, ""), "checkpoint_quorum"],
    ["one witness twice", text.replace(witnessB, witnessA), "checkpoint_quorum"],
    ["three are needed", text, "checkpoint_quorum", { ...policy, quorum: 3 }],
    ["another size", text.replace("\n300\n", "\n301\n"), "checkpoint_signature"],
    ["the size with a zero in front", text.replace("\n300\n", "\n0300\n"), "checkpoint_signature"],
    ["another log", text, "policy", { ...policy, origin: "another" }],
    ["no signature of the log", text.replace(/— log[^\n]*\n/, ""), "checkpoint_signature"],
    ["an unknown signature alone", text.replace(/— [^]*/, `— somebody ${witnessA.split(" ")[2]}\n`), "checkpoint_signature"],
    ["no signatures", text.split("\n\n")[0] ?? "", "note_form"],
    ["no line end at the end", text.slice(0, -1), "note_form"],
    ["a signature line of another form", text.replace("— witness.example/a ", "- witness.example/a "), "note_form"],
    ["no text", text.replace(/^[^]*\n\n/, ""), "note_form"],
    ["a carriage return", text.replace("\n300\n", "\r\n300\n"), "note_form"],
    ["a witness under two names", text, "policy", { ...policy, witnesses: [keys.witnesses[0]?.vkey ?? "", keys.witnesses[0]?.vkey ?? ""] }],
    ["a cosignature with another time", text.replace("ptviJgAAAABndI", "ptviJgAAAABndJ"), "checkpoint_signature"],
    ["a log's key as a witness's", text, "policy", { ...policy, witnesses: [spelled("log.example/other", concat(Uint8Array.of(1), new Uint8Array(32).fill(7)))], quorum: 0 }],
    ["a witness's key as the log's", text, "policy", { ...policy, key: keys.witnesses[0]?.vkey ?? "", origin: "witness.example/a" }],
    ["a quorum above the witnesses", text, "policy", { ...policy, quorum: 4 }],
    ["the log as its own witness", text, "policy", { ...policy, witnesses: [keys.log.vkey], quorum: 0 }],
  ];
  for (const [name, changed, code, p] of cases) assert.equal(await codeOf(() => openCheckpoint(p ?? policy, utf8(changed))), code, name);
  assert.equal(await codeOf(() => openCheckpoint(policy, utf8(text + "— somebody else AAAAAAA=\n"))), "note_form");
  assert.equal(openCheckpoint(policy, utf8(text + "— somebody AAAAAAA=\n")).size, 300, "lines of unknown keys are skipped");
});

test("a witness that signs by ML-DSA-44", async () => {
  const vkey = (textOf(readVector("board/ml-dsa.vkey")) ?? "").trim();
  const signed = textOf(readVector("board/ml-dsa.checkpoint")) ?? "";
  const own: Policy = { ...policy, witnesses: [vkey], quorum: 1 };
  assert.deepEqual(openCheckpoint(own, utf8(signed)).witnesses.map((w) => w.name), ["witness.example/m"]);
  const line = signed.split("\n").at(-2) ?? "";
  const changed = line.replace(/(.{8})(.{100})$/, (_, piece: string, end: string) => [...piece].reverse().join("") + end);
  assert.equal(await codeOf(() => openCheckpoint(own, utf8(signed.replace(line, changed)))), "checkpoint_signature");
  assert.equal(await codeOf(() => openCheckpoint(own, utf8(signed.replace(`${line}\n`, "")))), "checkpoint_quorum");
  const short = line.replace(/ [^ ]+$/, (base64) => base64.slice(0, 13));
  assert.equal(await codeOf(() => openCheckpoint(own, utf8(signed.replace(line, short)))), "checkpoint_signature");
});

interface Signer { name: string; seed: string; vkey: string }
const signers = readJson<{ log: Signer; witnesses: Signer[] }>("board/keys.json");

/** A text signed by the log, and cosigned by the first witness at a time if one is given. */
function signedText(text: string, time?: bigint): Bytes {
  const line = (k: Signer, own: Bytes): string => `— ${k.name} ${toBase64(concat(hex(k.vkey.split("+")[1] ?? ""), own))}\n`;
  const { log, witnesses: [a] } = signers;
  let note = `${text}\n${line(log, ed25519.sign(utf8(text), hex(log.seed)))}`;
  if (time !== undefined && a !== undefined) {
    const message = utf8(`cosignature/v1\ntime ${time}\n${text}`);
    note += line(a, concat(hex(time.toString(16).padStart(16, "0")), ed25519.sign(message, hex(a.seed))));
  }
  return utf8(note);
}

test("what the keys have signed and is no checkpoint", async () => {
  const root = readJson<{ root: string }[]>("board/inclusion.json")[0]?.root ?? "";
  const { name } = keys.log;
  const unwitnessed = { ...policy, quorum: 0 };
  const good = `${name}\n1\n${root}\n`;
  assert.equal(openCheckpoint({ ...policy, quorum: 1 }, signedText(good, 5n)).witnesses[0]?.time, 5);
  const cases: [string, string, string, bigint?][] = [
    ["another log", `another\n1\n${root}\n`, "checkpoint_origin"],
    ["a size that is no exact number", `${name}\n9007199254740992\n${root}\n`, "checkpoint_form"],
    ["a size with a zero in front", `${name}\n01\n${root}\n`, "checkpoint_form"],
    ["an empty tree with a root", `${name}\n0\n${root}\n`, "checkpoint_form"],
    ["a short root", `${name}\n1\nAAAA\n`, "checkpoint_form"],
    ["a line more", `${good}more\n`, "checkpoint_form"],
    ["a line less", `${name}\n1\n`, "checkpoint_form"],
    ["a witness from beyond the end of time", good, "checkpoint_form", 1n << 63n],
  ];
  for (const [what, text, code, time] of cases) assert.equal(await codeOf(() => openCheckpoint(unwitnessed, signedText(text, time))), code, what);
});

/** A vkey of any bytes, with its right key hash. */
function spelled(name: string, raw: Bytes): string {
  return `${name}+${toHex(sha256(utf8(`${name}\n`), raw).subarray(0, 4))}+${toBase64(raw)}`;
}

test("keys that are none in their right spelling", async () => {
  const key = (type: number, length: number): Bytes => concat(Uint8Array.of(type), new Uint8Array(length).fill(7));
  assert.equal(await codeOf(() => parseKey(spelled("log.example", key(1, 32)))), "");
  for (const [name, raw] of [
    ["log.example", key(2, 32)], ["log.example", key(1, 31)], ["log.example", key(4, 33)], ["log.example", key(6, 32)],
    ["a b", key(1, 32)], ["a\u200bb", key(1, 32)], ["a".repeat(256), key(1, 32)],
  ] as const) assert.equal(await codeOf(() => parseKey(spelled(name, raw))), "vkey", name);
});

test("what is too large is not read", async () => {
  const long = utf8(textOf(checkpoint) + "— somebody AAAAAAA=\n".repeat(20_000));
  assert.equal(await codeOf(() => openCheckpoint(policy, long)), "checkpoint_form");
  const proof = textOf(readVector("board/alone.tlog-proof")) ?? "";
  const hashes = `${toBase64(new Uint8Array(32))}\n`.repeat(6000);
  assert.equal(await codeOf(() => parseProof(proof.replace("index 0\n", `index 0\n${hashes.slice(0, 45 * 60)}`))), "");
  assert.equal(await codeOf(() => parseProof(proof.replace("index 0\n", `index 0\n${hashes}`))), "proof_form");
  const many = utf8(textOf(checkpoint) + "— somebody AAAAAAA=\n".repeat(98));
  assert.equal(await codeOf(() => openCheckpoint(policy, many)), "note_form", "101 lines");
});

test("what is no proof", async () => {
  const text = textOf(readVector("board/example.tlog-proof")) ?? "";
  for (const changed of ["", text.replace("v1", "v2"), text.replace("index 3", "index 03"), text.replace("index 3", "index 9007199254740992"), text.replace("index 3\n", "index 3\nextra AAAA\n"), text.replace("V8ef", "V8e")]) {
    assert.equal(await codeOf(() => parseProof(changed)), "proof_form");
  }
  assert.equal(await codeOf(() => verifyProof(parseProof(text.replace("index 3", "index 2")), policy, entry(3))), "inclusion");
  assert.equal(await codeOf(() => verifyProof(parseProof(text), policy, entry(2))), "inclusion");
});

test("keys have one spelling", async () => {
  for (const vkey of [keys.log.vkey, ...policy.witnesses]) assert.equal(await codeOf(() => parseKey(vkey)), "");
  const { vkey } = keys.log;
  for (const wrong of ["", "a+b", vkey.replace("de031ddc", "DE031DDC"), vkey.replace("de031ddc", "de031ddd"), vkey.replace("+Af", "+Bf"), `${vkey}=`, ` ${vkey}`]) {
    assert.equal(await codeOf(() => parseKey(wrong)), "vkey", wrong);
  }
  assert.equal(policyKeys(policy).witnesses.length, 3);
});

test("a board through its tiles", async () => {
  const opened = openCheckpoint(policy, checkpoint);
  const fetch = async (path: string): Promise<Bytes> => readVector(`board/log/${path}`);
  const reader = new BoardReader(opened, fetch);
  for (const n of [0, 1, 127, 128, 255, 256, 298, 299]) assert.ok(equal(await reader.leaf(n), leafHash(entry(n))), `leaf ${n}`);
  const seen = new Set<number>();
  for (const v of readJson<{ size: number; root: string }[]>("board/inclusion.json")) {
    if (v.size > 300) continue;
    assert.ok(equal(await reader.rootAt(v.size), bytes(v.root)), `root at ${v.size}`);
    seen.add(v.size);
  }
  assert.ok(seen.size > 5);
  assert.equal(await codeOf(() => reader.leaf(300)), "tile");
  assert.equal(await codeOf(() => reader.rootAt(301)), "tile");
});

test("a tile that lies", async () => {
  const opened = openCheckpoint(policy, checkpoint);
  for (const path of ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"]) {
    const fetch = async (asked: string): Promise<Bytes> => {
      const tile = readVector(`board/log/${asked}`);
      if (asked === path) tile[0] = (tile[0] as number) ^ 1;
      return tile;
    };
    const index = path.startsWith("tile/0/001") ? 256 : 0;
    assert.equal(await codeOf(() => new BoardReader(opened, fetch).leaf(index)), "tile", path);
  }
  const long = async (asked: string): Promise<Bytes> => concat(readVector(`board/log/${asked}`), new Uint8Array(1));
  assert.equal(await codeOf(() => new BoardReader(opened, long).leaf(0)), "tile");
  const short = async (asked: string): Promise<Bytes> => readVector(`board/log/${asked}`).subarray(1);
  assert.equal(await codeOf(() => new BoardReader(opened, short).leaf(0)), "tile");
});

test("the full tile in place of a partial one that is gone", async () => {
  const opened = openCheckpoint(policy, checkpoint);
  const fetch = async (asked: string): Promise<Bytes> => {
    if (asked === "tile/0/001.p/44") throw new Error("gone");
    return asked === "tile/0/001" ? concat(readVector("board/log/tile/0/001.p/44"), new Uint8Array(32 * 212)) : readVector(`board/log/${asked}`);
  };
  assert.ok(equal(await new BoardReader(opened, fetch).leaf(299), leafHash(entry(299))));
  const gone = async (): Promise<Bytes> => { throw new Error("gone"); };
  await assert.rejects(new BoardReader(opened, gone).leaf(0), /gone/);
});

test("paths of tiles", () => {
  assert.equal(tilePath(0, 1234067, 256), "tile/0/x001/x234/067");
  assert.equal(tilePath(1, 0, 1), "tile/1/000.p/1");
});
