// How a country's certificates name persons, as a manifest has it (Eid.Profile of docs/protocol/eid.md).

import { type Of, integer, list, object, text, word } from "../shape.ts";

const short = text(/^[^]{1,200}$/, "a text of 1 to 200 characters");
const oid = text(/^[0-2](\.(0|[1-9][0-9]*))+$/, "an object identifier");

const checksum = object({
  modulus: integer(2, 11),
  rounds: list(object({ add: integer(0, 1000), weights: list(integer(0, 1000), 1, 31) }), 1, 8),
});
const form = object({ pattern: short }, { checksum });
const use = object({ extended: list(oid), policies: list(oid) });

export const profileFields = object({
  authentication: use,
  identifier: object({ forms: list(form, 1, 8), prefix: text(/^[A-Z]{5}-$/, "a kind, a country and a dash") }),
  keys: list(word("P-256", "P-384", "RSA-2048"), 1, 3),
  name: short,
  signing: use,
});

export type Profile = Of<typeof profileFields>;
export type CodeForm = Profile["identifier"]["forms"][number];
export type Checksum = Of<typeof checksum>;
