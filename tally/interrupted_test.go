package tally

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
)

// Every step is interrupted just before its entry, some of its files are cut
// short, one is still being written, and another party does the step.
func TestInterruptedStepsAreDoneAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []int{0, 1, 2, 0}, nil)
	twice := func(first, second func()) {
		t.Helper()
		before := w.snapshot()
		first()
		w.forgetEntries(before)
		w.damageNewFiles(before)
		second()
		w.requireNothingTemporary()
	}
	revoke := func() { require.NoError(t, w.Revoke(w.order(election.Revoke, 1), w.authority, w.Board)) }
	twice(revoke, revoke)
	twice(w.process, w.process)
	twice(func() { w.mix(0) }, func() { w.mix(1) })
	twice(func() { w.mix(0) }, func() { w.mix(0) })
	twice(func() { w.decrypt(1) }, func() { w.decrypt(0) }) // trustee 2 does not come back
	w.decrypt(2)
	twice(func() { w.count() }, func() { w.count() })
	w.requireVerified()
	require.NoDirExists(t, filepath.Join(w.Record(), "decryption-2"))
}

// damageNewFiles cuts short every other file that a snapshot does not have, and
// adds one that is being written.
func (w *world) damageNewFiles(snapshot string) {
	n := 0
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, election.TileFolder+"/") {
			return err
		}
		name, err := filepath.Rel(w.dir, path)
		if err != nil {
			return err
		}
		if _, err := os.Stat(filepath.Join(snapshot, name)); err == nil {
			return nil
		}
		if n++; n%2 == 0 {
			return nil
		}
		return os.Truncate(path, 3)
	})
	require.NoError(w.t, err)
	require.NotZero(w.t, n, "the step has written nothing")
	for _, folder := range []string{w.Record(), w.Sealed()} {
		require.NoError(w.t, os.WriteFile(filepath.Join(folder, ".new-1234"), []byte("half"), 0o600))
	}
}

func (w *world) requireNothingTemporary() {
	w.t.Helper()
	found, err := unfinished(w.dir)
	require.NoError(w.t, err)
	require.Empty(w.t, found)
}

// What is not an artefact's name is not ours to delete.
func TestLeftoversSpareOtherFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []int{0}, nil)
	path := filepath.Join(w.Record(), "notes.txt")
	require.NoError(t, os.WriteFile(path, []byte("hello"), 0o644))
	w.process()
	require.FileExists(t, path)
}

// A decryption whose document was changed is evidence: it is not taken for a
// leftover.
func TestChangedDecryptionIsNoLeftover(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []int{0, 1}, nil)
	w.toDecryption()
	w.decrypt(0)
	document := filepath.Join(w.Record(), election.DecryptionFile(1))
	whole, err := os.ReadFile(document)
	require.NoError(t, err)
	require.NoError(t, os.Truncate(document, 10))
	err = w.Decrypt(w.trustees[1], w.Board)
	require.ErrorIs(t, err, ErrUnverified)
	require.ErrorContains(t, err, "record.files")
	require.FileExists(t, filepath.Join(w.Record(), election.DecryptionSignatureFile(1)))
	require.DirExists(t, filepath.Join(w.Record(), "decryption-1"))

	require.NoError(t, os.WriteFile(document, whole, 0o644))
	w.decrypt(1)
	w.count()
	w.requireVerified()
}

// An append that was interrupted has written tiles, but not the checkpoint.
func TestInterruptedAppend(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []int{0}, nil)
	path := filepath.Join(w.Record(), election.CheckpointFile)
	checkpoint, err := os.ReadFile(path)
	require.NoError(t, err)
	w.process()
	require.NoError(t, os.WriteFile(path, checkpoint, 0o644))
	w.toDecryption()
	w.finish()
}
