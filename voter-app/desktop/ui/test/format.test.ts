import assert from "node:assert/strict";
import { test } from "node:test";
import { base64, grouped, hour, imageOf, list, minutes, moment, number, typedFingerprint } from "../src/core/format.ts";

test("moments have their time zone", () => {
  const time = "2029-03-01T09:01:07Z";
  assert.match(moment("en", time, "Europe/Tallinn"), /1 March 2029.*11:01:07.*(GMT\+2|EET)$/);
  assert.match(moment("et", time, "Europe/Tallinn"), /1\. märts 2029.*11:01:07/);
  assert.match(moment("ru", time, "Europe/Tallinn"), /1 марта 2029.*11:01:07/);
  assert.match(moment("vi", time, "Europe/Tallinn"), /11:01:07.*2029/);
  assert.match(hour("en", time, "Europe/Tallinn"), /^Thursday,? 1 March 2029.*11:01 (GMT\+2|EET)$/);
  assert.match(hour("et", time, "Europe/Tallinn"), /^neljapäev, 1\. märts 2029.*11:01/);
});

test("numbers, minutes and lists as the language has them", () => {
  assert.equal(number("en", 12345), "12,345");
  assert.equal(minutes("ru", 30), "30 минут");
  assert.equal(minutes("et", 1), "1 minut");
  assert.equal(list("en", ["a", "b", "c"]), "a, b and c");
});

test("hashes and fingerprints", () => {
  assert.equal(grouped("0123456789"), "0123 4567 89");
  assert.equal(typedFingerprint(` ${"AB ".repeat(32)}`), "ab".repeat(32));
  for (const none of ["", "ab", "g".repeat(64), "a".repeat(65)]) assert.equal(typedFingerprint(none), undefined);
});

test("a picture is an address, whatever is in it", () => {
  assert.equal(base64(new Uint8Array([0, 255])), "AP8=");
  assert.equal(imageOf("<svg>õ</svg>"), `data:image/svg+xml;base64,${Buffer.from("<svg>õ</svg>").toString("base64")}`);
});
