// A board read through its tiles. They may come from anybody: every hash is led up to the
// checkpoint's root before it is believed (Tile.Read of docs/protocol/board.md).

import { type Bytes, equal } from "../bytes.ts";
import { must } from "../errors.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { nodeHash } from "./merkle.ts";
import { tilePath, tileWidth } from "./tile.ts";

/** Gives a file of the board by its path. */
export type Fetch = (path: string) => Promise<Bytes>;

/** A complete subtree: the 2^level leaves from n·2^level on. */
interface Node {
  level: number;
  n: number;
}

const levelsOfTile = 8;

export class BoardReader {
  readonly #checkpoint: Checkpoint;
  readonly #fetch: Fetch;
  readonly #tiles = new Map<string, Promise<Bytes>>();

  constructor(checkpoint: Checkpoint, fetch: Fetch) {
    this.#checkpoint = checkpoint;
    this.#fetch = fetch;
  }

  /** The hash of the leaf at index. Refusals: `tile`, and those of what fetches. */
  async leaf(index: number): Promise<Bytes> {
    must(index >= 0 && index < this.#checkpoint.size, "tile", `index ${index} of ${this.#checkpoint.size} entries`);
    return this.#authentic({ level: 0, n: index });
  }

  /** The root of the tree when it had this size. */
  async rootAt(size: number): Promise<Bytes> {
    must(size > 0 && size <= this.#checkpoint.size, "tile", `size ${size} of ${this.#checkpoint.size} entries`);
    return join(await Promise.all(peaks(size).map((node) => this.#authentic(node))));
  }

  /** The hash of a node, after it has led to the root. */
  async #authentic(node: Node): Promise<Bytes> {
    const tops = peaks(this.#checkpoint.size);
    const hashes = await Promise.all(tops.map((top) => this.#read(top)));
    must(equal(join(hashes), this.#checkpoint.root), "tile", "the tiles are not those of the checkpoint");
    const own = await this.#read(node);
    let { level, n } = node;
    let hash = own;
    for (;;) {
      const top = tops.findIndex((t) => t.level === level && t.n === n);
      if (top >= 0) {
        must(equal(hash, hashes[top] as Bytes), "tile", `a tile is wrong below the node ${n} of level ${level}`);
        return own;
      }
      const sibling = await this.#read({ level, n: n % 2 === 0 ? n + 1 : n - 1 });
      hash = n % 2 === 0 ? nodeHash(hash, sibling) : nodeHash(sibling, hash);
      [level, n] = [level + 1, Math.floor(n / 2)];
    }
  }

  /** The hash of a node as a tile has it. */
  async #read(node: Node): Promise<Bytes> {
    const tileLevel = Math.floor(node.level / levelsOfTile);
    const span = 2 ** (node.level % levelsOfTile);
    const first = node.n * span;
    const tile = await this.#tile(tileLevel, Math.floor(first / tileWidth));
    const at = first % tileWidth;
    const hashes = Array.from({ length: span }, (_, i) => tile.subarray(32 * (at + i), 32 * (at + i) + 32));
    return complete(hashes);
  }

  #tile(level: number, N: number): Promise<Bytes> {
    const have = Math.floor(this.#checkpoint.size / tileWidth ** level);
    const width = Math.min(tileWidth, have - N * tileWidth);
    const path = tilePath(level, N, width);
    const known = this.#tiles.get(path);
    if (known !== undefined) return known;
    const tile = this.#fetchTile(level, N, width);
    this.#tiles.set(path, tile);
    return tile;
  }

  async #fetchTile(level: number, N: number, width: number): Promise<Bytes> {
    let tile: Bytes;
    try {
      tile = await this.#fetch(tilePath(level, N, width));
    } catch (fault) {
      // A board removes a partial tile when it has the full one.
      if (width === tileWidth) throw fault;
      tile = (await this.#fetch(tilePath(level, N, tileWidth))).subarray(0, 32 * width);
    }
    must(tile.length === 32 * width, "tile", `${tile.length} bytes in a tile of ${width} hashes`);
    return tile;
  }
}

/** The complete subtrees that make up a tree, from the left. */
function peaks(size: number): Node[] {
  const nodes: Node[] = [];
  for (let start = 0; start < size; ) {
    let level = 0;
    while (2 ** (level + 1) <= size - start) level++;
    nodes.push({ level, n: start / 2 ** level });
    start += 2 ** level;
  }
  return nodes;
}

/** The root over peaks: from the right, h ← SHA-256(01 ‖ left ‖ h). */
function join(hashes: Bytes[]): Bytes {
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The root over 2^k hashes. */
function complete(hashes: Bytes[]): Bytes {
  let row = hashes;
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, i) => nodeHash(row[2 * i] as Bytes, row[2 * i + 1] as Bytes));
  }
  return row[0] as Bytes;
}
