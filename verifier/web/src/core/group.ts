// ristretto255 (RFC 9496): strict decoding, and hashing to the group.

import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { pippenger } from "@noble/curves/abstract/curve.js";
import { bytesToNumberLE, numberToBytesLE } from "@noble/curves/utils.js";
import { type Bytes, uint64, utf8 } from "./bytes.ts";
import { Refusal, must } from "./errors.ts";
import { tupleHashXof } from "./tuplehash.ts";

export type Element = InstanceType<typeof ristretto255.Point>;
/** A number from 0 to ℓ − 1. */
export type Scalar = bigint;

export const G: Element = ristretto255.Point.BASE;
export const identity: Element = ristretto255.Point.ZERO;
export const order: bigint = ristretto255.Point.Fn.ORDER;

/** Group.Decode. Refusal: `element`. */
export function decodeElement(bytes: Bytes): Element {
  must(bytes.length === 32, "element", `${bytes.length} bytes, an element has 32`);
  try {
    return ristretto255.Point.fromBytes(bytes);
  } catch {
    throw new Refusal("element", "these bytes are no element of the group");
  }
}

/** A list of elements, one encoding after the other. Refusal: `element`. */
export function decodeElements(bytes: Bytes): Element[] {
  must(bytes.length % 32 === 0, "element", `${bytes.length} bytes are no whole number of elements`);
  return Array.from({ length: bytes.length / 32 }, (_, i) => decodeElement(bytes.subarray(32 * i, 32 * i + 32)));
}

/** Group.DecodeScalar. Refusal: `scalar`. */
export function decodeScalar(bytes: Bytes): Scalar {
  must(bytes.length === 32, "scalar", `${bytes.length} bytes, a scalar has 32`);
  const s = bytesToNumberLE(bytes);
  must(s < order, "scalar", "the number is not below the order of the group");
  return s;
}

export function encodeScalar(s: Scalar): Bytes {
  return numberToBytesLE(s, 32);
}

/** Group.ReduceScalar: 64 bytes, little endian, modulo ℓ. */
export function reduceScalar(bytes: Bytes): Scalar {
  return mod(bytesToNumberLE(bytes));
}

/** The number modulo ℓ. */
export function mod(n: bigint): Scalar {
  const r = n % order;
  return r < 0n ? r + order : r;
}

/** s·P for public values: its time depends on them. */
export function times(s: Scalar, p: Element): Element {
  return p.multiplyUnsafe(s);
}

/** Σ s_i·P_i for public values. */
export function sumOfProducts(scalars: Scalar[], points: Element[]): Element {
  return pippenger(ristretto255.Point, points, scalars);
}

/** Group.Map of 64 bytes. */
export function mapToElement(uniform: Bytes): Element {
  return ristretto255_hasher.deriveToCurve!(uniform);
}

/** Group.HashToElement. */
export function hashToElement(label: string, ...data: Bytes[]): Element {
  return mapToElement(tupleHashXof("valik/1 hash to group", [utf8(label), ...data], 64));
}

/** Group.Generators: H_i, i from 1. */
export function generator(label: string, i: number): Element {
  return hashToElement(label, uint64(i));
}
