// The signed container, in its one form (docs/protocol/envelope.md).

import { type Bytes, equal, fromBase64, textOf, toBase64, utf8 } from "../bytes.ts";
import { Refusal, must } from "../errors.ts";
import type { Profile } from "./profile.ts";
import { sha256 } from "../hash.ts";
import { parseTime, stamp } from "../shape.ts";
import { type Algorithm, algorithmOf, signatureSize, verifies } from "./algorithm.ts";
import { type Certificate, parseCertificate } from "./certificate.ts";
import type { Values } from "./form.ts";
import { type Person, personOf } from "./identity.ts";
import { type Issuers, verifyCertificate } from "./issuers.ts";
import { manifestForm, signaturesForm, signedInfoForm, signedPropertiesForm } from "./texts.ts";
import { type File, type ZipRecord, readZip, writeZip } from "./zip.ts";

export interface Container {
  fileName: string;
  data: Bytes;
  certificate: Certificate;
  /** The signer's claim, in seconds since 1970. It decides nothing. */
  signingTime: number;
  algorithm: Algorithm;
  signature: Bytes;
}

const limit = 1 << 20;
const mimetype = "application/vnd.etsi.asic-e+zip";
const names = ["mimetype", undefined, "META-INF/manifest.xml", "META-INF/signatures0.xml"] as const;

/** Envelope.Parse: no key is used. Refusals have the codes of docs/protocol/eid.md. */
export function parseContainer(bytes: Bytes): Container {
  must(bytes.length <= limit, "container_too_large", `${bytes.length} bytes, the limit is ${limit}`);
  const records = readZip(bytes);
  checkNames(records.map((r) => r.name));
  const [type, data, manifest, signatures] = records.map((r): File => ({ name: r.name, data: r.read() })) as [File, File, File, File];
  must(equal(type.data, utf8(mimetype)), "mimetype_form", "it is not the media type of a container");
  checkFileName(data.name);
  must(equal(manifest.data, utf8(manifestForm.fill({ file: data.name }))), "manifest_form", "it is not the manifest of the one file");
  const container = readSignatures(signatures.data, data);
  // The one rule. Everything above only finds better words for a refusal.
  must(equal(build(container), bytes), "container_form", "built again from its fields it has other bytes");
  return container;
}

/** The container of these fields. */
function build(c: Container): Bytes {
  return writeZip([
    { name: names[0], data: utf8(mimetype) },
    { name: c.fileName, data: c.data },
    { name: names[2], data: utf8(manifestForm.fill({ file: c.fileName })) },
    { name: names[3], data: utf8(signaturesForm.fill(valuesOf(c))) },
  ]);
}

function checkNames(found: ZipRecord["name"][]): void {
  must(new Set(found).size === found.length, "container_extra_file", "a file is there twice");
  const missing = names.find((name) => name !== undefined && !found.includes(name));
  must(missing === undefined, "container_missing_file", `there is no ${missing}`);
  must(found.length >= names.length, "container_missing_file", "there is no data file");
  must(found.length === names.length, "container_extra_file", `it has ${found.length} files`);
  must(names.every((name, i) => name === undefined || name === found[i]), "container_order", "the files are in another order");
}

function checkFileName(name: string): void {
  const taken = ["mimetype", "meta-inf"].includes(name.toLowerCase());
  must(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(name) && !taken, "file_name", "it is not a name that a data file may have");
}

function readSignatures(bytes: Bytes, { name: fileName, data }: File): Container {
  const text = textOf(bytes);
  if (text === undefined) throw new Refusal("signature_form", "it is not UTF-8");
  // Nobody signs that: who receives a container may add it.
  must(!text.includes("</xades:SignedProperties>\n<xades:UnsignedProperties>\n"), "container_long_term", "evidence was added to the signature");
  const values = signaturesForm.read(text, "signature_form");
  const value = (name: string): string => values[name] ?? "";
  const der = fromBase64(value("certificate"));
  if (der === undefined) throw new Refusal("certificate_form", "it is not base64");
  const certificate = parseCertificate(der);
  const algorithm = algorithmOf(certificate.key, value("method"));
  const signingTime = parseTime(value("time"));
  must(signingTime !== undefined, "signing_time", "it has another form");
  const signature = fromBase64(value("signature"));
  must(signature?.length === signatureSize(certificate.key), "signature_form", "the signature has another length or form");
  const container = { fileName, data, certificate, signingTime, algorithm, signature };
  compareDigests(values, valuesOf(container));
  return container;
}

/** The fields of the signature file. */
function valuesOf(c: Container): Values {
  const values: Values = {
    file: c.fileName, method: c.algorithm.method, "data-digest": digest(c.data), signature: toBase64(c.signature),
    certificate: toBase64(c.certificate.raw), time: stamp(c.signingTime), "certificate-digest": digest(c.certificate.raw),
  };
  return { ...values, "properties-digest": digest(utf8(signedPropertiesForm.fill(values))) };
}

function digest(bytes: Bytes): string {
  return toBase64(sha256(bytes));
}

/** Each broken digest has its own code; the properties come last, since they contain the certificate's. */
function compareDigests(values: Values, truth: Values): void {
  must(values["file"] === truth["file"], "signature_form", "it signs another file");
  must(values["data-digest"] === truth["data-digest"], "data_digest", "the digest is not of the data file");
  must(values["certificate-digest"] === truth["certificate-digest"], "certificate_digest", "the digest is not of the certificate");
  must(values["properties-digest"] === truth["properties-digest"], "properties_digest", "the digest is not of the signed properties");
}

/** Envelope.Verify: who signed, judged at the time of receipt in seconds since 1970. Refusals have the codes of docs/protocol/eid.md. */
export async function verifyContainer(c: Container, issuers: Issuers, profile: Profile, at: number): Promise<Person> {
  await verifyCertificate(issuers, profile, c.certificate, at);
  const { notBefore, notAfter } = c.certificate;
  must(c.signingTime >= notBefore && c.signingTime <= notAfter, "signing_time", "it is outside of the certificate's validity");
  const message = utf8(signedInfoForm.fill(valuesOf(c)));
  const holds = await verifies(c.certificate.key, c.algorithm.scheme, message, c.signature);
  must(holds, "signature_invalid", "it is not of this file and the certificate's key");
  return personOf(profile, c.certificate);
}
