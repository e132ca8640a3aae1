package tally

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
	"valik/election"
)

// A mixer or trustee who knows the election and the board from elsewhere works on
// no other ones, however right they look in themselves.
func TestPins(t *testing.T) {
	w := newWorld(t, []int{0, 1, 2}, nil)
	seen, err := board.OpenFolder(w.Record(), w.Election.Manifest.Policy())
	require.NoError(t, err)
	checkpoint := seen.Checkpoint()
	require.NoError(t, seen.Close())
	fingerprint := w.Election.Manifest.Fingerprint()

	w.Folder.Fingerprint = &election.Hash{}
	_, err = w.Process(w.Election.Board)
	require.ErrorIs(t, err, ErrUnverified)
	require.ErrorContains(t, err, "manifest.pinned")

	other := checkpoint.Root
	other[0]++
	fork, err := board.SignCheckpoint(w.Election.Board, checkpoint.Size, other)
	require.NoError(t, err)
	w.Folder.Fingerprint, w.Folder.Checkpoint = &fingerprint, fork
	_, err = w.Process(w.Election.Board)
	require.ErrorIs(t, err, ErrUnverified)
	require.ErrorContains(t, err, "board.pinned")

	w.Folder.Checkpoint = checkpoint.Raw
	_, err = w.Process(w.Election.Board)
	require.NoError(t, err)
}
