import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { type Bytes, fromBase64, textOf } from "../src/core/bytes.ts";
import { parseContainer, verifyContainer } from "../src/core/eid/container.ts";
import { parseCertificate } from "../src/core/eid/certificate.ts";
import { checkCode } from "../src/core/eid/identity.ts";
import { acceptIssuers } from "../src/core/eid/issuers.ts";
import { type Profile, profileFields } from "../src/core/eid/profile.ts";
import { manifestForm, signaturesForm } from "../src/core/eid/texts.ts";
import { parseJson } from "../src/core/json.ts";
import { parseTime } from "../src/core/shape.ts";
import { codeOf, listVectors, readJson, readVector, repository } from "./vectors.ts";

function profileOf(country: string): Profile {
  return profileFields.read(parseJson(new Uint8Array(readFileSync(`${repository}eid/profile/${country}.json`))).value, "");
}

function readPem(bytes: Bytes): Bytes[] {
  const blocks = (textOf(bytes) ?? "").match(/-----BEGIN CERTIFICATE-----[^-]*/g) ?? [];
  return blocks.map((block) => fromBase64(block.replace(/-----.*-----/, "").replace(/\s/g, "")) as Bytes);
}

/** The files of a tar archive. */
function untar(tar: Bytes): Map<string, Bytes> {
  const files = new Map<string, Bytes>();
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const field = (from: number, length: number): string => (textOf(tar.subarray(at + from, at + from + length)) ?? "").replace(/\0.*$/s, "");
    const size = parseInt(field(124, 12), 8);
    files.set(field(0, 100), tar.subarray(at + 512, at + 512 + size));
    at += 512 + 512 * Math.ceil(size / 512);
  }
  return files;
}

interface Vector {
  file: string;
  level: string;
  fault: string;
  at: string;
  code: string;
}

const files = untar(new Uint8Array(gunzipSync(readVector("eid/refused.tar.gz"))));
for (const name of listVectors("eid").filter((n) => n.endsWith(".asice"))) files.set(name, readVector(`eid/${name}`));
const all = readJson<Vector[]>("eid/vectors.json");

test("containers of voters", async () => {
  const issuers = await acceptIssuers(readPem(readVector("eid/issuers.pem")));
  const estonia = profileOf("ee");
  const own = all.filter((v) => v.level === "B-B");
  assert.ok(own.length > 200);
  for (const v of own) {
    const bytes = files.get(v.file);
    assert.ok(bytes, v.file);
    const code = await codeOf(() => verifyContainer(parseContainer(bytes), issuers, estonia, parseTime(v.at) ?? 0));
    assert.equal(code, v.code, `${v.file}: ${v.fault}`);
  }
});

test("containers with evidence are no voter's", async () => {
  for (const v of all.filter((v) => v.level === "B-LT" && v.code === "")) {
    assert.equal(await codeOf(() => parseContainer(files.get(v.file) as Bytes)), "container_long_term", v.file);
  }
});

test("one flipped bit", async () => {
  const issuers = await acceptIssuers(readPem(readVector("eid/issuers.pem")));
  const good = readVector("eid/good-p256.asice");
  for (let at = 0; at < good.length; at += 7) {
    const changed = good.slice();
    changed[at] = (changed[at] as number) ^ (1 << (at % 8));
    assert.notEqual(await codeOf(() => verifyContainer(parseContainer(changed), issuers, profileOf("ee"), parseTime("2029-03-04T10:30:07Z") ?? 0)), "", `byte ${at}`);
  }
});

test("issuers that are none", async () => {
  const issuers = readPem(readVector("eid/issuers.pem"));
  const signer = parseContainer(readVector("eid/good-p256.asice")).certificate.raw;
  assert.equal(await codeOf(() => acceptIssuers([])), "issuer_invalid");
  assert.equal(await codeOf(() => acceptIssuers([...issuers, issuers[0] as Bytes])), "issuer_invalid");
  assert.equal(await codeOf(() => acceptIssuers([...issuers, signer])), "issuer_invalid");
  const cut = (issuers[0] as Bytes).subarray(1);
  assert.equal(await codeOf(() => acceptIssuers([cut])), "issuer_invalid");
  const forged = (issuers[0] as Bytes).slice();
  forged[forged.length - 1] = (forged[forged.length - 1] as number) ^ 1;
  assert.equal(await codeOf(() => acceptIssuers([forged])), "issuer_invalid");
});

test("no certificate but a certificate", async () => {
  const good = parseContainer(readVector("eid/good-rsa-2048.asice")).certificate.raw;
  assert.equal(await codeOf(() => parseCertificate(good)), "");
  for (let end = 0; end < good.length; end++) assert.equal(await codeOf(() => parseCertificate(good.subarray(0, end))), "certificate_form");
});

test("personal codes, by the examples of docs/protocol/eid.md", async () => {
  const cases: [string, string[], string[]][] = [
    ["ee", ["60001019906", "30303039914", "38001085718"], ["60001019907", "6000101990", "", "6000101990x"]],
    ["lv", ["030303-10012", "050405-10009", "321234-56789"], ["030303-10013", "03030310012", "321234-567890"]],
  ];
  for (const [country, good, wrong] of cases) {
    for (const code of good) assert.equal(await codeOf(() => checkCode(profileOf(country), code)), "", code);
    for (const code of wrong) assert.equal(await codeOf(() => checkCode(profileOf(country), code)), "personal_code", code);
  }
});

test("the texts are those that the other implementation writes", () => {
  const text = (name: string): string => readFileSync(`${repository}eid/form/${name}`, "utf8");
  const fields = (name: string): Record<string, string> => Object.fromEntries([...text(name).matchAll(/\{([a-z-]+)\}/g)].map(([all, field]) => [field, all]));
  assert.equal(manifestForm.fill(fields("manifest.xml")), text("manifest.xml"));
  assert.equal(signaturesForm.fill(fields("signatures0.xml")), text("signatures0.xml"));
});

test("a pattern is of the whole code", async () => {
  const { identifier, ...rest } = profileOf("ee");
  const closing: Profile = { ...rest, identifier: { ...identifier, forms: [{ pattern: "1)|(?:2" }] } };
  for (const code of ["1 and anything", "anything and 2"]) assert.equal(await codeOf(() => checkCode(closing, code)), "profile", code);
  const choice: Profile = { ...rest, identifier: { ...identifier, forms: [{ pattern: "1|2" }] } };
  assert.equal(await codeOf(() => checkCode(choice, "1")), "");
  assert.equal(await codeOf(() => checkCode(choice, "12")), "personal_code");
});
