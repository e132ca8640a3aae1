import assert from "node:assert/strict";
import { test } from "node:test";
import { tuplehash256, tuplehash256xof } from "@noble/hashes/sha3-addons.js";
import { equal, toHex, utf8 } from "../src/core/bytes.ts";
import { G, decodeElement, decodeScalar, encodeScalar, generator, hashToElement, identity, mapToElement, order, reduceScalar, times } from "../src/core/group.ts";
import { codeOf, hex, readJson } from "./vectors.ts";

interface File<V> {
  vectors: V[];
}

test("small multiples of the base point", () => {
  for (const v of readJson<File<{ n: number; element: string }>>("group/small-multiples.json").vectors) {
    const p = v.n === 0 ? identity : times(BigInt(v.n), G);
    assert.equal(toHex(p.toBytes()), v.element);
    assert.equal(toHex(decodeElement(hex(v.element)).toBytes()), v.element);
  }
});

test("encodings that are none", async () => {
  for (const v of readJson<File<{ reason: string; encodings: string[] }>>("group/invalid-encodings.json").vectors) {
    for (const encoding of v.encodings) assert.equal(await codeOf(() => decodeElement(hex(encoding))), "element", v.reason);
  }
});

test("the one-way map", () => {
  for (const v of readJson<File<{ input: string; element: string }>>("group/one-way-map.json").vectors) {
    assert.equal(toHex(mapToElement(hex(v.input)).toBytes()), v.element);
  }
});

test("hashing to the group", () => {
  for (const v of readJson<File<{ label: string; data: string[]; element: string }>>("group/hash-to-element.json").vectors) {
    assert.equal(toHex(hashToElement(v.label, ...v.data.map(hex)).toBytes()), v.element);
  }
});

test("generators", () => {
  for (const v of readJson<File<{ label: string; index: number; element: string }>>("group/generators.json").vectors) {
    assert.equal(toHex(generator(v.label, v.index).toBytes()), v.element);
  }
});

test("scalars", async () => {
  for (const v of readJson<File<{ input: string; scalar: string }>>("group/scalars.json").vectors) {
    assert.equal(toHex(encodeScalar(reduceScalar(hex(v.input)))), v.scalar);
  }
  assert.equal(await codeOf(() => decodeScalar(encodeScalar(order - 1n))), "");
  assert.equal(await codeOf(() => decodeScalar(encodeScalar(order))), "scalar");
  assert.equal(await codeOf(() => decodeScalar(new Uint8Array(31))), "scalar");
});

test("TupleHash, by NIST's samples", () => {
  const functions = { TupleHash256: tuplehash256, TupleHashXOF256: tuplehash256xof };
  interface Sample { function: keyof typeof functions; custom: string; tuple: string[]; output: string }
  for (const v of readJson<File<Sample>>("group/tuplehash.json").vectors) {
    const output = functions[v.function](v.tuple.map(hex), { personalization: utf8(v.custom), dkLen: v.output.length / 2 });
    assert.ok(equal(output, hex(v.output)), v.function);
  }
});
