package board_test

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

// What a server answers is byte for byte what an export writes.
func TestTileDataIsWhatIsExported(t *testing.T) {
	for _, size := range []int{1, 255, 256, 257, 600} {
		w := newWorld(t, size)
		files := w.files(t)
		delete(files, "checkpoint")
		for path, file := range files {
			data, err := board.TileData(uint64(size), path, w)
			require.NoError(t, err, path)
			require.Equal(t, file.Data, data, path)
		}
	}
}

// A tile of an older checkpoint is still served after the log has grown.
func TestTileDataOfOlderSizes(t *testing.T) {
	w := newWorld(t, 600)
	for path, file := range newWorld(t, 300).files(t) {
		if path == "checkpoint" {
			continue
		}
		data, err := board.TileData(600, path, w)
		require.NoError(t, err)
		require.Equal(t, file.Data, data, path)
	}
}

func TestTileDataRefuses(t *testing.T) {
	w := newWorld(t, 300)
	_, err := board.TileData(300, "tile/0/../checkpoint", w)
	require.ErrorIs(t, err, board.ErrMalformed)
	for _, path := range []string{"tile/0/001", "tile/0/001.p/45", "tile/entries/002.p/1", "tile/1/000.p/2", "tile/2/000.p/1", "tile/63/x001/000"} {
		_, err := board.TileData(300, path, w)
		require.ErrorIs(t, err, board.ErrOutside, path)
	}
	_, err = board.TileData(1<<63, "tile/0/000", w)
	require.ErrorIs(t, err, board.ErrTooLarge)
	short := struct {
		*board.Tree
		board.EntryReader
	}{w.tree, board.EntryReaderFunc(func(uint64, int) ([][]byte, error) { return nil, nil })}
	_, err = board.TileData(300, "tile/entries/000", short)
	require.ErrorIs(t, err, board.ErrStore)
}

func TestTileReaderReadsAllSizes(t *testing.T) {
	for _, size := range []uint64{0, 1, 255, 256, 257, 600} {
		w := newWorld(t, int(size))
		r := board.NewTileReader(w.checkpoint(t, size), board.FetchFS(w.files(t)))
		got, err := r.ReadEntries(0, int(size))
		require.NoError(t, err)
		require.Equal(t, size, uint64(len(got)))
		for i, e := range got {
			require.Equal(t, w.entries[i], e)
		}
		all := make([]int64, tlog.StoredHashCount(int64(size)))
		for i := range all {
			all[i] = int64(i)
		}
		hs, err := r.ReadHashes(all)
		require.NoError(t, err)
		want, err := w.tree.ReadHashes(all)
		require.NoError(t, err)
		require.Equal(t, append([]tlog.Hash{}, want...), append([]tlog.Hash{}, hs...))
		_, err = r.ReadHashes([]int64{int64(len(all))})
		require.ErrorIs(t, err, board.ErrOutside)
		_, err = r.ReadHashes([]int64{-1})
		require.ErrorIs(t, err, board.ErrOutside)
		_, err = r.ReadEntries(size, 1)
		require.ErrorIs(t, err, board.ErrOutside)
		_, err = r.ReadEntries(1<<64-1, 1)
		require.ErrorIs(t, err, board.ErrOutside)
		_, err = r.ReadEntries(0, -1)
		require.ErrorIs(t, err, board.ErrOutside)
	}
}

func TestTileReaderReadsAcrossBundles(t *testing.T) {
	w := newWorld(t, 600)
	r := board.NewTileReader(w.checkpoint(t, 600), board.FetchFS(w.files(t)))
	got, err := r.ReadEntries(250, 270)
	require.NoError(t, err)
	require.Equal(t, w.entries[250:520], got)
}

// A client far behind reads the tiles of a log that has grown since.
func TestTileReaderFallsBackToFullTiles(t *testing.T) {
	old, now := newWorld(t, 300), newWorld(t, 600)
	r := board.NewTileReader(old.checkpoint(t, 300), board.FetchFS(now.files(t)))
	_, err := r.ReadEntries(0, 300)
	require.ErrorIs(t, err, fs.ErrNotExist, "tile/1/000.p/1 became tile/1/000.p/2, which is not full")
	files := now.files(t)
	files["tile/1/000.p/1"] = old.files(t)["tile/1/000.p/1"]
	r = board.NewTileReader(old.checkpoint(t, 300), board.FetchFS(files))
	got, err := r.ReadEntries(290, 10)
	require.NoError(t, err)
	require.Equal(t, old.entries[290:], got)
}

// Whatever single bit of whatever tile is wrong, no wrong hash or entry comes
// back.
func TestTileReaderAuthenticates(t *testing.T) {
	w := newWorld(t, 300)
	c, files := w.checkpoint(t, 300), w.files(t)
	for _, path := range slices.Sorted(maps.Keys(files)) {
		for _, at := range []int{0, len(files[path].Data) / 2, len(files[path].Data) - 1} {
			files[path].Data[at] ^= 1
			got, err := board.NewTileReader(c, board.FetchFS(files)).ReadEntries(0, 300)
			if path != "checkpoint" {
				require.Error(t, err, path)
				require.Nil(t, got)
			}
			files[path].Data[at] ^= 1
		}
	}
}

func TestTileReaderPassesErrorsOn(t *testing.T) {
	w, broken := newWorld(t, 300), errors.New("no net")
	r := board.NewTileReader(w.checkpoint(t, 300), func(string) ([]byte, error) { return nil, broken })
	_, err := r.ReadHashes([]int64{0})
	require.ErrorIs(t, err, broken)
	r = board.NewTileReader(w.checkpoint(t, 300), func(string) ([]byte, error) { return []byte("x"), nil })
	_, err = r.ReadHashes([]int64{0})
	require.ErrorIs(t, err, board.ErrMalformed)
}

// A follower with tiles alone makes the proof itself and checks it.
func TestFollowFromTiles(t *testing.T) {
	w := newWorld(t, 600)
	old, next := w.checkpoint(t, 257), w.checkpoint(t, 600)
	r := board.NewTileReader(next, board.FetchFS(w.files(t)))
	proof, err := board.ProveConsistency(old.Size, next.Size, r)
	require.NoError(t, err)
	require.NoError(t, board.VerifyConsistency(old, next, proof))
}
