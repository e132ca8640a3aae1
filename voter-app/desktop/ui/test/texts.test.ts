import assert from "node:assert/strict";
import { test } from "node:test";
import { wordsFor } from "../src/core/screen.ts";
import { catalogues, fill, inLanguage, languageOf, textsOf } from "../src/core/texts.ts";

/** All texts of a catalogue by their paths. */
function texts(value: unknown, at = ""): [string, string][] {
  if (typeof value === "string") return [[at, value]];
  return Object.entries(value as object).flatMap(([key, inner]) => texts(inner, `${at}.${key}`));
}

const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

test("every language has every text, with the same places for values", () => {
  assert.deepEqual(Object.keys(catalogues), ["en", "et", "ru", "vi"]);
  const english = texts(catalogues["en"]);
  for (const [language, catalogue] of Object.entries(catalogues)) {
    const own = texts(catalogue);
    assert.deepEqual(own.map(([path]) => path), english.map(([path]) => path), language);
    for (const [k, [path, text]] of own.entries()) {
      assert.notEqual(text.trim(), "", `${language}${path}`);
      assert.deepEqual(places(text), places(english[k]?.[1] ?? ""), `${language}${path}`);
    }
  }
});

test("no text of one language is left in another", () => {
  const shared = new Set(["Valik", "{place}. {choice}"]); // a name, and a form
  const seen = new Map<string, string>();
  for (const [language, catalogue] of Object.entries(catalogues)) {
    for (const text of new Set(texts(catalogue).map(([, t]) => t))) {
      assert.ok(!seen.has(text) || shared.has(text), `${language} and ${seen.get(text)}: ${text}`);
      seen.set(text, language);
    }
  }
});

test("languages", () => {
  assert.equal(languageOf(["", "de", "et-EE", "ru"]), "et");
  assert.equal(languageOf(["de", "constructor"]), "en");
  assert.equal(textsOf("vi").language, "Tiếng Việt");
  assert.equal(textsOf("de").language, "English");
});

test("values in their places", () => {
  assert.equal(fill("{shown} of {all}", { shown: "2", all: "{shown}" }), "2 of {shown}");
  assert.equal(fill("{other}", {}), "{other}");
});

test("a text of an election in the voter's language, or in the election's first", () => {
  assert.deepEqual(inLanguage({ et: "Linnapea", en: "Mayor" }, "en", ["et", "en"]), { text: "Mayor", lang: "en" });
  assert.deepEqual(inLanguage({ et: "Linnapea", en: "Mayor" }, "ru", ["et", "en"]), { text: "Linnapea", lang: "et" });
  assert.deepEqual(inLanguage({}, "ru", []), { text: "", lang: "ru" });
});

test("every code has words", () => {
  const { problems } = textsOf("en");
  const expected: Record<string, string> = {
    board_fork: "board_fork", stale: "stale", token_pin_wrong: "token_pin_wrong", certificate_expired: "certificate_expired",
    certificate_policy: "certificate", certificate_digest: "certificate", status_revoked: "status_revoked", status_stale: "status",
    time_unreachable: "time", container_form: "card", signature_invalid: "card", "bad_ballot.not_json": "bad_ballot",
    token_new: "token_driver", never_heard_of: "fault", constructor: "fault", "": "fault",
  };
  for (const [code, words] of Object.entries(expected)) assert.equal(wordsFor(code, problems), words, code);
});
