package board_test

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"valik/board"
)

func TestReadAllOfEverySize(t *testing.T) {
	for _, size := range []int{0, 1, 2, 255, 256, 257, 511, 512, 513, 1000} {
		w := newWorld(t, size)
		c, entries, err := board.ReadAll(w.files(t), w.policy)
		require.NoError(t, err, "size %d", size)
		require.Equal(t, w.checkpoint(t, uint64(size)).Root, c.Root)
		require.Len(t, entries, size)
		for i, e := range entries {
			require.Equal(t, w.entries[i], e)
		}
	}
}

// 65537 entries have a full tile on level 1 and a tile on level 2.
func TestReadAllOverThreeLevels(t *testing.T) {
	w := newWorld(t, 1<<16+1)
	files := w.files(t)
	require.Contains(t, files, "tile/1/000")
	require.Contains(t, files, "tile/2/000.p/1")
	_, entries, err := board.ReadAll(files, w.policy)
	require.NoError(t, err)
	require.Len(t, entries, 1<<16+1)
	files["tile/2/000.p/1"].Data[7] ^= 1
	requireFileError(t, files, w.policy, "tile/2/000.p/1", board.ErrContent)
}

func TestReadAllFromZip(t *testing.T) {
	w := newWorld(t, 300)
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	require.NoError(t, z.AddFS(w.files(t)))
	require.NoError(t, z.Close())
	r, err := zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	require.NoError(t, err)
	_, entries, err := board.ReadAll(r, w.policy)
	require.NoError(t, err)
	require.Equal(t, w.entries, entries)
}

func requireFileError(t *testing.T, fsys fs.FS, p *board.Policy, path string, reasons ...error) {
	t.Helper()
	_, _, err := board.ReadAll(fsys, p)
	var f *board.FileError
	require.ErrorAs(t, err, &f)
	require.Equal(t, path, f.Path, "%v", err)
	for _, reason := range reasons {
		require.ErrorIs(t, err, reason)
	}
}

// Every flipped bit is found, and its file is named.
func TestReadAllNamesTheFileOfAFlippedBit(t *testing.T) {
	w := newWorld(t, 300)
	files := w.files(t)
	for _, path := range slices.Sorted(maps.Keys(files)) {
		data := files[path].Data
		for at := 0; at < len(data); at += 1 + len(data)/40 {
			data[at] ^= 1 << (at % 8)
			requireFileError(t, files, w.policy, path)
			data[at] ^= 1 << (at % 8)
		}
	}
	_, _, err := board.ReadAll(files, w.policy)
	require.NoError(t, err)
}

func TestReadAllNamesTheWrongEntry(t *testing.T) {
	w := newWorld(t, 300)
	files := w.files(t)
	b := files["tile/entries/001.p/44"].Data
	i := bytes.Index(b, []byte("entry 299"))
	copy(b[i:], "entry 298")
	requireFileError(t, files, w.policy, "tile/entries/001.p/44", board.ErrContent)
	_, _, err := board.ReadAll(files, w.policy)
	var e *board.EntryError
	require.ErrorAs(t, err, &e)
	require.EqualValues(t, 299, e.Index)
}

func TestReadAllFindsMissingFiles(t *testing.T) {
	w := newWorld(t, 300)
	for _, path := range names(t, w.files(t)) {
		files := w.files(t)
		delete(files, path)
		requireFileError(t, files, w.policy, path, board.ErrMissing, fs.ErrNotExist)
	}
}

func TestReadAllFindsFilesCutOrLonger(t *testing.T) {
	w := newWorld(t, 300)
	for _, path := range names(t, w.files(t)) {
		files := w.files(t)
		data := files[path].Data
		files[path].Data = data[:len(data)-1]
		requireFileError(t, files, w.policy, path)
		files[path].Data = append(bytes.Clone(data), 0)
		requireFileError(t, files, w.policy, path)
		files[path].Data = nil
		requireFileError(t, files, w.policy, path)
	}
}

func TestReadAllFindsSuperfluousFiles(t *testing.T) {
	w := newWorld(t, 300)
	for _, path := range []string{
		"tile/0/002", "tile/0/001.p/45", "tile/0/001", "tile/entries/001.p/45", "tile/entries/002.p/1", "tile/1/000.p/2", "tile/2/000.p/1",
		"tile/README", "tile/0/000.bak", "tile/.new", "tile/entries/000.txt", "tile/8/0/000",
	} {
		files := w.files(t)
		files[path] = &fstest.MapFile{Data: []byte("x"), Mode: 0o644}
		requireFileError(t, files, w.policy, path, board.ErrUnexpected)
	}
	files := w.files(t)
	files["manifest.json"] = &fstest.MapFile{Data: []byte("x")}
	_, _, err := board.ReadAll(files, w.policy)
	require.NoError(t, err, "what lies beside the log is not the log's")
}

// A link has the right bytes today.
func TestReadAllRefusesLinks(t *testing.T) {
	w, dir := newWorld(t, 300), t.TempDir()
	require.NoError(t, board.WriteFolder(dir, w.checkpoint(t, 300), w))
	path := filepath.Join(dir, "tile/0/000")
	require.NoError(t, os.Rename(path, filepath.Join(dir, "elsewhere")))
	require.NoError(t, os.Symlink("../../elsewhere", path))
	requireFileError(t, os.DirFS(dir), w.policy, "tile/0/000", board.ErrUnexpected)
}

// Partial tiles that an earlier checkpoint needed may stay, if they are right.
func TestReadAllChecksOlderPartialTiles(t *testing.T) {
	w, old := newWorld(t, 300), newWorld(t, 280)
	for _, path := range []string{"tile/0/001.p/24", "tile/entries/001.p/24"} {
		files := w.files(t)
		files[path] = old.files(t)[path]
		_, _, err := board.ReadAll(files, w.policy)
		require.NoError(t, err)
		files[path].Data[3] ^= 1
		requireFileError(t, files, w.policy, path, board.ErrContent)
	}
}

// Another log's tiles under this log's checkpoint, and the reverse.
func TestReadAllRefusesAFork(t *testing.T) {
	a, b := newWorld(t, 300), newWorld(t, 200)
	b.entries = append(b.entries, testEntries(1000, 100)...)
	require.NoError(t, b.tree.Append(b.entries[200:]...))
	files := a.files(t)
	files["checkpoint"] = b.files(t)["checkpoint"]
	_, _, err := board.ReadAll(files, a.policy)
	require.ErrorIs(t, err, board.ErrContent)
}

// More entries than the checkpoint speaks of, and fewer.
func TestReadAllRefusesAnotherSize(t *testing.T) {
	w := newWorld(t, 300)
	for _, size := range []uint64{0, 1, 256, 299} {
		files := w.files(t)
		files["checkpoint"].Data = w.witnessed(t, size, 2)
		_, _, err := board.ReadAll(files, w.policy)
		var f *board.FileError
		require.ErrorAs(t, err, &f)
	}
	files := w.files(t)
	requireFileError(t, swapCheckpoint(files, newWorld(t, 301).witnessed(t, 301, 2)), w.policy, "tile/entries/001.p/45", board.ErrMissing)
}

// A signed checkpoint of absurd size costs no memory and no time.
func TestReadAllEndsAtTheFirstMissingBundle(t *testing.T) {
	w := newWorld(t, 300)
	raw, err := board.SignCheckpoint(w.key, board.MaxSize, w.checkpoint(t, 300).Root)
	require.NoError(t, err)
	p := &board.Policy{Origin: testOrigin, LogKey: w.key.Public()}
	requireFileError(t, swapCheckpoint(w.files(t), raw), p, "tile/entries/001", board.ErrMissing)
}

func swapCheckpoint(files fstest.MapFS, raw []byte) fstest.MapFS {
	files["checkpoint"] = &fstest.MapFile{Data: raw, Mode: 0o644}
	return files
}

func TestReadAllAsksThePolicy(t *testing.T) {
	w := newWorld(t, 3)
	requireFileError(t, swapCheckpoint(w.files(t), w.signed(t, 3)), w.policy, "checkpoint", board.ErrQuorum)
	other := newWorld(t, 3)
	other.policy.LogKey = testKey(t, "log.example/other").Public()
	other.policy.Origin = "log.example/other"
	requireFileError(t, w.files(t), other.policy, "checkpoint", board.ErrSignature)
}
