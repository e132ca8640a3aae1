// The only place where challenges are made (docs/protocol/transcript.md).

import { type Bytes, concat, uint64, utf8 } from "./bytes.ts";
import { type Element, type Scalar, encodeScalar, reduceScalar } from "./group.ts";
import { tupleHashXof } from "./tuplehash.ts";

const challengeLabel = "challenge";

/** A list of byte strings; a challenge is a hash of all of them so far. */
export class Transcript {
  readonly #items: Bytes[] = [];

  /** Transcript.New: for one use of a proof. */
  constructor(use: string) {
    this.string("use", use);
  }

  bytes(label: string, value: Bytes): this {
    // Programmers choose labels: this is no fault of what is read.
    if (label === challengeLabel) throw new Error("the label challenge belongs to challenges");
    this.#items.push(utf8(label), value);
    return this;
  }

  string(label: string, value: string): this {
    return this.bytes(label, utf8(value));
  }

  uint64(label: string, value: number): this {
    return this.bytes(label, uint64(value));
  }

  element(label: string, value: Element): this {
    return this.bytes(label, value.toBytes());
  }

  elements(label: string, values: Element[]): this {
    return this.bytes(label, concat(...values.map((p) => p.toBytes())));
  }

  scalar(label: string, value: Scalar): this {
    return this.bytes(label, encodeScalar(value));
  }

  /** Transcript.Challenge: not zero. */
  challenge(label: string): Scalar {
    const [c] = this.challenges(label, 1);
    return c as Scalar;
  }

  /** Transcript.Challenges: the first n blocks of 64 bytes that do not reduce to zero. */
  challenges(label: string, n: number): Scalar[] {
    this.#items.push(utf8(challengeLabel), utf8(label));
    for (let blocks = n; ; blocks++) {
      const output = tupleHashXof("valik/1", this.#items, 64 * blocks);
      const scalars = Array.from({ length: blocks }, (_, i) => reduceScalar(output.subarray(64 * i, 64 * i + 64)));
      const found = scalars.filter((s) => s !== 0n);
      if (found.length >= n) return found.slice(0, n);
    }
  }
}
