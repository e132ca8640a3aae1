// X.509 certificates (RFC 5280), read as far as a voter's identity needs it.

import { type Bytes, equal } from "../bytes.ts";
import { Refusal, must } from "../errors.ts";
import { type Value, bitsOf, booleanOf, children, context, expect, flagsOf, integerOf, oidOf, parseDer, tags, textOfValue, timeOf } from "./der.ts";
import { type PublicKey, parseKey } from "./spki.ts";

export interface Certificate {
  raw: Bytes;
  /** What its issuer has signed. */
  signed: Bytes;
  signatureAlgorithm: Value;
  signature: Bytes;
  issuer: Bytes;
  subject: Bytes;
  /** The attributes of the subject in order, by object identifier. */
  attributes: { type: string; value: string }[];
  /** Seconds since 1970. */
  notBefore: number;
  notAfter: number;
  key: PublicKey;
  extensions: Map<string, Extension>;
}

export interface Extension {
  critical: boolean;
  value: Bytes;
}

/** Object identifiers of extensions. */
export const extensions = {
  keyUsage: "2.5.29.15", basicConstraints: "2.5.29.19", nameConstraints: "2.5.29.30", policies: "2.5.29.32", extendedKeyUsage: "2.5.29.37",
} as const;

/** Reads a certificate. Refusal: `certificate_form`. */
export function parseCertificate(bytes: Bytes): Certificate {
  try {
    const cert = read(bytes);
    // What is read later is a certificate's form too.
    for (const part of [keyUsageOf, isAuthority, policiesOf, extendedUsagesOf]) part(cert);
    return cert;
  } catch (fault) {
    throw fault instanceof Refusal ? new Refusal("certificate_form", fault.message) : fault;
  }
}

function read(bytes: Bytes): Certificate {
  const [tbs, algorithm, signature, ...rest] = children(parseDer(bytes, tags.sequence));
  must(rest.length === 0, "der", "a certificate has three parts");
  const fields = children(expect(tbs, tags.sequence));
  // The version is there, or it is an older one without extensions.
  if (fields[0]?.tag === context(0)) fields.shift();
  const [serial, inner, issuer, validity, subject, key, ...optional] = fields;
  integerOf(serial);
  const signatureAlgorithm = expect(algorithm, tags.sequence);
  must(inner !== undefined && equal(inner.raw, signatureAlgorithm.raw), "der", "two algorithms for one signature");
  const [notBefore, notAfter] = children(expect(validity, tags.sequence));
  return {
    raw: bytes, signed: expect(tbs, tags.sequence).raw, signatureAlgorithm, signature: bitsOf(signature),
    issuer: expect(issuer, tags.sequence).raw, subject: expect(subject, tags.sequence).raw, attributes: attributesOf(expect(subject, tags.sequence)),
    notBefore: timeOf(notBefore), notAfter: timeOf(notAfter), key: parseKey(expect(key, tags.sequence)), extensions: extensionsOf(optional),
  };
}

function attributesOf(name: Value): Certificate["attributes"] {
  return children(name).flatMap((set) => children(expect(set, tags.set)).map((attribute) => {
    const [type, value] = children(expect(attribute, tags.sequence));
    must(value !== undefined, "der", "an attribute without a value");
    return { type: oidOf(type), value: textOfValue(value) };
  }));
}

function extensionsOf(optional: Value[]): Map<string, Extension> {
  const found = new Map<string, Extension>();
  const list = optional.find((value) => value.tag === context(3));
  if (list === undefined) return found;
  for (const extension of children(parseDer(list.content, tags.sequence))) {
    const [id, ...rest] = children(expect(extension, tags.sequence));
    const critical = rest[0]?.tag === tags.boolean ? booleanOf(rest.shift() as Value) : false;
    must(!found.has(oidOf(id)), "der", "an extension is there twice");
    found.set(oidOf(id), { critical, value: expect(rest[0], tags.octetString).content });
  }
  return found;
}

/** Key usages by their numbers in RFC 5280, 4.2.1.3; empty if the certificate has none. */
export const keyUsages = { nonRepudiation: 1, keyCertSign: 5, cRLSign: 6 } as const;

export function keyUsageOf(cert: Certificate): Set<number> {
  const extension = cert.extensions.get(extensions.keyUsage);
  return extension === undefined ? new Set() : flagsOf(parseDer(extension.value, tags.bitString));
}

/** Whether basicConstraints say that it is an authority's. */
export function isAuthority(cert: Certificate): boolean {
  const extension = cert.extensions.get(extensions.basicConstraints);
  if (extension === undefined) return false;
  const [ca] = children(parseDer(extension.value, tags.sequence));
  return ca?.tag === tags.boolean && booleanOf(ca);
}

/** The certificate's policies. */
export function policiesOf(cert: Certificate): string[] {
  const extension = cert.extensions.get(extensions.policies);
  if (extension === undefined) return [];
  return children(parseDer(extension.value, tags.sequence)).map((policy) => oidOf(children(expect(policy, tags.sequence))[0]));
}

/** The certificate's extended key usages. */
export function extendedUsagesOf(cert: Certificate): string[] {
  const extension = cert.extensions.get(extensions.extendedKeyUsage);
  if (extension === undefined) return [];
  return children(parseDer(extension.value, tags.sequence)).map(oidOf);
}
