import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "../src/core/bytes.ts";
import { adviceFor, advices, placeOf } from "../src/page/advice.ts";
import { phaseAt } from "../src/page/closing.ts";
import { takeFragment } from "../src/page/fragment.ts";
import { grouped, knownAt, parsePinned, typedFingerprint } from "../src/page/pinned.ts";
import { catalogues, inLanguage, languageOf } from "../src/page/texts/catalogues.ts";
import { readJson } from "./vectors.ts";

/** The paths of all texts in a catalogue, and whether each is one. */
function paths(value: unknown, at = ""): string[] {
  if (typeof value === "string") {
    assert.notEqual(value.trim(), "", at);
    return [at];
  }
  return Object.entries(value as object).flatMap(([key, inner]) => paths(inner, `${at}.${key}`));
}

test("every language has every text", () => {
  assert.deepEqual(Object.keys(catalogues), ["en", "et", "ru", "vi"]);
  const english = paths(catalogues["en"]);
  for (const [language, catalogue] of Object.entries(catalogues)) assert.deepEqual(paths(catalogue), english, language);
});

test("no text of one language is left in another", () => {
  // Words that are the same in two languages.
  const shared = new Set<string>();
  const seen = new Map<string, string>();
  for (const [language, catalogue] of Object.entries(catalogues)) {
    const read = (value: unknown): string[] => (typeof value === "string" ? [value] : Object.values(value as object).flatMap(read));
    for (const text of new Set(read(catalogue))) {
      assert.ok(!seen.has(text) || shared.has(text), `${language} and ${seen.get(text)}: ${text}`);
      seen.set(text, language);
    }
  }
});

test("languages", () => {
  assert.equal(languageOf(["de", "et-EE", "ru"]), "et");
  assert.equal(languageOf(["de"]), "en");
  assert.equal(inLanguage(new Map([["et", "Linnapea"], ["en", "Mayor"]]), "ru", "et"), "Linnapea");
});

test("advice for every code of the vectors", () => {
  const expected: Record<string, string> = {
    other_ballot: "vote", seed: "vote", before_anchor: "vote", bad_anchor: "vote", certificate_untrusted: "vote", container_truncated: "vote",
    receipt_signature: "board", receipt_time: "board", inclusion: "board", checkpoint_quorum: "board", "board.checkpoint_quorum": "board", fork: "board", rollback: "board", tile: "board",
    other_election: "election", address: "election", "manifest.not_canonical": "election", "ceremony.ceremony_signature": "election", board_ceremony: "election",
    "look.not_json": "board", "receipt.bad_field": "board",
  };
  for (const { code } of readJson<{ code: string }[]>("check/vectors.json")) {
    if (code !== "") assert.ok(["vote", "board", "election"].includes(adviceFor(code)), code);
    if (code in expected) assert.equal(adviceFor(code), expected[code], code);
  }
  for (const [code, advice] of Object.entries(expected)) assert.equal(adviceFor(code), advice);
  assert.equal(adviceFor("link"), "link");
  assert.equal(adviceFor("no_answer"), "noAnswer");
  assert.equal(adviceFor("collector.check_limit"), "limit");
  assert.equal(adviceFor("collector.check_over"), "over");
  assert.equal(adviceFor("collector.not_found"), "notFound");
  assert.equal(adviceFor("collector.unavailable"), "noAnswer");
  assert.equal(adviceFor("what nobody has thought of"), "vote");
  assert.ok(advices.every((a) => a in (catalogues["en"]?.advice ?? {})));
});

test("of what a collector writes, only a place is shown", () => {
  for (const place of ["contests[0].slots", "mayor, slot 0", "trustee 2", "", "title.et"]) assert.equal(placeOf(place), place);
  for (const words of ["title.Call +372 600 0000 now", "<b>", "title.\u202Eabc", "title.evil.example/login", "x".repeat(81), "mayor, slot one"]) {
    assert.equal(placeOf(words), "", words);
  }
});

test("the elections that the host vouches for", () => {
  const fingerprint = "ab".repeat(32);
  const pinned = parsePinned(utf8(`{"elections": [{"collector": "https://vote.example.ee/", "fingerprint": "${fingerprint}"}]}`));
  const other = "cd".repeat(32);
  const here = "https://vote.example.ee";
  const elsewhere = "https://vote.example.com";
  assert.equal(knownAt(pinned, here, undefined), fingerprint);
  assert.equal(knownAt(pinned, here, fingerprint), fingerprint);
  assert.equal(knownAt(pinned, elsewhere, undefined), undefined);
  assert.equal(knownAt(pinned, elsewhere, other), other);
  // A bad computer shows a fingerprint as easily as a link.
  assert.throws(() => knownAt(pinned, here, other), { code: "other_election" });
  assert.throws(() => parsePinned(utf8(`{"elections": [{"collector": "", "fingerprint": "AB"}]}`)));
  assert.equal(typedFingerprint(` ${grouped(fingerprint).toUpperCase()} `), fingerprint);
  assert.equal(typedFingerprint(fingerprint.slice(1)), undefined);
});

test("a ballot that nobody looks at is closed, after a warning", () => {
  const minute = 60_000;
  const phases = [0, 5 * minute - 1, 5 * minute, 6 * minute - 1, 6 * minute, 600 * minute].map(phaseAt);
  assert.deepEqual(phases, ["open", "open", "warned", "warned", "closed", "closed"]);
});

test("the secret leaves the address", () => {
  const replaced: unknown[] = [];
  const history = { replaceState: (...args: unknown[]) => void replaced.push(args[2]) };
  const at = (href: string): { href: string; hash: string; pathname: string } => new URL(href);
  assert.equal(takeFragment(at("https://vote.example.ee/check/#valik1.1.2.3"), history), "https://vote.example.ee/check#valik1.1.2.3");
  assert.equal(takeFragment(at("https://vote.example.ee/check#valik1.1.2.3"), history), "https://vote.example.ee/check#valik1.1.2.3");
  assert.equal(takeFragment(at("https://vote.example.ee/check/"), history), "");
  assert.deepEqual(replaced, ["/check/", "/check"]);
});
