// Damage, the same every time.

/** Gives numbers below a bound: xorshift. */
export type Random = (below: number) => number;

export function random(seed: number): Random {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** The bytes with a bit flipped, a byte or a piece exchanged, or the end cut off. */
export function mutate(bytes: Uint8Array, next: Random): Uint8Array {
  const changed = bytes.slice();
  const at = next(changed.length);
  switch (next(4)) {
    case 0:
      changed[at] = (changed[at] as number) ^ (1 << next(8));
      return changed;
    case 1:
      return changed.subarray(0, at);
    case 2:
      changed.copyWithin(at, next(changed.length), next(changed.length));
      return changed;
    default:
      changed[at] = next(256);
      return changed;
  }
}
