import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLink, sameAddress } from "../src/core/link.ts";
import { codeOf } from "./vectors.ts";

const ballot = "5e0c".repeat(16);
const seed = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const good = `https://vote.example.ee/check#valik1.17.${ballot}.${seed}`;

test("links", () => {
  const link = parseLink(good);
  assert.equal(link.collector, "https://vote.example.ee");
  assert.equal(link.index, 17);
  assert.equal(link.ballot, ballot);
  assert.deepEqual([...link.seed], Array.from({ length: 32 }, (_, i) => i));
  for (const [old, changed] of [
    ["vote.example.ee", "vote.example.ee/a/b"], ["https://vote.example.ee", "http://127.0.0.1:8080"], ["https://vote.example.ee", "http://localhost"],
    [".17.", ".0."], [".17.", ".9007199254740991."],
  ] as const) parseLink(good.replace(old, changed));
});

test("what is no link", async () => {
  const wrong: Record<string, string> = {
    "nothing": "", "no fragment": "https://vote.example.ee/check", "no address": good.replace("https://vote.example.ee", ""),
    "no host": good.replace("vote.example.ee", ""), "another scheme": good.replace("https", "javascript"), "in the clear": good.replace("https", "http"),
    "a name and password": good.replace("vote.", "a:b@vote."), "a query": good.replace(".ee/", ".ee/?a=b/"), "two fragments": good.replace(".ee/", ".ee/#a/"),
    "another page": good.replace("/check", "/look"), "a slash too many": good.replace("/check", "//check"), "another version": good.replace("valik1", "valik2"),
    "a zero before the index": good.replace(".17.", ".017."), "a sign before the index": good.replace(".17.", ".+17."), "a negative index": good.replace(".17.", ".-1."),
    "an index too large": good.replace(".17.", ".9007199254740992."), "a hash in capitals": good.replace(ballot, ballot.toUpperCase()), "a short hash": good.replace(ballot, ballot.slice(2)),
    "a short seed": good.slice(0, -3), "a long seed": `${good}AAAA`, "a padded seed": `${good}=`, "loose bits in the seed": good.replace(/8$/, "9"),
    "a line end": `${good}\n`, "a line end in the seed": good.replace("AAEC", "AAEC\n"), "a field more": `${good}.`, "a field less": good.replace(".17.", "."),
    "too long": good.replace(".ee/", `.ee/${"a".repeat(4096)}/`), "a space before": ` ${good}`, "a host with a line end": good.replace("vote.", "vote\n."),
    "an index that is no digit": good.replace(".17.", ".1_7."), "http to a name that begins like the machine": good.replace("https://vote.", "http://127.0.0.1."),
  };
  for (const [name, text] of Object.entries(wrong)) {
    assert.equal(await codeOf(() => parseLink(text)), "link", name);
    assert.throws(() => parseLink(text), (e) => !String(e).includes(seed.slice(0, 20)), name);
  }
});

test("one address", () => {
  assert.ok(sameAddress("https://vote.example.ee/", "https://vote.example.ee"));
  assert.ok(!sameAddress("https://vote.example.ee", "https://vote.example.com"));
});
