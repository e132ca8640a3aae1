// What a document's fields look like, as data: a shape reads a JSON value into a typed one or
// names the field that breaks a rule.

import { type Bytes, fromBase64, fromHex } from "./bytes.ts";
import { Refusal } from "./errors.ts";
import type { Json } from "./json.ts";

export interface Shape<T> {
  /** Reads the value at a path. Refusal: `bad_field`. */
  read(value: Json | undefined, path: string): T;
  /** Refuses fields that the shape does not have: `unknown_field`. */
  known(value: Json | undefined, path: string): void;
}

/** The type that a shape reads. */
export type Of<S> = S extends Shape<infer T> ? T : never;

export function badField(path: string, detail: string): Refusal {
  return new Refusal("bad_field", detail, path);
}

function simple<T>(read: (value: Json | undefined, path: string) => T): Shape<T> {
  return { read, known: () => {} };
}

export function text(rule: RegExp, what: string): Shape<string> {
  return simple((value, path) => {
    if (typeof value !== "string" || !rule.test(value)) throw badField(path, `${what} is expected`);
    return value;
  });
}

export function integer(least: number, most = Number.MAX_SAFE_INTEGER): Shape<number> {
  return simple((value, path) => {
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least || value > most) {
      throw badField(path, `an integer from ${least} to ${most} is expected`);
    }
    return value;
  });
}

export const boolean: Shape<boolean> = simple((value, path) => {
  if (typeof value !== "boolean") throw badField(path, "true or false is expected");
  return value;
});

/** A field that is true or absent: false would be a second way to say the same. */
export const onlyTrue: Shape<true> = simple((value, path) => {
  if (value !== true) throw badField(path, "true is expected, or no such field");
  return value;
});

/** One of some words. */
export function word<const W extends string>(...words: W[]): Shape<W> {
  return simple((value, path) => {
    const found = words.find((w) => w === value);
    if (found === undefined) throw badField(path, `one of ${words.join(", ")} is expected`);
    return found;
  });
}

export const anyText: Shape<string> = text(/^[^]*$/, "a text");
export const hash: Shape<string> = text(/^[0-9a-f]{64}$/, "64 lower-case hex digits");

/** Bytes in lower-case hex. */
export function hex(length: number): Shape<Bytes> {
  return simple((value, path) => {
    const bytes = typeof value === "string" ? fromHex(value) : undefined;
    if (bytes?.length !== length) throw badField(path, `${2 * length} lower-case hex digits are expected`);
    return bytes;
  });
}

/** Bytes in base64, of a length if one is given. */
export function base64(length?: number): Shape<Bytes> {
  return simple((value, path) => {
    const bytes = typeof value === "string" ? fromBase64(value) : undefined;
    if (bytes === undefined) throw badField(path, "base64 with padding is expected");
    if (length !== undefined && bytes.length !== length) throw badField(path, `${bytes.length} bytes where ${length} are expected`);
    return bytes;
  });
}

/** RFC 3339 in UTC and whole seconds, as seconds since 1970. */
export const time: Shape<number> = simple((value, path) => {
  const seconds = typeof value === "string" ? parseTime(value) : undefined;
  if (seconds === undefined) throw badField(path, "a time such as 2029-03-01T09:00:00Z is expected");
  return seconds;
});

/** The seconds since 1970 of a time in its one form, or undefined. */
export function parseTime(value: string): number | undefined {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/.test(value)) return undefined;
  const milliseconds = Date.parse(value);
  // Engines take 30 February for 2 March.
  return Number.isNaN(milliseconds) || stamp(milliseconds / 1000) !== value ? undefined : milliseconds / 1000;
}

/** Seconds since 1970 as a document writes them. */
export function stamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

/** A JSON value as it is: for what another shape reads later. */
export const anything: Shape<Json> = simple((value, path) => {
  if (value === undefined) throw badField(path, "the field is missing");
  return value;
});

export function list<T>(item: Shape<T>, least = 0, most = Infinity): Shape<T[]> {
  return {
    read(value, path) {
      if (!Array.isArray(value)) throw badField(path, "a list is expected");
      if (value.length < least || value.length > most) throw badField(path, `${value.length} items, not ${least} to ${most}`);
      return value.map((v, i) => item.read(v, `${path}[${i}]`));
    },
    known(value, path) {
      if (Array.isArray(value)) value.forEach((v, i) => item.known(v, `${path}[${i}]`));
    },
  };
}

type Fields<T> = { [K in keyof T]: Shape<T[K]> };

/** An object with exactly these fields; those of the second argument may be absent. */
export function object<T extends object, O extends object = object>(
  fields: Fields<T>,
  optional: Fields<O> = {} as Fields<O>,
): Shape<T & Partial<O>> {
  const all = new Map<string, Shape<unknown>>(Object.entries({ ...fields, ...optional }));
  const names = [...all.keys()].sort();
  return {
    read(value, path) {
      if (!(value instanceof Map)) throw badField(path, "an object is expected");
      const read: Record<string, unknown> = {};
      for (const name of names) {
        if (name in optional && !value.has(name)) continue;
        read[name] = all.get(name)?.read(value.get(name), join(path, name));
      }
      return read as T & Partial<O>;
    },
    known(value, path) {
      if (!(value instanceof Map)) return;
      for (const [name, inner] of value) {
        const shape = all.get(name);
        if (shape === undefined && !names.includes(name.toLowerCase())) {
          throw new Refusal("unknown_field", "this document has no such field", join(path, name));
        }
        // A name in another case is the field's, misspelt: read says that the field is missing.
        shape?.known(inner, join(path, name));
      }
    },
  };
}

/** An object whose keys are data, such as the languages of a text. */
export function record<T>(item: Shape<T>): Shape<Map<string, T>> {
  return {
    read(value, path) {
      if (!(value instanceof Map)) throw badField(path, "an object is expected");
      return new Map([...value].map(([key, v]) => [key, item.read(v, join(path, key))]));
    },
    known(value, path) {
      if (value instanceof Map) value.forEach((v, key) => item.known(v, join(path, key)));
    },
  };
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
