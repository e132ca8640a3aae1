// A strict reader of JSON (RFC 8259), by hand for one reason: the engines' own readers take a
// key twice and say in words of their own, different in each browser, what is wrong.

import { type Bytes, textOf } from "./bytes.ts";
import { Refusal } from "./errors.ts";

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = Map<string, Json>;

/** More than any document needs. */
const maxDepth = 16;

/** What was read, and the first key that stands twice in one object, if one does. */
export interface Read {
  value: Json;
  twice: string | undefined;
}

/** Reads one JSON value. Refusals: `truncated`, `not_json`. */
export function parseJson(bytes: Bytes): Read {
  const text = textOf(bytes);
  if (text === undefined) throw new Refusal("not_json", "it is not UTF-8");
  return new Reader(text).document();
}

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const plain = /[^"\\\0-\x1f]*/y;
const words = new Map<string, Json>([["null", null], ["true", true], ["false", false]]);
const escapes = new Map(Object.entries({ '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }));

/** What is left of a text that ends within a token. */
const cutOff = /^(?:tr?u?|fa?l?s?|nu?l?|-|\.|[eE][+-]?|u[0-9a-fA-F]{0,3})?$/;

class Reader {
  readonly text: string;
  at = 0;
  depth = 0;
  twice: string | undefined;

  constructor(text: string) {
    this.text = text;
  }

  document(): Read {
    const value = this.value();
    this.space();
    if (this.at < this.text.length) throw this.fault("something follows the value");
    return { value, twice: this.twice };
  }

  value(): Json {
    this.space();
    const c = this.text[this.at];
    if (c === "{") return this.nested(() => this.object());
    if (c === "[") return this.nested(() => this.list());
    if (c === '"') return this.string();
    for (const [word, value] of words) if (this.takes(word)) return value;
    return this.number();
  }

  nested<T>(read: () => T): T {
    this.at++;
    if (++this.depth > maxDepth) throw this.fault(`nested deeper than ${maxDepth}`);
    const value = read();
    this.depth--;
    return value;
  }

  object(): JsonObject {
    const fields: JsonObject = new Map();
    this.space();
    if (this.takes("}")) return fields;
    do {
      this.space();
      const key = this.string();
      if (fields.has(key)) this.twice ??= key;
      this.space();
      this.expect(":");
      fields.set(key, this.value());
      this.space();
    } while (this.takes(","));
    this.expect("}");
    return fields;
  }

  list(): Json[] {
    const items: Json[] = [];
    this.space();
    if (this.takes("]")) return items;
    do {
      items.push(this.value());
      this.space();
    } while (this.takes(","));
    this.expect("]");
    return items;
  }

  number(): number {
    number.lastIndex = this.at;
    const match = number.exec(this.text);
    if (match === null) throw this.fault("a value is expected");
    this.at = number.lastIndex;
    const value = Number(match[0]);
    if (!Number.isFinite(value)) throw new Refusal("not_json", "a number is too large");
    return value;
  }

  string(): string {
    this.expect('"');
    let value = "";
    for (;;) {
      plain.lastIndex = this.at;
      const run = plain.exec(this.text)?.[0] ?? "";
      this.at += run.length;
      value += run;
      if (this.takes('"')) break;
      if (!this.takes("\\")) throw this.fault("a string does not end");
      value += this.escape();
    }
    if (!value.isWellFormed()) throw new Refusal("not_json", "a lone surrogate");
    return value;
  }

  escape(): string {
    const c = this.text[this.at] ?? "";
    const short = escapes.get(c);
    if (short !== undefined) {
      this.at++;
      return short;
    }
    const digits = /^u([0-9a-fA-F]{4})/.exec(this.text.slice(this.at, this.at + 5))?.[1];
    if (digits === undefined) throw this.fault("an escape that there is not");
    this.at += 5;
    return String.fromCharCode(parseInt(digits, 16));
  }

  space(): void {
    while (" \t\n\r".includes(this.text[this.at] ?? "x")) this.at++;
  }

  takes(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  expect(word: string): void {
    if (!this.takes(word)) throw this.fault(`${word} is expected`);
  }

  /** A fault at the end is one of the end alone: it came too early. */
  fault(detail: string): Refusal {
    if (cutOff.test(this.text.slice(this.at))) return new Refusal("truncated", "the end came too early");
    return new Refusal("not_json", `${detail}, at character ${this.at}`);
  }
}
