package board_test

import (
	"strings"
	"testing"

	"filippo.io/torchwood"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

func TestTilePaths(t *testing.T) {
	tests := map[string]board.Tile{
		"tile/0/000":                 {Level: 0, Index: 0, Width: 256},
		"tile/0/001.p/44":            {Level: 0, Index: 1, Width: 44},
		"tile/63/999":                {Level: 63, Index: 999, Width: 256},
		"tile/3/x001/x234/067.p/255": {Level: 3, Index: 1234067, Width: 255},
		"tile/entries/000.p/1":       {Level: board.LevelEntries, Index: 0, Width: 1},
		"tile/entries/x001/000":      {Level: board.LevelEntries, Index: 1000, Width: 256},
	}
	for path, want := range tests {
		got, err := board.ParseTile(path)
		require.NoError(t, err, path)
		require.Equal(t, want, got)
		require.Equal(t, path, got.Path())
		other, err := torchwood.ParseTilePath(path)
		require.NoError(t, err)
		require.Equal(t, tlog.Tile{H: 8, L: want.Level, N: int64(want.Index), W: want.Width}, other)
		require.Equal(t, path, torchwood.TilePath(other))
	}
}

func TestParseTileRefuses(t *testing.T) {
	for _, path := range []string{
		"", "tile", "tile/", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/1000",
		"/tile/0/000", "tile/0/000/", "tile//0/000", "tile/0/../0/000", "tile/./0/000", "x/tile/0/000", "TILE/0/000",
		"tile/00/000", "tile/+0/000", "tile/-1/000", "tile/64/000", "tile/0x0/000", "tile/8/0/000", "tile/9999999999999999999/000",
		"tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/-1", "tile/0/000.p/1/",
		"tile/0/x000/000", "tile/0/x001", "tile/0/001/000", "tile/0/x001/x000", "tile/0/X001/000", "tile/0/x1/000", "tile/0/-01", "tile/0/+01",
		"tile/data/000", "tile/data/000.p/1", "tile/entries", "tile/entries/", "tile/entries/0/000", "tile/entries/data/000", "entries/000",
		"tile/0/000\n", "tile/0/000\x00", "tile/0/x018/x446/x744/x073/x709/x551/616",
		"tile/0/" + strings.Repeat("x999/", 100) + "999",
	} {
		_, err := board.ParseTile(path)
		require.ErrorIs(t, err, board.ErrMalformed, "%q", path)
	}
}

func TestTileCheck(t *testing.T) {
	tests := []struct {
		path string
		size uint64
		in   bool
	}{
		{"tile/entries/000.p/1", 0, false},
		{"tile/0/000.p/1", 0, false},
		{"tile/0/000.p/1", 1, true},
		{"tile/0/000.p/2", 1, false},
		{"tile/0/000.p/44", 300, true},
		{"tile/0/000", 255, false},
		{"tile/0/000", 256, true},
		{"tile/0/001.p/44", 300, true},
		{"tile/0/001.p/45", 300, false},
		{"tile/entries/001.p/44", 300, true},
		{"tile/entries/001.p/45", 300, false},
		{"tile/1/000.p/1", 255, false},
		{"tile/1/000.p/1", 256, true},
		{"tile/1/000.p/2", 511, false},
		{"tile/2/000.p/1", 65535, false},
		{"tile/2/000.p/1", 65536, true},
		{"tile/7/000.p/16", board.MaxSize, true},
		{"tile/7/000.p/17", board.MaxSize, false},
		{"tile/8/000.p/1", board.MaxSize, false},
		{"tile/63/000.p/1", 1<<64 - 1, false},
		{"tile/0/x009/x223/x372/x036/x854/x775/807", 1<<64 - 1, false},
	}
	for _, tt := range tests {
		tile, err := board.ParseTile(tt.path)
		require.NoError(t, err)
		if tt.in {
			require.NoError(t, tile.Check(tt.size), "%s of %d", tt.path, tt.size)
		} else {
			require.ErrorIs(t, tile.Check(tt.size), board.ErrOutside, "%s of %d", tt.path, tt.size)
		}
	}
}

// The example of tlog-tiles: a tree of size 70,000.
func TestTilesOfTheSpecificationsExample(t *testing.T) {
	tiles, err := board.Tiles(0, 70_000)
	require.NoError(t, err)
	count := map[string]int{}
	for _, tile := range tiles {
		kind := []string{"entries", "0", "1", "2"}[tile.Level+1]
		if !tile.Full() {
			kind = tile.Path()
		}
		count[kind]++
		require.NoError(t, tile.Check(70_000))
	}
	require.Equal(t, map[string]int{
		"entries": 273, "tile/entries/273.p/112": 1,
		"0": 273, "tile/0/273.p/112": 1,
		"1": 1, "tile/1/001.p/17": 1,
		"tile/2/000.p/1": 1,
	}, count)
	_, err = board.Tiles(2, 1)
	require.ErrorIs(t, err, board.ErrOutside)
	_, err = board.Tiles(0, board.MaxSize+1)
	require.ErrorIs(t, err, board.ErrTooLarge)
}
