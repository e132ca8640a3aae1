import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parseCertificate } from "../src/core/eid/certificate.ts";
import { acceptIssuers, verifyCertificate } from "../src/core/eid/issuers.ts";
import { profileFields } from "../src/core/eid/profile.ts";
import { parseJson } from "../src/core/json.ts";
import { codeOf, repository } from "./vectors.ts";

const profile = profileFields.read(parseJson(new Uint8Array(readFileSync(`${repository}eid/profile/ee.json`))).value, "");

/** Runs openssl (Debian: openssl) in a folder. */
function openssl(folder: string, ...args: string[]): void {
  execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
}

const root = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"];
const leaf = ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,nonRepudiation", "certificatePolicies=0.4.0.194112.1.2"];

interface Chain {
  issuer: Uint8Array;
  cert: Uint8Array;
}

/** An issuer with such a key, and a certificate that it has signed. */
function makeChain(key: string[], signing: string[], more: string[] = []): Chain {
  const folder = mkdtempSync(join(tmpdir(), "issuers-"));
  try {
    openssl(folder, "req", "-x509", "-newkey", ...key, "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Issuer", "-days", "2", ...signing, ...[...root, ...more].flatMap((e) => ["-addext", e]));
    openssl(folder, "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes", "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=Voter");
    writeFileSync(join(folder, "ext"), leaf.join("\n"));
    openssl(folder, "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-out", "leaf.pem", "-days", "1", "-extfile", "ext", ...signing);
    for (const name of ["ca", "leaf"]) openssl(folder, "x509", "-in", `${name}.pem`, "-outform", "DER", "-out", `${name}.der`);
    const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)));
    return { issuer: read("ca.der"), cert: read("leaf.der") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const now = (): number => Math.floor(Date.now() / 1000) + 1;
const curve = (name: string): string[] => ["ec", "-pkeyopt", `ec_paramgen_curve:${name}`];
const pss = ["-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"];

const kinds: [string, string[], string[]][] = [
  ["P-521 with SHA-512", curve("P-521"), ["-sha512"]],
  ["P-384 with SHA-256", curve("P-384"), ["-sha256"]],
  ["P-256 with SHA-512", curve("P-256"), ["-sha512"]],
  ["RSA with SHA-384", ["rsa:2048"], ["-sha384"]],
  ["RSA-PSS", ["rsa:2048"], pss],
];

for (const [name, key, signing] of kinds) {
  test(`an issuer that signs by ${name}`, async () => {
    const { issuer, cert } = makeChain(key, signing);
    const issuers = await acceptIssuers([issuer]);
    await verifyCertificate(issuers, profile, parseCertificate(cert), now());
    const other = cert.slice();
    other[other.length - 1] = (other[other.length - 1] as number) ^ 1;
    assert.equal(await codeOf(() => verifyCertificate(issuers, profile, parseCertificate(other), now())), "certificate_untrusted");
  });
}

test("issuers that are not accepted", async () => {
  const weak = makeChain(["rsa:2048"], ["-sha1"]);
  assert.equal(await codeOf(() => acceptIssuers([weak.issuer])), "issuer_invalid");
  const bound = makeChain(curve("P-256"), ["-sha256"], ["nameConstraints=critical,permitted;email:example.ee"]);
  assert.equal(await codeOf(() => acceptIssuers([bound.issuer])), "issuer_invalid");
});
