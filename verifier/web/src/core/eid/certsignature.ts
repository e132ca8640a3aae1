// The signature of an authority on a certificate.

import type { Bytes } from "../bytes.ts";
import { Refusal } from "../errors.ts";
import { type HashName, type Scheme, signatureSize, verifies } from "./algorithm.ts";
import type { Certificate } from "./certificate.ts";
import { type Value, children, context, flatSignature, integerOf, oidOf, parseDer, tags } from "./der.ts";

const schemes: Record<string, Scheme> = {
  "1.2.840.10045.4.3.2": { name: "ECDSA", hash: "SHA-256" },
  "1.2.840.10045.4.3.3": { name: "ECDSA", hash: "SHA-384" },
  "1.2.840.10045.4.3.4": { name: "ECDSA", hash: "SHA-512" },
  "1.2.840.113549.1.1.11": { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  "1.2.840.113549.1.1.12": { name: "RSASSA-PKCS1-v1_5", hash: "SHA-384" },
  "1.2.840.113549.1.1.13": { name: "RSASSA-PKCS1-v1_5", hash: "SHA-512" },
};
const rsaPss = "1.2.840.113549.1.1.10";
const hashes: Record<string, { hash: HashName; length: number }> = {
  "2.16.840.1.101.3.4.2.1": { hash: "SHA-256", length: 32 },
  "2.16.840.1.101.3.4.2.2": { hash: "SHA-384", length: 48 },
  "2.16.840.1.101.3.4.2.3": { hash: "SHA-512", length: 64 },
};

/** How a certificate is signed: with SHA-2, by ECDSA, RSA or RSA-PSS. Refusal: `certificate_algorithm`. */
export function certificateAlgorithm(cert: Certificate): Scheme {
  try {
    const [oid, parameters] = children(cert.signatureAlgorithm);
    const scheme = oidOf(oid) === rsaPss ? pssScheme(parameters) : schemes[oidOf(oid)];
    if (scheme !== undefined) return scheme;
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
  }
  throw new Refusal("certificate_algorithm", "it is signed with an algorithm that is not accepted");
}

/** RSASSA-PSS-params of RFC 4055, with a salt as long as the hash. */
function pssScheme(parameters: Value | undefined): Scheme | undefined {
  if (parameters?.tag !== tags.sequence) return undefined;
  const fields = children(parameters);
  const field = (n: number): Value | undefined => fields.find((f) => f.tag === context(n));
  const algorithm = field(0);
  const salt = field(2);
  if (algorithm === undefined || salt === undefined) return undefined;
  const known = hashes[oidOf(children(parseDer(algorithm.content, tags.sequence))[0])];
  const saltLength = Number(integerOf(parseDer(salt.content, tags.integer)));
  return known?.length === saltLength ? { name: "RSA-PSS", hash: known.hash, saltLength } : undefined;
}

/** Whether an authority's key has signed a certificate. */
export async function signedBy(cert: Certificate, authority: Certificate): Promise<boolean> {
  const scheme = certificateAlgorithm(cert);
  const { key } = authority;
  const signature = scheme.name === "ECDSA" ? flat(cert.signature, signatureSize(key) / 2) : cert.signature;
  return signature !== undefined && verifies(key, scheme, cert.signed, signature);
}

function flat(der: Bytes, length: number): Bytes | undefined {
  try {
    return flatSignature(der, length);
  } catch (fault) {
    if (fault instanceof Refusal) return undefined;
    throw fault;
  }
}
