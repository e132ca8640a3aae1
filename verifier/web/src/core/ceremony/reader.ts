// Files of the key ceremony: a version, a tag, and fields of fixed length.

import type { Bytes } from "../bytes.ts";
import { must } from "../errors.ts";

/** Reads fields from the beginning. Every refusal is `ceremony_form`. */
export class FileReader {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Bytes, tag: number) {
    this.#bytes = bytes;
    must(this.u8() === 1, "ceremony_form", "it does not begin with version 1");
    must(this.u8() === tag, "ceremony_form", `its tag is not ${tag}`);
  }

  take(length: number): Bytes {
    const end = this.#at + length;
    must(length >= 0 && end <= this.#bytes.length, "ceremony_form", "the end came too early");
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  u8(): number {
    return this.take(1)[0] as number;
  }

  /** A byte from `least` to `most`. */
  count(what: string, least: number, most: number): number {
    const n = this.u8();
    must(n >= least && n <= most, "ceremony_form", `${what}: ${n} is not from ${least} to ${most}`);
    return n;
  }

  /** All but the last `tail` bytes of what is left. */
  rest(tail: number): Bytes {
    return this.take(this.#bytes.length - this.#at - tail);
  }

  /** What was read so far. */
  before(): Bytes {
    return this.#bytes.subarray(0, this.#at);
  }

  end(): void {
    must(this.#at === this.#bytes.length, "ceremony_form", "bytes follow the end");
  }
}
