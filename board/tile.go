package board

import (
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// LevelEntries is the level of a Tile that holds entries, not hashes.
const LevelEntries = -1

// maxLevel is the highest level that tlog-tiles can name.
const maxLevel = 63

// Tile names a resource of tlog-tiles: Width consecutive hashes of one level, or
// Width entries, from position 256*Index on. A Width below 256 makes it partial.
type Tile struct {
	Level int // from 0; LevelEntries for an entry bundle
	Index uint64
	Width int // 1 to 256
}

// ParseTile reads a path tile/<L>/<N>[.p/<W>] or tile/entries/<N>[.p/<W>]. The
// error is ErrMalformed for anything that Path would not write.
// It implements Tile.Parse of docs/protocol/board.md.
func ParseTile(path string) (Tile, error) {
	rest, ok := strings.CutPrefix(path, "tile/")
	if bundle, is := strings.CutPrefix(rest, "entries/"); is {
		rest = "data/" + bundle
	}
	t, err := tlog.ParseTilePath("tile/8/" + rest)
	if !ok || err != nil || t.L > maxLevel {
		return Tile{}, fmt.Errorf("%w: tile path %q", ErrMalformed, path)
	}
	tile := Tile{Level: t.L, Index: uint64(t.N), Width: t.W}
	if tile.Path() != path {
		return Tile{}, fmt.Errorf("%w: tile path %q", ErrMalformed, path)
	}
	return tile, nil
}

// Path is where the tile is served and stored.
// It implements Tile.Parse of docs/protocol/board.md.
func (t Tile) Path() string {
	path := strings.TrimPrefix(t.tlog().Path(), "tile/8/")
	if t.Level == LevelEntries {
		path = "entries/" + strings.TrimPrefix(path, "data/")
	}
	return "tile/" + path
}

func (t Tile) tlog() tlog.Tile {
	return tlog.Tile{H: tileHeight, L: t.Level, N: int64(t.Index), W: t.Width}
}

// Check tells whether a tree of size entries has this tile; older, narrower
// versions of its last tiles count as such. The error is ErrOutside.
// It implements Tile.Check of docs/protocol/board.md.
func (t Tile) Check(size uint64) error {
	// have = floor(size / 256^L) hashes at level L
	have := size >> (tileHeight * max(t.Level, 0))
	if t.Index > have/TileWidth || uint64(t.Width) > have-t.Index*TileWidth {
		return fmt.Errorf("%w: tile %q of %d entries", ErrOutside, t.Path(), size)
	}
	return nil
}

// Full tells whether the tile is complete and so will never change.
func (t Tile) Full() bool { return t.Width == TileWidth }

// Tiles lists the hash tiles and entry bundles that a log writes when it grows
// from one size to a larger one; from 0, all that it consists of. Errors:
// ErrTooLarge, ErrOutside.
// It implements Tile.List of docs/protocol/board.md.
func Tiles(from, to uint64) ([]Tile, error) {
	if err := checkSize(to); err != nil {
		return nil, err
	}
	if from > to {
		return nil, fmt.Errorf("%w: tiles from %d to %d entries", ErrOutside, from, to)
	}
	var tiles []Tile
	for _, t := range tlog.NewTiles(tileHeight, int64(from), int64(to)) {
		tile := Tile{Level: t.L, Index: uint64(t.N), Width: t.W}
		if tile.Level == 0 {
			tiles = append(tiles, Tile{Level: LevelEntries, Index: tile.Index, Width: tile.Width})
		}
		tiles = append(tiles, tile)
	}
	return tiles, nil
}
