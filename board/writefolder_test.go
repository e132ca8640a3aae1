package board_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
)

func TestWriteFolderCanBeReadAndContinued(t *testing.T) {
	for _, size := range []uint64{0, 1, 256, 300} {
		w := newWorld(t, int(size))
		dir := filepath.Join(t.TempDir(), "a", "log")
		require.NoError(t, board.WriteFolder(dir, w.checkpoint(t, size), w))
		c, entries, err := board.ReadAll(os.DirFS(dir), w.policy)
		require.NoError(t, err)
		require.Equal(t, size, c.Size)
		require.Len(t, entries, int(size))
		require.ElementsMatch(t, names(t, w.files(t)), names(t, os.DirFS(dir)))

		f, err := board.OpenFolder(dir, w.policy)
		require.NoError(t, err)
		_, err = f.Append(w.key, []byte("one more"))
		require.NoError(t, err)
		require.NoError(t, f.Close())
	}
}

func TestWriteFolderRefusesAFolderWithALog(t *testing.T) {
	w, dir := newWorld(t, 3), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "manifest.json"), nil, 0o644))
	require.NoError(t, board.WriteFolder(dir, w.checkpoint(t, 3), w))
	require.ErrorIs(t, board.WriteFolder(dir, w.checkpoint(t, 3), w), board.ErrUnexpected)
	require.NoError(t, os.Remove(filepath.Join(dir, "checkpoint")))
	require.ErrorIs(t, board.WriteFolder(dir, w.checkpoint(t, 3), w), board.ErrUnexpected, "parts of a log")
}

// A store that does not have what the checkpoint says exports no checkpoint.
func TestExportRefusesADamagedStore(t *testing.T) {
	w := newWorld(t, 300)
	damaged := board.EntryReaderFunc(func(first uint64, n int) ([][]byte, error) {
		entries := testEntries(int(first), n)
		if first == 256 {
			entries[3] = []byte("something else")
		}
		return entries, nil
	})
	dir := t.TempDir()
	require.ErrorIs(t, board.WriteFolder(dir, w.checkpoint(t, 300), damaged), board.ErrStore)
	require.NoFileExists(t, filepath.Join(dir, "checkpoint"))

	broken := errors.New("broken store")
	failing := board.EntryReaderFunc(func(uint64, int) ([][]byte, error) { return nil, broken })
	require.ErrorIs(t, board.WriteFolder(t.TempDir(), w.checkpoint(t, 300), failing), broken)
	require.ErrorIs(t, board.Export(w.checkpoint(t, 300), w, func(string, []byte) error { return broken }), broken)
}
