// Documents: JSON objects in the one form of RFC 8785 (docs/protocol/encoding.md).

import { type Bytes, equal, utf8 } from "./bytes.ts";
import { Refusal, must } from "./errors.ts";
import { canonical } from "./jcs.ts";
import { type Json, parseJson } from "./json.ts";
import type { Shape } from "./shape.ts";

/** A kind of document: its name without `valik/`, the most bytes it may have, and its fields. */
export interface Kind<T> {
  name: string;
  limit: number;
  /** Has the fields but `type` and `version`. */
  fields: Shape<T>;
}

/** Document.Decode: reads bytes that are exactly what a writer of the kind gives. */
export function decode<T>(kind: Kind<T>, bytes: Bytes): T {
  must(bytes.length <= kind.limit, "too_large", `${kind.name}: ${bytes.length} bytes, the limit is ${kind.limit}`);
  const { value, twice } = parseJson(bytes);
  must(twice === undefined, "duplicate_key", `${kind.name}: a key stands twice in an object`);
  const body = withoutHeader(kind, value);
  must(equal(utf8(canonical(value)), bytes), "not_canonical", `${kind.name}: RFC 8785 gives other bytes for this content`);
  kind.fields.known(body, "");
  return kind.fields.read(body, "");
}

/** Document.Encode: the bytes of a document with these fields, as JSON values. */
export function encode(name: string, fields: Record<string, Json>): Bytes {
  return utf8(canonical(new Map<string, Json>(Object.entries({ ...fields, type: `valik/${name}`, version: 1 }))));
}

function withoutHeader(kind: Kind<unknown>, value: Json): Json {
  if (!(value instanceof Map) || value.get("type") !== `valik/${kind.name}`) {
    throw new Refusal("wrong_type", `it is no document of type valik/${kind.name}`);
  }
  must(value.get("version") === 1, "wrong_version", `${kind.name}: the version is not 1`);
  const body = new Map(value);
  body.delete("type");
  body.delete("version");
  return body;
}
