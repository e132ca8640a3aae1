// Where a log's hashes lie as files (c2sp.org/tlog-tiles).

/** The entries of a full tile. */
export const tileWidth = 256;

/** The path of tile N on a level, cut to a width. */
export function tilePath(level: number, N: number, width: number): string {
  const groups = String(N).padStart(Math.ceil(String(N).length / 3) * 3, "0").match(/.../g) ?? [];
  const name = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level}/${name}${width === tileWidth ? "" : `.p/${width}`}`;
}
