import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { test } from "node:test";
import { ED25519_TORSION_SUBGROUP, ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE, numberToBytesLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, fromHex, utf8 } from "../src/core/bytes.ts";
import { isSigningKey, signed } from "../src/core/ed25519.ts";

const { Point } = ed25519;
const { Fn } = Point;
const message = utf8("the receipt of a ballot");
const { secretKey, publicKey } = ed25519.keygen(new Uint8Array(32).fill(7));

/** A signature whose R has a part of small order, by who has the secret key. */
function signTwisted(torsion: Bytes): Bytes {
  const { scalar } = ed25519.utils.getExtendedPublicKey(secretKey);
  const r = 12345n;
  const R = Point.BASE.multiply(r).add(Point.fromBytes(torsion)).toBytes();
  const k = Fn.create(bytesToNumberLE(sha512(concat(R, publicKey, message))));
  return concat(R, numberToBytesLE(Fn.create(r + k * scalar), 32));
}

/** What OpenSSL says, which like the programs in Go does not multiply by the cofactor. */
function openssl(signature: Bytes): boolean {
  const spki = concat(fromHex("302a300506032b6570032100") as Bytes, publicKey);
  return verify(null, message, createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }), signature);
}

test("a signature is one for every verifier or for none", () => {
  const good = ed25519.sign(message, secretKey);
  assert.ok(signed(publicKey, message, good) && openssl(good));
  assert.ok(!signed(publicKey, utf8("another"), good));
  for (const hex of ED25519_TORSION_SUBGROUP.slice(1)) {
    const twisted = signTwisted(fromHex(hex) as Bytes);
    assert.ok(ed25519.verify(twisted, message, publicKey, { zip215: false }), "the library takes it");
    assert.ok(!openssl(twisted));
    assert.ok(!signed(publicKey, message, twisted), "the page takes what other verifiers refuse");
  }
});

test("signatures of another form are none", () => {
  const good = ed25519.sign(message, secretKey);
  const s = bytesToNumberLE(good.subarray(32));
  assert.ok(!signed(publicKey, message, concat(good.subarray(0, 32), numberToBytesLE(s + Fn.ORDER, 32))), "s is not below the order");
  assert.ok(!signed(publicKey, message, good.subarray(1)));
  assert.ok(!signed(publicKey.subarray(1), message, good));
});

test("keys of small order are none", () => {
  for (const hex of ED25519_TORSION_SUBGROUP) {
    const key = fromHex(hex) as Bytes;
    assert.ok(!isSigningKey(key));
    // R = B, s = 1: holds for every message where k·A vanishes.
    assert.ok(!signed(key, message, concat(Point.BASE.toBytes(), numberToBytesLE(1n, 32))));
  }
  assert.ok(isSigningKey(publicKey));
});
