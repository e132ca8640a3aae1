package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What programs that were killed left goes with the next start, and nothing else does.
func TestOldFoldersAreRemoved(t *testing.T) {
	root := t.TempDir()
	for _, variable := range []string{"TMPDIR", "TMP"} { // as Unix and Windows call it
		t.Setenv(variable, root)
	}
	long := time.Now().Add(-stale - time.Hour)
	folder := func(name string, age time.Time) {
		require.NoError(t, os.MkdirAll(filepath.Join(root, name, "practice"), 0o700))
		require.NoError(t, os.Chtimes(filepath.Join(root, name), age, age))
	}
	folder("valik-practice-old", long)
	folder("valik-practice-new", time.Now().Add(-stale+time.Hour))
	folder("valik-page-old", long)
	folder("other", long)
	require.NoError(t, os.Symlink(filepath.Join(root, "other"), filepath.Join(root, "valik-practice-link")))

	dir, err := temporary("practice")
	require.NoError(t, err)
	require.DirExists(t, dir)
	require.Equal(t, root, filepath.Dir(dir))
	require.NoDirExists(t, filepath.Join(root, "valik-practice-old"))
	for _, name := range []string{"valik-practice-new", "valik-page-old", "other/practice"} {
		require.DirExists(t, filepath.Join(root, name))
	}
	_, err = os.Readlink(filepath.Join(root, "valik-practice-link"))
	require.NoError(t, err, "only folders are removed")
}

// A practice election leaves nothing, and takes the folders of earlier ones away.
func TestPracticeLeavesNothing(t *testing.T) {
	root := t.TempDir()
	t.Setenv("TMPDIR", root)
	old := filepath.Join(root, "valik-practice-old")
	require.NoError(t, os.Mkdir(old, 0o700))
	long := time.Now().Add(-2 * stale)
	require.NoError(t, os.Chtimes(old, long, long))
	p, err := startPractice(t.Context())
	require.NoError(t, err)
	require.NoDirExists(t, old)
	require.NoError(t, p.Close())
	left, err := os.ReadDir(root)
	require.NoError(t, err)
	require.Empty(t, left)
}
