// The collector's answer to a look at a ballot (Collector.Look of docs/protocol/casting.md).

import { type Bytes, utf8 } from "./bytes.ts";
import { must } from "./errors.ts";
import { canonical } from "./jcs.ts";
import { parseJson } from "./json.ts";
import { anything, base64, boolean, integer, object, word } from "./shape.ts";

export interface Look {
  /** The container as the collector got it. */
  container: Bytes;
  /** The receipt's document. */
  receipt: Bytes;
  /** The collector's word that it is the voter's last ballot. */
  latest: boolean;
  /** How often the ballot may still be looked at. */
  left: number;
}

const limit = 3 << 20;
const fields = object({
  container: base64(), latest: boolean, left: integer(0), receipt: anything, type: word("valik/look"), version: integer(1, 1),
});

/**
 * Reads the answer. It is no document: nobody signs it, and its bytes may have any form of JSON. The
 * receipt inside is one; its bytes are the canonical form of the value. Refusals: those of encoding.md.
 */
export function parseLook(bytes: Bytes): Look {
  must(bytes.length <= limit, "too_large", `${bytes.length} bytes, the limit is ${limit}`);
  const { value, twice } = parseJson(bytes);
  must(twice === undefined, "duplicate_key", "a key stands twice in an object");
  fields.known(value, "");
  const { container, receipt, latest, left } = fields.read(value, "");
  return { container, receipt: utf8(canonical(receipt)), latest, left };
}
