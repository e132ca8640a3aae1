// The canonical form of JSON, RFC 8785: keys sorted by UTF-16 code units, no white space, and
// numbers and strings as ECMAScript writes them.

import type { Json } from "./json.ts";

export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value instanceof Map) {
    // JavaScript compares strings by UTF-16 code units, as the RFC does.
    const keys = [...value.keys()].sort((a, b) => (a < b ? -1 : 1));
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value.get(key) ?? null)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}
