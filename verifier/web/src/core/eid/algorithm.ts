// How keys sign (docs/protocol/eid.md). RSA is by the Web Cryptography of browser and Node. The curves are
// not: some browsers have no P-521, with which issuers of cards sign.

import { p256, p384, p521 } from "@noble/curves/nist.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import type { Bytes } from "../bytes.ts";
import { Refusal, must } from "../errors.ts";
import type { PublicKey } from "./spki.ts";

export type Name = "ES256" | "ES384" | "RS256" | "PS256";

export type HashName = keyof typeof hashes;
const hashes = { "SHA-256": sha256, "SHA-384": sha384, "SHA-512": sha512 };

/** How a message is signed. */
export interface Scheme {
  name: "ECDSA" | "RSASSA-PKCS1-v1_5" | "RSA-PSS";
  hash: HashName;
  /** Of RSA-PSS, in bytes. */
  saltLength?: number;
}

/** An algorithm of voters' keys. */
export interface Algorithm {
  name: Name;
  /** XML signature method, RFC 9231. */
  method: string;
  scheme: Scheme;
}

const all: Algorithm[] = [
  { name: "ES256", method: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", scheme: { name: "ECDSA", hash: "SHA-256" } },
  { name: "ES384", method: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", scheme: { name: "ECDSA", hash: "SHA-384" } },
  { name: "RS256", method: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", scheme: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } },
  { name: "PS256", method: "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", scheme: { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 } },
];

const allowed: Record<PublicKey["kind"], Name[]> = {
  "P-256": ["ES256"], "P-384": ["ES384"], "P-521": [], RSA: ["RS256", "PS256"], other: [],
};

/** The algorithms that a voter's key allows. Refusal: `certificate_key_type`. */
export function algorithmsOf(key: PublicKey): Algorithm[] {
  const names = allowed[key.kind];
  must(names.length > 0, "certificate_key_type", "a key that is neither P-256 nor P-384 nor RSA");
  if (key.kind === "RSA") {
    must(key.bits >= 2048 && key.bits <= 8192, "certificate_key_type", `an RSA key of ${key.bits} bits`);
    must(key.exponent >= 65537n, "certificate_key_type", "the exponent of the RSA key is too small");
  }
  return all.filter((a) => names.includes(a.name));
}

/** The algorithm of a key with this method. Refusals: `certificate_key_type`, `signature_algorithm`. */
export function algorithmOf(key: PublicKey, method: string): Algorithm {
  const found = algorithmsOf(key).find((a) => a.method === method);
  if (found === undefined) throw new Refusal("signature_algorithm", "the method is not one of the certificate's key");
  return found;
}

const curves = { "P-256": p256, "P-384": p384, "P-521": p521 };

/** How long a signature by a key is in bytes: r ‖ s on a curve. */
export function signatureSize(key: PublicKey): number {
  if (key.kind === "RSA") return Math.ceil(key.bits / 8);
  return key.kind === "other" ? 0 : (curves[key.kind].lengths.signature ?? 0);
}

/** Whether the signature, r ‖ s on a curve, is of the message and the key. */
export async function verifies(key: PublicKey, scheme: Scheme, message: Bytes, signature: Bytes): Promise<boolean> {
  if (key.kind === "other" || (key.kind === "RSA") === (scheme.name === "ECDSA")) return false;
  try {
    if (key.kind !== "RSA") {
      const digest = hashes[scheme.hash](message);
      return curves[key.kind].verify(signature, digest, key.point, { prehash: false, lowS: false, format: "compact" });
    }
    const usage = { name: scheme.name, hash: scheme.hash };
    const imported = await crypto.subtle.importKey("spki", own(key.spki), usage, false, ["verify"]);
    return await crypto.subtle.verify({ name: scheme.name, saltLength: scheme.saltLength ?? 0 }, imported, own(signature), own(message));
  } catch {
    return false;
  }
}

/** A copy in a buffer of its own, as Web Cryptography wants it. */
function own(bytes: Bytes): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes);
}
