package board_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"valik/board"
)

// forkAt is a log of the same keys whose entries differ from one on.
func (w *world) forkAt(t testing.TB, from, size int) *world {
	t.Helper()
	f := *w
	f.entries = append(testEntries(0, from), testEntries(1000, size-from)...)
	var err error
	f.tree, err = board.NewTree(f.entries)
	require.NoError(t, err)
	return &f
}

// Whatever the sizes, two histories can be proved, and one cannot.
func TestForksOfAllSizes(tb *testing.T) {
	t := tb
	w := newWorld(t, 40)
	at := func(w *world, size int) *board.Checkpoint {
		root, err := w.tree.Root(uint64(size))
		require.NoError(t, err)
		return &board.Checkpoint{Origin: testOrigin, Size: uint64(size), Root: root}
	}
	rapid.Check(t, func(t *rapid.T) {
		newer := rapid.IntRange(1, 40).Draw(t, "newer")
		older := rapid.IntRange(0, newer).Draw(t, "older")
		from := rapid.IntRange(0, newer-1).Draw(t, "from")
		f := w.forkAt(tb, from, newer)
		prefix, proof, err := board.ProveFork(at(w, older), at(f, newer), f)
		if from >= older {
			require.ErrorIs(t, err, board.ErrNoFork)
			return
		}
		require.NoError(t, err)
		require.NoError(t, board.VerifyFork(at(w, older), at(f, newer), prefix, proof))
		require.ErrorIs(t, board.VerifyFork(at(f, older), at(f, newer), prefix, proof), board.ErrNoFork)
		prefix[0] ^= 1
		require.ErrorIs(t, board.VerifyFork(at(w, older), at(f, newer), prefix, proof), board.ErrProof)
	})
}

func TestForksThatAreNone(t *testing.T) {
	w := newWorld(t, 9)
	f := w.forkAt(t, 3, 9)
	old, next := w.checkpoint(t, 5), f.checkpoint(t, 9)
	prefix, proof, err := board.ProveFork(old, next, f)
	require.NoError(t, err)
	other := *next
	other.Origin = "log.example/other"
	require.ErrorIs(t, board.VerifyFork(old, &other, prefix, proof), board.ErrOrigin)
	require.ErrorIs(t, board.VerifyFork(next, old, prefix, proof), board.ErrRollback)
	require.ErrorIs(t, board.VerifyFork(old, next, prefix, proof[1:]), board.ErrProof)
	require.ErrorIs(t, board.VerifyFork(old, next, prefix, append(proof, tlog.Hash{})), board.ErrProof)
	require.ErrorIs(t, board.VerifyFork(old, next, old.Root, proof), board.ErrProof, "a claim that would absolve")
	_, _, err = board.ProveFork(next, old, f)
	require.ErrorIs(t, err, board.ErrRollback)
	_, _, err = board.ProveFork(old, next, w)
	require.ErrorIs(t, err, board.ErrProof, "the tree of another board")
}
