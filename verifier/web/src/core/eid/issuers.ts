// Which certificates are good (Eid.Issuers and Eid.Certificate of docs/protocol/eid.md), for keys that sign.

import { type Bytes, equal, toHex } from "../bytes.ts";
import { Refusal, must } from "../errors.ts";
import type { Profile } from "./profile.ts";
import { algorithmsOf } from "./algorithm.ts";
import {
  type Certificate, extendedUsagesOf, extensions, isAuthority, keyUsageOf, keyUsages, parseCertificate, policiesOf,
} from "./certificate.ts";
import { certificateAlgorithm, signedBy } from "./certsignature.ts";

/** The accepted issuers of an election, and those above each that are listed too. */
export interface Issuers {
  list: Certificate[];
  above: Map<Certificate, Certificate[]>;
}

/** Eid.Issuers. Refusal: `issuer_invalid`. */
export async function acceptIssuers(encoded: Bytes[]): Promise<Issuers> {
  const list = encoded.map((der, i) => invalid(i, () => parseCertificate(der)));
  must(list.length > 0, "issuer_invalid", "the list is empty");
  must(new Set(encoded.map(toHex)).size === list.length, "issuer_invalid", "an issuer is listed twice");
  list.forEach((cert, i) => invalid(i, () => checkIssuer(cert)));
  const above = new Map<Certificate, Certificate[]>();
  for (const cert of list) above.set(cert, await authoritiesAbove(cert, list));
  return { list, above };
}

function invalid<T>(i: number, step: () => T): T {
  try {
    return step();
  } catch (fault) {
    throw fault instanceof Refusal ? new Refusal("issuer_invalid", `issuer ${i + 1}: ${fault.message}`) : fault;
  }
}

function checkIssuer(cert: Certificate): void {
  must(isAuthority(cert), "issuer_invalid", "it is no authority");
  must(keyUsageOf(cert).has(keyUsages.keyCertSign), "issuer_invalid", "its key may not sign certificates");
  certificateAlgorithm(cert);
  // A page that does not judge names must not accept what an issuer may not certify.
  must(!cert.extensions.has(extensions.nameConstraints), "issuer_invalid", "its constraints of names are not judged here");
}

/** The chain upwards as far as the list goes. */
async function authoritiesAbove(start: Certificate, list: Certificate[]): Promise<Certificate[]> {
  const above: Certificate[] = [];
  let cert = start;
  while (!equal(cert.subject, cert.issuer)) {
    const named = list.filter((candidate) => equal(candidate.subject, cert.issuer));
    const parent = await signerOf(cert, named);
    must(parent !== undefined || named.length === 0, "issuer_invalid", "its own issuer is listed and has not signed it");
    // Two authorities that certified each other make a circle, not a chain.
    if (parent === undefined || above.includes(parent)) return above;
    above.push(parent);
    cert = parent;
  }
  must(await signedBy(cert, cert), "issuer_invalid", "it names itself and has not signed itself");
  return above;
}

async function signerOf(cert: Certificate, candidates: Certificate[]): Promise<Certificate | undefined> {
  for (const candidate of candidates) if (await signedBy(cert, candidate)) return candidate;
  return undefined;
}

/** Eid.Certificate for a key that signs, at a time in seconds since 1970. Refusals: `certificate_…`. */
export async function verifyCertificate(issuers: Issuers, profile: Profile, cert: Certificate, at: number): Promise<void> {
  checkKey(profile, cert);
  certificateAlgorithm(cert);
  checkUsage(profile, cert);
  checkValidity("it", cert, at);
  await checkChain(issuers, profile, cert, at);
}

function checkKey(profile: Profile, cert: Certificate): void {
  algorithmsOf(cert.key);
  const kind = cert.key.kind === "RSA" ? "RSA-2048" : cert.key.kind;
  must(profile.keys.some((k) => k === kind), "certificate_key_type", `a key of kind ${kind} is not accepted`);
}

function checkUsage(profile: Profile, cert: Certificate): void {
  const usage = keyUsageOf(cert);
  const authority = isAuthority(cert) || usage.has(keyUsages.keyCertSign) || usage.has(keyUsages.cRLSign);
  must(!authority, "certificate_not_end_entity", "it is of an authority");
  must(usage.has(keyUsages.nonRepudiation), "certificate_key_usage", "it lacks nonRepudiation");
  const accepted = profile.signing.extended;
  const has = extendedUsagesOf(cert);
  const fits = accepted.length === 0 || has.length === 0 || has.some((oid) => accepted.includes(oid));
  must(fits, "certificate_key_usage", "it has no extended key usage of the profile");
}

function checkValidity(role: string, cert: Certificate, at: number): void {
  must(at >= cert.notBefore, "certificate_not_yet_valid", `${role} is not valid yet`);
  must(at <= cert.notAfter, "certificate_expired", `${role} is not valid any more`);
}

/** What a path of one signature may say in critical extensions. */
const known: string[] = [
  ...Object.values(extensions), "2.5.29.14", "2.5.29.17", "2.5.29.31", "2.5.29.33", "2.5.29.35", "2.5.29.36", "2.5.29.54", "1.3.6.1.5.5.7.1.1",
];

function checkCritical(cert: Certificate): void {
  for (const [oid, extension] of cert.extensions) {
    must(!extension.critical || known.includes(oid), "certificate_form", `a critical extension ${oid} that is not known`);
  }
}

/** Every listed issuer is an anchor, so a path is one signature (RFC 5280, 6.1). */
async function checkChain(issuers: Issuers, profile: Profile, cert: Certificate, at: number): Promise<void> {
  checkCritical(cert);
  const named = issuers.list.filter((issuer) => equal(issuer.subject, cert.issuer));
  const issuer = await signerOf(cert, named);
  if (issuer === undefined) throw new Refusal("certificate_untrusted", "no accepted issuer has signed it");
  checkCritical(issuer);
  checkValidity("its issuer", issuer, at);
  checkPolicies(profile, cert);
  for (const authority of issuers.above.get(issuer) ?? []) checkValidity("an authority above its issuer", authority, at);
}

const anyPolicy = "2.5.29.32.0";

function checkPolicies(profile: Profile, cert: Certificate): void {
  const accepted = profile.signing.policies;
  if (accepted.length === 0) return;
  const fits = policiesOf(cert).some((policy) => policy === anyPolicy || accepted.includes(policy));
  must(fits, "certificate_policy", "it was issued under no policy of the profile");
}
