// No bytes from outside make anything but a refusal.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bytes, textOf } from "../src/core/bytes.ts";
import { openCheckpoint } from "../src/core/board/checkpoint.ts";
import { parseNote } from "../src/core/board/note.ts";
import { parseKey } from "../src/core/board/key.ts";
import { parseProof } from "../src/core/board/proof.ts";
import { parseCard } from "../src/core/ceremony/card.ts";
import { parseDeal } from "../src/core/ceremony/deal.ts";
import { parseMessage, rounds } from "../src/core/ceremony/message.ts";
import { decode } from "../src/core/document.ts";
import { parseCertificate, extendedUsagesOf, isAuthority, keyUsageOf, policiesOf } from "../src/core/eid/certificate.ts";
import { parseContainer } from "../src/core/eid/container.ts";
import { certificateAlgorithm } from "../src/core/eid/certsignature.ts";
import { personOf } from "../src/core/eid/identity.ts";
import { ballotKind } from "../src/core/election/ballot.ts";
import { ceremonyKind } from "../src/core/election/ceremony.ts";
import { entryKind } from "../src/core/election/entry.ts";
import { parseManifest } from "../src/core/election/manifest.ts";
import { receiptKind, refusalKind } from "../src/core/election/receipt.ts";
import { canonical } from "../src/core/jcs.ts";
import { parseJson } from "../src/core/json.ts";
import { parseLink } from "../src/core/link.ts";
import { parseLook } from "../src/core/look.ts";
import { parsePinned } from "../src/page/pinned.ts";
import { mutate, random } from "./mutation.ts";
import { codeOf, hex, readJson, readVector } from "./vectors.ts";

const text = (bytes: Bytes): string => textOf(bytes) ?? "";
const utf8 = (s: string): Bytes => new TextEncoder().encode(s);
const manifest = parseManifest(readVector("check/refusing/manifest.json"));
const ceremony = readJson<{ trustees: { card: string; deal: string }[] }>("threshold/ceremony.json").trustees[0];
const checkVectors = readJson<{ name: string; link: string; look: string }[]>("check/vectors.json");
const look = readVector("check/answers/good.json");
const container = parseLook(look).container;

/** Reads all of a certificate. */
function certificate(bytes: Bytes): void {
  const cert = parseCertificate(bytes);
  for (const read of [extendedUsagesOf, isAuthority, keyUsageOf, policiesOf, certificateAlgorithm]) read(cert);
  personOf(manifest.eid.profile, cert);
}

const parsers: [string, Bytes, (bytes: Bytes) => unknown][] = [
  ["container", container, parseContainer],
  ["certificate with P-384", parseContainer(container).certificate.raw, certificate],
  ["certificate with RSA", parseContainer(readVector("eid/good-rsa-pss.asice")).certificate.raw, certificate],
  ["manifest", readVector("check/refusing/manifest.json"), parseManifest],
  ["ceremony", readVector("check/refusing/ceremony.json"), (b) => decode(ceremonyKind, b)],
  ["ballot", readVector("election/given/ballot-0.json"), (b) => decode(ballotKind, b)],
  ["entry", readVector("election/documents/entry-ballot.json"), (b) => decode(entryKind, b)],
  ["receipt", readVector("election/documents/receipt.json"), (b) => decode(receiptKind, b)],
  ["refusal", readVector("election/documents/refusal.json"), (b) => decode(refusalKind, b)],
  ["look", look, parseLook],
  ["JSON", utf8('{"a":[1,-2.5e3,"\\u00e4\\n\\ud83d\\ude00",true,false,null,{"":{}}]}'), (b) => parseJson(utf8(canonical(parseJson(b).value)))],
  ["checkpoint", readVector("check/refusing/checkpoint"), (b) => openCheckpoint(manifest.board, b)],
  ["note", readVector("board/log/checkpoint"), parseNote],
  ["key", utf8(manifest.board.key), (b) => parseKey(text(b))],
  ["proof", readVector("board/example.tlog-proof"), (b) => parseProof(text(b))],
  ["link", utf8(checkVectors[0]?.link ?? ""), (b) => parseLink(text(b))],
  ["card", hex(ceremony?.card ?? ""), parseCard],
  ["message", hex(ceremony?.deal ?? ""), (b) => parseMessage(rounds.deal, b)],
  ["deal", hex(ceremony?.deal ?? "").slice(67, -64), parseDeal],
  ["elections.json", utf8(`{"elections":[{"collector":"https://a","fingerprint":"${"ab".repeat(32)}"}]}`), parsePinned],
];

for (const [name, good, parse] of parsers) {
  test(`any ${name}`, async () => {
    // codeOf lets no exception pass but a refusal.
    assert.match(await codeOf(() => parse(good)), /^(personal_code|person_name)?$/, "what is damaged was right");
    const next = random(good.length + name.length);
    const count = good.length > 10_000 ? 60 : 400;
    for (let i = 0; i < count; i++) await codeOf(() => parse(mutate(mutate(good, next), next)));
    await codeOf(() => parse(new Uint8Array()));
    await codeOf(() => parse(new Uint8Array(300).fill(0xff)));
  });
}
