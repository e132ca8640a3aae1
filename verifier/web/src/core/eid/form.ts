// Fixed texts with named fields, written {name}: the one form of a container's files.

import { Refusal } from "../errors.ts";

export type Values = Record<string, string>;

/** A text whose fields are each there once, followed by `<` or `"`: their values contain neither. */
export class Form {
  readonly #texts: string[];
  readonly #names: string[];

  constructor(text: string) {
    const parts = text.split(/[{}]/);
    this.#texts = parts.filter((_, i) => i % 2 === 0);
    this.#names = parts.filter((_, i) => i % 2 === 1);
  }

  fill(values: Values): string {
    return this.#texts.map((text, i) => text + (values[this.#names[i] ?? ""] ?? "")).join("");
  }

  /** The values in a text, if it is the form with some values filled in. Refusal: the code. */
  read(text: string, code: string): Values {
    const values: Values = {};
    let rest = text;
    this.#texts.forEach((fixed, i) => {
      if (!rest.startsWith(fixed)) throw new Refusal(code, `it is not the text of the form, at character ${text.length - rest.length}`);
      rest = rest.slice(fixed.length);
      const name = this.#names[i];
      if (name === undefined) return;
      const end = rest.search(/[<"]/);
      if (end < 0) throw new Refusal(code, `it ends in the field ${name}`);
      values[name] = rest.slice(0, end);
      rest = rest.slice(end);
    });
    if (rest !== "") throw new Refusal(code, "something follows its end");
    return values;
  }
}
