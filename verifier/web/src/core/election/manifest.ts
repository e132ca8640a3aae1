// The manifest: the one document that fixes an election (docs/protocol/manifest.md).

import { type Bytes, utf8 } from "../bytes.ts";
import { type Kind, decode } from "../document.ts";
import { type Hash, hashOf } from "../hash.ts";
import { isPrintable } from "../printable.ts";
import {
  type Of, type Shape, anyText, badField, base64, boolean, hex, integer, list, object, onlyTrue, record, text, time, word,
} from "../shape.ts";
import { checkManifest } from "./manifestrules.ts";
import { registryKey } from "./registry.ts";
import { profileFields } from "../eid/profile.ts";

/** Words that people read. */
const name: Shape<string> = {
  read(value, path) {
    const words = anyText.read(value, path);
    const length = utf8(words).length;
    if (length < 1 || length > 1000 || !isPrintable(words)) throw badField(path, "1 to 1000 bytes of characters that can be shown are expected");
    return words;
  },
  known: () => {},
};

const words = record(name);
const id = text(/^[A-Za-z0-9_]{1,28}$/, "1 to 28 letters, digits and _");
const district = text(/^[0-9]{4}\.[0-9]{1,2}$/, "a district such as 0176.1");
const certificate = base64();

const slate = object({
  choices: list(object({ code: text(/^[A-Za-z0-9_.]{1,32}$/, "a code of a choice"), name }), 1),
  name,
});

const evidence = object(
  { away: word("refuse", "settle"), settle: integer(0, 2592000) },
  {
    status: object({ crl: boolean, freshness: integer(1, 604800), nonce: boolean, responders: list(certificate) }),
    time: object({ authorities: list(certificate, 1), tolerance: integer(1, 3600) }),
  },
);

const fixed = {
  authority: object({ officials: list(certificate, 1, 16), signatures: integer(1, 16) }),
  board: object({ key: anyText, origin: anyText, quorum: integer(0), witnesses: list(anyText, 0, 64) }),
  check: object({ limit: integer(1, 10), minutes: integer(1, 1440) }),
  closes: time,
  collector: object({ channel: boolean, key: hex(32), url: anyText }, { cards: anyText }),
  contests: list(object({ blank: boolean, id, slots: integer(1, 100), title: words }), 1, 32),
  districts: list(object({ id: district, name, parishes: list(text(/^([0-9]{4}|FOREIGN)$/, "a parish"), 1) }), 1, 1000),
  eid: object({ issuers: list(certificate, 1), profile: profileFields }, { evidence }),
  id,
  languages: list(text(/^[a-z]{2,3}$/, "a language"), 1),
  lists: list(object({ contest: id, district, lists: list(slate, 1) })),
  mixers: object({ operators: list(object({ key: hex(32), name }), 2, 16), required: integer(2, 16) }),
  opens: time,
  profile: word("open", "guarded"),
  rules: object({ invalid: word("reported"), ties: word("lot") }),
  title: words,
  trustees: object({ cards: list(base64(), 1, 64), threshold: integer(1, 64) }),
};
const fields = object(fixed, { registry: registryKey, rehearsal: onlyTrue });

export type ManifestFields = Of<typeof fields>;
export type Text = Map<string, string>;

export interface Manifest extends ManifestFields {
  /** The election fingerprint: the hash of the manifest's bytes. */
  fingerprint: Hash;
}

export const manifestKind: Kind<ManifestFields> = { name: "manifest", limit: 16 << 20, fields };

/**
 * Manifest.Parse: the form of every field, and the rules on which the check of a ballot rests. (Those
 * about officials, mixers and parishes are for the verifiers of the record.)
 */
export function parseManifest(bytes: Bytes): Manifest {
  const manifest = { ...decode(manifestKind, bytes), fingerprint: hashOf(bytes) };
  checkManifest(manifest);
  return manifest;
}
