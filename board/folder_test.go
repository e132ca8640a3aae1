package board_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
)

func createFolder(t *testing.T, w *world) (*board.Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "log")
	f, err := board.CreateFolder(dir, w.policy, w.key)
	require.NoError(t, err)
	return f, dir
}

// requireLog checks everything about a folder: it is whole without asking for
// witnesses, has exactly the world's first size entries, and the same root.
func requireLog(t *testing.T, dir string, w *world, size int) {
	t.Helper()
	p := *w.policy
	p.Quorum = 0
	c, entries, err := board.ReadAll(os.DirFS(dir), &p)
	require.NoError(t, err)
	root, err := w.tree.Root(uint64(size))
	require.NoError(t, err)
	require.Equal(t, root, c.Root)
	require.Len(t, entries, size)
	for i, e := range entries {
		require.Equal(t, w.entries[i], e)
	}
}

func TestFolderGrows(t *testing.T) {
	w := newWorld(t, 600)
	f, dir := createFolder(t, w)
	requireLog(t, dir, w, 0)
	for _, size := range []int{1, 2, 3, 100, 255, 256, 257, 300, 511, 512, 513, 600} {
		from := int(f.Checkpoint().Size)
		c, err := f.Append(w.key, w.entries[from:size]...)
		require.NoError(t, err)
		require.EqualValues(t, size, c.Size)
		require.Equal(t, c, f.Checkpoint())
		requireLog(t, dir, w, size)
	}
	require.NoError(t, f.Close())

	f, err := board.OpenFolder(dir, w.policy)
	require.NoError(t, err)
	require.EqualValues(t, 600, f.Checkpoint().Size)
	require.NoError(t, f.Close())
}

func TestFolderKeepsPartialTilesUntilTheFullOne(t *testing.T) {
	w := newWorld(t, 300)
	f, dir := createFolder(t, w)
	_, err := f.Append(w.key, w.entries[:10]...)
	require.NoError(t, err)
	_, err = f.Append(w.key, w.entries[10:20]...)
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(dir, "tile/0/000.p/10"))
	require.FileExists(t, filepath.Join(dir, "tile/entries/000.p/20"))
	_, err = f.Append(w.key, w.entries[20:300]...)
	require.NoError(t, err)
	require.NoDirExists(t, filepath.Join(dir, "tile/0/000.p"))
	require.NoDirExists(t, filepath.Join(dir, "tile/entries/000.p"))
	requireLog(t, dir, w, 300)
}

func TestFolderIsAStore(t *testing.T) {
	w := newWorld(t, 300)
	f, _ := createFolder(t, w)
	_, err := f.Append(w.key, w.entries...)
	require.NoError(t, err)
	p, err := board.Prove(f.Checkpoint(), 299, f)
	require.NoError(t, err)
	alone := &board.Policy{Origin: testOrigin, LogKey: w.key.Public()}
	_, err = p.Verify(alone, w.entries[299])
	require.NoError(t, err)
	data, err := board.TileData(300, "tile/0/001.p/44", f)
	require.NoError(t, err)
	require.Equal(t, w.files(t)["tile/0/001.p/44"].Data, data)
}

func TestFolderAppendRefuses(t *testing.T) {
	w := newWorld(t, 3)
	f, dir := createFolder(t, w)
	_, err := f.Append(w.key, w.entries[:2]...)
	require.NoError(t, err)
	other, err := board.NewKey(testOrigin)
	require.NoError(t, err)
	_, err = f.Append(other, w.entries[2])
	require.ErrorIs(t, err, board.ErrPolicy)
	_, err = f.Append(w.key, w.entries[2], make([]byte, board.MaxEntry+1))
	require.ErrorIs(t, err, board.ErrTooLarge)
	c, err := f.Append(w.key)
	require.NoError(t, err)
	require.EqualValues(t, 2, c.Size)
	requireLog(t, dir, w, 2)
	_, err = f.Append(w.key, w.entries[2])
	require.NoError(t, err)
	requireLog(t, dir, w, 3)
}

func TestFolderTakesOneOwnerAtATime(t *testing.T) {
	w := newWorld(t, 3)
	f, dir := createFolder(t, w)
	_, err := board.OpenFolder(dir, w.policy)
	require.ErrorContains(t, err, "in use")
	require.NoError(t, f.Close())
	f, err = board.OpenFolder(dir, w.policy)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func TestCreateFolderRefuses(t *testing.T) {
	w := newWorld(t, 3)
	f, dir := createFolder(t, w)
	require.NoError(t, f.Close())
	_, err := board.CreateFolder(dir, w.policy, w.key)
	require.ErrorIs(t, err, board.ErrUnexpected)
	other, err := board.NewKey(testOrigin)
	require.NoError(t, err)
	_, err = board.CreateFolder(t.TempDir(), w.policy, other)
	require.ErrorIs(t, err, board.ErrPolicy)
	_, err = board.CreateFolder(t.TempDir(), &board.Policy{}, w.key)
	require.ErrorIs(t, err, board.ErrPolicy)
}

// A folder is opened with the right policy or not touched at all.
func TestOpenFolderRefuses(t *testing.T) {
	w := newWorld(t, 300)
	dir := t.TempDir()
	_, err := board.OpenFolder(dir, w.policy)
	require.ErrorIs(t, err, board.ErrMissing)
	require.NoError(t, board.WriteFolder(dir, w.checkpoint(t, 300), w))
	left := filepath.Join(dir, board.NewFile)
	require.NoError(t, os.WriteFile(left, []byte("x"), 0o644))

	other, err := board.NewKey(testOrigin)
	require.NoError(t, err)
	_, err = board.OpenFolder(dir, &board.Policy{Origin: testOrigin, LogKey: other.Public()})
	require.ErrorIs(t, err, board.ErrSignature)
	require.FileExists(t, left)

	path := filepath.Join(dir, "tile/0/000")
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	data[100] ^= 1
	require.NoError(t, os.WriteFile(path, data, 0o644))
	_, err = board.OpenFolder(dir, w.policy)
	require.ErrorIs(t, err, board.ErrContent)
}

// A tile that changes under an open folder is not carried on into new tiles.
func TestFolderAppendAuthenticatesWhatItReads(t *testing.T) {
	w := newWorld(t, 300)
	for _, name := range []string{"tile/0/001.p/34", "tile/entries/001.p/34", "tile/1/000.p/1"} {
		f, dir := createFolder(t, w)
		_, err := f.Append(w.key, w.entries[:290]...)
		require.NoError(t, err)
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		data[5] ^= 1
		require.NoError(t, os.WriteFile(path, data, 0o644))
		_, err = f.Append(w.key, w.entries[290:]...)
		require.ErrorIs(t, err, board.ErrContent, name)
		require.EqualValues(t, 290, f.Checkpoint().Size)
		require.NoError(t, f.Close())
	}
}

func TestFolderPublishesTheWitnessedCheckpoint(t *testing.T) {
	w := newWorld(t, 300)
	f, dir := createFolder(t, w)
	_, err := f.Append(w.key, w.entries[:299]...)
	require.NoError(t, err)
	_, _, err = board.ReadAll(os.DirFS(dir), w.policy)
	require.ErrorIs(t, err, board.ErrQuorum)

	require.ErrorIs(t, f.Publish(f.Checkpoint().Raw), board.ErrQuorum)
	require.ErrorIs(t, f.Publish(w.witnessed(t, 298, 2)), board.ErrRollback)
	require.ErrorIs(t, f.Publish(w.witnessed(t, 300, 2)), board.ErrOutside)
	fork := newWorld(t, 298)
	require.NoError(t, fork.tree.Append([]byte("another entry 298")))
	require.ErrorIs(t, f.Publish(fork.witnessed(t, 299, 2)), board.ErrFork)

	raw := f.Checkpoint().Raw
	for _, x := range w.witnesses[:2] {
		raw, err = w.policy.AddCosignatures(raw, x.line(t, raw))
		require.NoError(t, err)
	}
	require.NoError(t, f.Publish(raw))
	c, _, err := board.ReadAll(os.DirFS(dir), w.policy)
	require.NoError(t, err)
	require.Equal(t, raw, c.Raw)
	require.Len(t, f.Checkpoint().Cosignatures, 2)
}
