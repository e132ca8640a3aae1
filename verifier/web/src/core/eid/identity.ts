// Whom a certificate names (Eid.Identity and Eid.Code of docs/protocol/eid.md).

import { Refusal, must } from "../errors.ts";
import type { Checksum, Profile } from "./profile.ts";
import { isPrintable } from "../printable.ts";
import type { Certificate } from "./certificate.ts";

export interface Person {
  /** The personal code. */
  code: string;
  /** For people to read; it decides nothing. */
  name: string;
}

const attributes = { commonName: "2.5.4.3", surname: "2.5.4.4", serialNumber: "2.5.4.5", givenName: "2.5.4.42" };

/** Eid.Identity. Refusals: `personal_code`, `person_name`. */
export function personOf(profile: Profile, cert: Certificate): Person {
  const values = (type: string): string[] => cert.attributes.filter((a) => a.type === type).map((a) => a.value);
  const [number, ...more] = values(attributes.serialNumber);
  // Two would be two persons to two readers.
  must(number !== undefined && more.length === 0, "personal_code", "the subject has not one serial number");
  must(number.startsWith(profile.identifier.prefix), "personal_code", "the serial number has another prefix");
  const code = number.slice(profile.identifier.prefix.length);
  checkCode(profile, code);
  const names = [...values(attributes.givenName), ...values(attributes.surname)];
  const name = (names.length === 2 ? names : values(attributes.commonName)).join(" ");
  must(name !== "" && isPrintable(name), "person_name", "the name cannot be shown");
  return { code, name };
}

/** Eid.Code: the first form that matches decides. Refusal: `personal_code`, which does not repeat the code. */
export function checkCode(profile: Profile, code: string): void {
  must(code.length <= 32, "personal_code", "it is too long");
  const form = profile.identifier.forms.find((f) => pattern(f.pattern).test(code));
  must(form !== undefined, "personal_code", "it has not the form of a personal code");
  if (form.checksum === undefined) return;
  const digits = Array.from(code.replace(/[^0-9]/g, ""), Number);
  const last = digits.pop();
  must(digits.length === form.checksum.rounds[0]?.weights.length, "personal_code", "it has another number of digits");
  must(last === checkDigit(form.checksum, digits), "personal_code", "its checksum is wrong");
}

function checkDigit(c: Checksum, digits: number[]): number {
  for (const { add, weights } of c.rounds) {
    const a = digits.reduce((sum, digit, i) => sum + digit * (weights[i] ?? 0), add) % c.modulus;
    if (a < 10) return a;
  }
  return 0;
}

/** The patterns are RE2's; what both languages have in common is enough for personal codes. */
function pattern(source: string): RegExp {
  try {
    new RegExp(source, "u"); // by itself first: one that closes the group below would not be of the whole code
    return new RegExp(`^(?:${source})$`, "u");
  } catch {
    throw new Refusal("profile", "a pattern of the profile cannot be read here");
  }
}
