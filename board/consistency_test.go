package board_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	merkle "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

// at is a checkpoint of a world without its signatures, for the mathematics.
func (w *world) at(t *testing.T, size uint64) *board.Checkpoint {
	t.Helper()
	root, err := w.tree.Root(size)
	require.NoError(t, err)
	return &board.Checkpoint{Origin: testOrigin, Size: size, Root: root}
}

func TestConsistencyAgreesWithTheMerkleLibrary(t *testing.T) {
	w := newWorld(t, 513)
	for _, to := range edgeSizes {
		for _, from := range append([]uint64{0}, edgeSizes...) {
			if from > to {
				continue
			}
			proof, err := board.ProveConsistency(from, to, w.tree)
			require.NoError(t, err)
			old, next := w.at(t, from), w.at(t, to)
			require.NoError(t, board.VerifyConsistency(old, next, proof), "%d to %d", from, to)
			require.NoError(t, merkle.VerifyConsistency(rfc6962.DefaultHasher, from, to, byteSlices(proof), old.Root[:], next.Root[:]))
		}
	}
}

func TestConsistencyForgeries(t *testing.T) {
	w := newWorld(t, 300)
	old, next := w.at(t, 100), w.at(t, 300)
	proof, err := board.ProveConsistency(100, 300, w.tree)
	require.NoError(t, err)
	require.NoError(t, board.VerifyConsistency(old, next, proof))

	require.ErrorIs(t, board.VerifyConsistency(next, old, proof), board.ErrRollback)
	require.ErrorIs(t, board.VerifyConsistency(old, next, nil), board.ErrFork, "no proof")
	require.ErrorIs(t, board.VerifyConsistency(old, next, proof[1:]), board.ErrFork, "dropped first")
	require.ErrorIs(t, board.VerifyConsistency(old, next, proof[:len(proof)-1]), board.ErrFork, "dropped last")
	require.ErrorIs(t, board.VerifyConsistency(old, next, append(proof[:len(proof):len(proof)], proof[0])), board.ErrFork, "one more")
	require.ErrorIs(t, board.VerifyConsistency(old, next, swapped(proof, 0, 1)), board.ErrFork, "reordered")
	require.ErrorIs(t, board.VerifyConsistency(w.at(t, 101), next, proof), board.ErrFork, "other old size")
	require.ErrorIs(t, board.VerifyConsistency(old, w.at(t, 299), proof), board.ErrFork, "other new size")
	for i := range proof {
		bad := append([]tlog.Hash{}, proof...)
		bad[i][0] ^= 1
		require.ErrorIs(t, board.VerifyConsistency(old, next, bad), board.ErrFork, "changed hash %d", i)
	}
	other := *next
	other.Origin = "log.example/other"
	require.ErrorIs(t, board.VerifyConsistency(old, &other, proof), board.ErrOrigin)
	require.ErrorIs(t, board.VerifyConsistency(old, old, proof), board.ErrMalformed, "proof between equal trees")
	require.ErrorIs(t, board.VerifyConsistency(w.at(t, 0), next, proof), board.ErrMalformed, "proof from nothing")
	huge := *next
	huge.Size = 1 << 63
	require.ErrorIs(t, board.VerifyConsistency(old, &huge, proof), board.ErrTooLarge)
	bogus := *w.at(t, 0)
	bogus.Root[0] ^= 1
	require.ErrorIs(t, board.VerifyConsistency(&bogus, next, nil), board.ErrMalformed)
}

// Two logs that agree on 100 entries and then differ: no proof joins them.
func TestConsistencyFindsAFork(t *testing.T) {
	a, b := newWorld(t, 300), newWorld(t, 100)
	require.NoError(t, b.tree.Append(testEntries(1000, 200)...))
	require.Equal(t, a.at(t, 100).Root, b.at(t, 100).Root)
	require.ErrorIs(t, board.VerifyConsistency(a.at(t, 300), b.at(t, 300), nil), board.ErrFork, "same size")
	for from := uint64(101); from < 300; from += 7 {
		for _, w := range []*world{a, b} {
			proof, err := board.ProveConsistency(from, 300, w.tree)
			require.NoError(t, err)
			require.ErrorIs(t, board.VerifyConsistency(a.at(t, from), b.at(t, 300), proof), board.ErrFork)
			require.ErrorIs(t, board.VerifyConsistency(b.at(t, from), a.at(t, 300), proof), board.ErrFork)
		}
	}
}

func TestProveConsistencyRefuses(t *testing.T) {
	w := newWorld(t, 5)
	_, err := board.ProveConsistency(4, 3, w.tree)
	require.ErrorIs(t, err, board.ErrRollback)
	_, err = board.ProveConsistency(3, 6, w.tree)
	require.ErrorIs(t, err, board.ErrOutside)
	_, err = board.ProveConsistency(3, 1<<63, w.tree)
	require.ErrorIs(t, err, board.ErrTooLarge)
}
