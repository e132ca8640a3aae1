import assert from "node:assert/strict";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { toBase64, toHex, utf8 } from "../src/core/bytes.ts";
import { encode } from "../src/core/document.ts";
import { hashOf } from "../src/core/hash.ts";
import { parseLink } from "../src/core/link.ts";
import { checkAtCollector } from "../src/page/collector.ts";
import { codeOf, readJson, readVector } from "./vectors.ts";
import type { Vector } from "./check.test.ts";

const v = readJson<Vector[]>("check/vectors.json").find((v) => v.name === "good") as Vector;
const manifest = readVector(`check/${v.manifest}`);

/** What the collector answers to a path instead of the truth. */
const lies = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();
const asked: { method: string; url: string; body: string; headers: IncomingMessage["headers"] }[] = [];
let server: Server;
const real = globalThis.fetch;
const { link } = v;

function truth(path: string): Uint8Array {
  if (path === "/v1/manifest") return manifest;
  if (path === "/v1/ceremony") return readVector(`check/${v.ceremony}`);
  if (path === "/checkpoint") return readVector(`check/${v.checkpoint}`);
  if (path.startsWith("/tile/")) return readVector(`check/${v.tiles}${path}`);
  return readVector(`check/${v.look}`);
}

before(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? "";
    const body: Buffer[] = [];
    request.on("data", (part: Buffer) => body.push(part));
    request.on("end", () => {
      asked.push({ method: request.method ?? "", url: path, body: Buffer.concat(body).toString(), headers: request.headers });
      const lie = lies.get(path);
      if (lie !== undefined) lie(request, response);
      else response.end(truth(path));
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  // The vectors' collector is at an address that there is not.
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  globalThis.fetch = (url, how) => real(String(url).replace("https://vote.example.ee", address), how);
});

after(() => {
  globalThis.fetch = real;
  server.closeAllConnections();
  server.close();
});

const lookPath = (): string => `/v1/ballots/${parseLink(v.link).index}/look`;

async function codeWith(path: string, lie: (response: ServerResponse) => void): Promise<string> {
  lies.set(path, (_, response) => lie(response));
  try {
    return await codeOf(() => checkAtCollector(parseLink(link), v.fingerprint));
  } finally {
    lies.clear();
  }
}

test("a check asks for what it needs, and keeps the secret", async () => {
  asked.length = 0;
  let known = "";
  const found = await checkAtCollector(parseLink(link), v.fingerprint, (m) => {
    known = m.fingerprint;
    assert.equal(asked.length, 1, "the election is told before the ballot is asked for");
  });
  assert.equal(known, v.fingerprint);
  assert.equal(found.signer.code, v.finding?.code);
  assert.deepEqual(asked.slice(0, 4).map((a) => `${a.method} ${a.url}`), ["GET /v1/manifest", `POST ${lookPath()}`, "GET /v1/ceremony", "GET /checkpoint"]);
  assert.equal(asked[1]?.body, JSON.stringify({ ballot: parseLink(link).ballot }));
  const secret = link.split(".").at(-1) ?? "";
  for (const a of asked) {
    assert.ok(!JSON.stringify(a).includes(secret), "the secret leaves the page");
    assert.equal(a.headers.cookie, undefined);
  }
});

test("another election's collector is not told of the ballot", async () => {
  asked.length = 0;
  assert.equal(await codeOf(() => checkAtCollector(parseLink(link), "ab".repeat(32))), "other_election");
  assert.deepEqual(asked.map((a) => a.url), ["/v1/manifest"]);
});

/** A refusal by the known key of the vectors' collector. */
function refusal(code: string, ballot: string, seed = sha256(utf8("valik test seed, not secret: collector"))): Uint8Array {
  const said = { code, message: "No.", election: hashOf(manifest), time: "2029-03-01T09:30:00Z", ballot };
  const signature = ed25519.sign(encode("refusal", { ...said, signature: "" }), seed);
  return encode("refusal", { ...said, signature: toBase64(signature) });
}

test("refusals of the collector", async () => {
  const { ballot } = parseLink(v.link);
  const answer = (bytes: Uint8Array) => (response: ServerResponse) => void response.writeHead(403).end(bytes);
  assert.equal(await codeWith(lookPath(), answer(refusal("check_over", ballot))), "collector.check_over");
  assert.equal(await codeWith(lookPath(), answer(refusal("check_limit", ballot))), "collector.check_limit");
  assert.equal(await codeWith(lookPath(), answer(refusal("check_over", toHex(new Uint8Array(32))))), "no_answer");
  assert.equal(await codeWith(lookPath(), answer(refusal("check_over", ballot, new Uint8Array(32)))), "no_answer");
  assert.equal(await codeWith(lookPath(), answer(refusal("check_over. Call +372 600 0000", ballot))), "no_answer", "a sentence is no code");
  assert.equal(await codeWith(lookPath(), answer(utf8("<html>"))), "no_answer");
});

test("what is no answer", async () => {
  assert.equal(await codeWith("/v1/manifest", (r) => void r.writeHead(404).end()), "no_answer");
  assert.equal(await codeWith("/v1/manifest", (r) => void r.writeHead(302, { Location: "/v1/ceremony" }).end()), "no_answer");
  assert.equal(await codeWith(lookPath(), (r) => void r.destroy()), "no_answer");
  assert.equal(await codeWith(lookPath(), (r) => void r.end(new Uint8Array((3 << 20) + 1))), "no_answer");
  assert.equal(await codeWith("/checkpoint", (r) => void r.writeHead(200, { "Content-Length": "10" }).write("abc", () => r.destroy())), "no_answer");
});
