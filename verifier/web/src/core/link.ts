// The link that the voter carries to the second device (docs/protocol/voting.md).

import { type Bytes, fromBase64Url } from "./bytes.ts";
import { seedSize } from "./elgamal.ts";
import { Refusal, must } from "./errors.ts";
import type { Hash } from "./hash.ts";

export interface Link {
  /** The collector's address, without a slash at its end. */
  collector: string;
  /** Of the ballot's entry on the board. */
  index: number;
  /** Of the inner ballot. */
  ballot: Hash;
  /** The secret from which all randomness of the ballot follows. */
  seed: Bytes;
}

const limit = 4096;
const form = /^(.+)\/check#valik1\.(0|[1-9][0-9]*)\.([0-9a-f]{64})\.([A-Za-z0-9_-]{43})$/;

/** Link.Parse. Refusal: `link`, whose words do not repeat the secret. */
export function parseLink(text: string): Link {
  const [, collector, digits, ballot, secret] = text.length <= limit ? (form.exec(text) ?? []) : [];
  if (collector === undefined || ballot === undefined || secret === undefined) throw new Refusal("link", "it has not the form of a link");
  must(isAddress(collector), "link", "its address is not one of a collector");
  const index = Number(digits);
  must(Number.isSafeInteger(index), "link", "its index is out of range");
  const seed = fromBase64Url(secret);
  must(seed?.length === seedSize, "link", "its secret has another form");
  return { collector, index, ballot, seed };
}

/** https, or http to the machine itself; no user, query, fragment or slash at the end, in the spelling that URLs have. */
function isAddress(text: string): boolean {
  if (!/^https?:\/\/[^\s/?#@\\]+(\/[^\s?#\\]*)?$/.test(text) || text.endsWith("/") || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || ["localhost", "[::1]"].includes(hostname) || /^127\.[0-9.]+$/.test(hostname);
}

/** Whether two addresses are one, whatever the slash at the end. */
export function sameAddress(a: string, b: string): boolean {
  return a.replace(/\/$/, "") === b.replace(/\/$/, "");
}
