// Public keys of certificates.

import type { Bytes } from "../bytes.ts";
import { bitsOf, children, expect, integerOf, oidOf, parseDer, tags, type Value } from "./der.ts";

export interface PublicKey {
  kind: "P-256" | "P-384" | "P-521" | "RSA" | "other";
  /** SubjectPublicKeyInfo in DER. */
  spki: Bytes;
  /** The point of a key on a curve. */
  point: Bytes;
  /** Of an RSA key, else 0. */
  bits: number;
  exponent: bigint;
}

const ecPublicKey = "1.2.840.10045.2.1";
const rsaEncryption = "1.2.840.113549.1.1.1";
const curves: Record<string, PublicKey["kind"]> = {
  "1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384", "1.3.132.0.35": "P-521",
};

/** Reads a SubjectPublicKeyInfo. Refusal: `der`. */
export function parseKey(info: Value): PublicKey {
  const [algorithm, key] = children(expect(info, tags.sequence));
  const [oid, parameters] = children(expect(algorithm, tags.sequence));
  const plain = { spki: info.raw, point: new Uint8Array(), bits: 0, exponent: 0n };
  switch (oidOf(oid)) {
    case ecPublicKey:
      return { ...plain, kind: curves[oidOf(parameters)] ?? "other", point: bitsOf(key) };
    case rsaEncryption: {
      const [modulus, exponent] = children(parseDer(bitsOf(key), tags.sequence));
      return { ...plain, kind: "RSA", bits: integerOf(modulus).toString(2).length, exponent: integerOf(exponent) };
    }
    default:
      return { ...plain, kind: "other" };
  }
}
