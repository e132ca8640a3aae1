package board_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
)

// interrupted is a folder of the first from entries into which an append up to
// size to has already renamed some of its tiles, and not yet the checkpoint.
// Without the fsync of the directories they become durable in any order, so any
// subset of them can be there after a crash.
func interrupted(t *testing.T, w *world, from, to int, there func(i int) bool) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, board.WriteFolder(dir, w.checkpoint(t, uint64(from)), w))
	tiles, err := board.Tiles(uint64(from), uint64(to))
	require.NoError(t, err)
	for i, tile := range tiles {
		if !there(i) {
			continue
		}
		data, err := board.TileData(uint64(to), tile.Path(), w)
		require.NoError(t, err)
		writeFile(t, filepath.Join(dir, tile.Path()), data)
	}
	writeFile(t, filepath.Join(dir, board.NewFile), []byte("half a file"))
	return dir
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, data, 0o644))
}

// After a crash at any moment of an append the old log is there, is repaired
// by opening it, and grows on, also to another continuation.
func TestInterruptedAppendIsRepaired(t *testing.T) {
	for _, step := range []struct{ from, to int }{{0, 1}, {3, 5}, {250, 300}, {256, 257}, {300, 513}} {
		tiles, err := board.Tiles(uint64(step.from), uint64(step.to))
		require.NoError(t, err)
		for subset := range 1 << len(tiles) {
			if len(tiles) > 5 && subset%7 != 0 {
				continue
			}
			w := newWorld(t, step.to)
			dir := interrupted(t, w, step.from, step.to, func(i int) bool { return subset>>i&1 == 1 })
			_, _, err := board.ReadAll(os.DirFS(dir), w.policy)
			require.ErrorIs(t, err, board.ErrUnexpected, "a reader sees that the folder is not clean")

			f, err := board.OpenFolder(dir, w.policy)
			require.NoError(t, err)
			requireLog(t, dir, w, step.from)
			require.ElementsMatch(t, names(t, newWorld(t, step.from).files(t)), names(t, os.DirFS(dir)))

			w = newWorld(t, step.from)
			w.entries = append(w.entries, fmt.Appendf(nil, "another entry %d", step.from))
			require.NoError(t, w.tree.Append(w.entries[step.from]))
			_, err = f.Append(w.key, w.entries[step.from])
			require.NoError(t, err)
			requireLog(t, dir, w, step.from+1)
			require.NoError(t, f.Close())
		}
	}
}

// An append that fails while writing leaves the old log, refuses to go on, and
// is repaired by opening the folder again.
func TestFailedAppendIsRepaired(t *testing.T) {
	w := newWorld(t, 300)
	for _, obstacle := range []string{"tile/entries/000", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"} {
		f, dir := createFolder(t, w)
		_, err := f.Append(w.key, w.entries[:200]...)
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Join(dir, obstacle), 0o755)) // no file can be renamed to a directory
		_, err = f.Append(w.key, w.entries[200:]...)
		require.Error(t, err)
		require.EqualValues(t, 200, f.Checkpoint().Size)
		_, err = f.Append(w.key, w.entries[200])
		require.ErrorIs(t, err, board.ErrBroken)
		require.ErrorIs(t, f.Publish(w.witnessed(t, 200, 2)), board.ErrBroken)
		require.NoError(t, f.Close())

		f, err = board.OpenFolder(dir, w.policy)
		require.NoError(t, err)
		requireLog(t, dir, w, 200)
		_, err = f.Append(w.key, w.entries[200:]...)
		require.NoError(t, err)
		requireLog(t, dir, w, 300)
		require.NoError(t, f.Close())
	}
}

// A beginning that was interrupted before its first checkpoint begins again.
func TestInterruptedCreateBeginsAgain(t *testing.T) {
	w, dir := newWorld(t, 1), t.TempDir()
	writeFile(t, filepath.Join(dir, board.NewFile), []byte("half a checkpoint"))
	f, err := board.CreateFolder(dir, w.policy, w.key)
	require.NoError(t, err)
	requireLog(t, dir, w, 0)
	_, err = f.Append(w.key, w.entries...)
	require.NoError(t, err)
	requireLog(t, dir, w, 1)
}

// What we would not have written is never removed.
func TestRepairKeepsForeignFiles(t *testing.T) {
	w := newWorld(t, 300)
	dir := interrupted(t, w, 200, 300, func(int) bool { return true })
	foreign, beside := filepath.Join(dir, "tile/notes.txt"), filepath.Join(dir, "manifest.json")
	writeFile(t, foreign, []byte("x"))
	writeFile(t, beside, []byte("x"))
	_, err := board.OpenFolder(dir, w.policy)
	require.ErrorIs(t, err, board.ErrUnexpected)
	require.FileExists(t, foreign)
	require.NoError(t, os.Remove(foreign))
	f, err := board.OpenFolder(dir, w.policy)
	require.NoError(t, err)
	require.FileExists(t, beside)
	require.NoError(t, f.Close())
	requireLog(t, dir, w, 200)
}

// A link in a folder from elsewhere must not make us write outside of it.
func TestFolderDoesNotFollowLinksOut(t *testing.T) {
	w, outside := newWorld(t, 300), t.TempDir()
	f, dir := createFolder(t, w)
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "tile", "0")))
	_, err := f.Append(w.key, w.entries...)
	require.Error(t, err)
	require.Empty(t, names(t, os.DirFS(outside)))
}
