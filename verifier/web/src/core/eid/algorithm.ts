// How keys sign (docs/protocol/eid.md), by the Web Cryptography of browser and Node.

import type { Bytes } from "../bytes.ts";
import { Refusal, must } from "../errors.ts";
import type { PublicKey } from "./spki.ts";

export type Name = "ES256" | "ES384" | "RS256" | "PS256";

/** What follows from the name of an algorithm. */
interface Algorithm {
  name: Name;
  /** XML signature method, RFC 9231. */
  method: string;
  parameters: EcdsaParams | RsaPssParams | NamedAlgorithm;
  hash: string;
}
interface NamedAlgorithm {
  name: string;
}

const all: Algorithm[] = [
  { name: "ES256", method: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", hash: "SHA-256", parameters: { name: "ECDSA", hash: "SHA-256" } },
  { name: "ES384", method: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", hash: "SHA-384", parameters: { name: "ECDSA", hash: "SHA-384" } },
  { name: "RS256", method: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", hash: "SHA-256", parameters: { name: "RSASSA-PKCS1-v1_5" } },
  { name: "PS256", method: "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", hash: "SHA-256", parameters: { name: "RSA-PSS", saltLength: 32 } },
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

/** How long a signature by a key is in bytes. */
export function signatureSize(key: PublicKey): number {
  if (key.kind === "RSA") return Math.ceil(key.bits / 8);
  return key.kind === "P-256" ? 64 : 96;
}

export type { Algorithm };

/** Whether the signature is of the message and the key. */
export async function verifies(key: PublicKey, a: Pick<Algorithm, "parameters" | "hash">, message: Bytes, signature: Bytes): Promise<boolean> {
  const usage = a.parameters.name === "ECDSA" ? { name: "ECDSA", namedCurve: key.kind } : { name: a.parameters.name, hash: a.hash };
  try {
    const imported = await crypto.subtle.importKey("spki", own(key.spki), usage, false, ["verify"]);
    return await crypto.subtle.verify(a.parameters, imported, own(signature), own(message));
  } catch {
    return false;
  }
}

/** A copy in a buffer of its own, as Web Cryptography wants it. */
function own(bytes: Bytes): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes);
}
