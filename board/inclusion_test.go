package board_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	merkle "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

var edgeSizes = []uint64{1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 255, 256, 257, 511, 512, 513}

func TestInclusionAgreesWithTheMerkleLibrary(t *testing.T) {
	w := newWorld(t, 513)
	for _, size := range edgeSizes {
		root, err := w.tree.Root(size)
		require.NoError(t, err)
		for index := uint64(0); index < size; index += max(1, size/17) {
			leaf := board.LeafHash(w.entries[index])
			path, err := board.ProveInclusion(size, index, w.tree)
			require.NoError(t, err)
			require.NoError(t, board.VerifyInclusion(path, size, root, index, leaf))
			require.NoError(t, merkle.VerifyInclusion(rfc6962.DefaultHasher, index, size, leaf[:], byteSlices(path), root[:]))
		}
	}
}

func byteSlices(hs []tlog.Hash) [][]byte {
	var b [][]byte
	for _, h := range hs {
		b = append(b, h[:])
	}
	return b
}

func TestInclusionForgeries(t *testing.T) {
	const size, index = 300, 77
	w := newWorld(t, size)
	root, err := w.tree.Root(size)
	require.NoError(t, err)
	path, err := board.ProveInclusion(size, index, w.tree)
	require.NoError(t, err)
	leaf := board.LeafHash(w.entries[index])
	verify := func(p []tlog.Hash, s, i uint64, l tlog.Hash) error { return board.VerifyInclusion(p, s, root, i, l) }

	require.NoError(t, verify(path, size, index, leaf))
	require.ErrorIs(t, verify(path, size, index+1, leaf), board.ErrInclusion, "other index")
	require.ErrorIs(t, verify(path, 2*size, index, leaf), board.ErrInclusion, "other size")
	require.ErrorIs(t, verify(path, size, index, board.LeafHash([]byte("entry 78"))), board.ErrInclusion, "other entry")
	require.ErrorIs(t, verify(path[1:], size, index, leaf), board.ErrInclusion, "dropped first")
	require.ErrorIs(t, verify(path[:len(path)-1], size, index, leaf), board.ErrInclusion, "dropped last")
	require.ErrorIs(t, verify(nil, size, index, leaf), board.ErrInclusion, "dropped all")
	require.ErrorIs(t, verify(append(path[:len(path):len(path)], root), size, index, leaf), board.ErrInclusion, "one more")
	require.ErrorIs(t, verify(swapped(path, 0, 1), size, index, leaf), board.ErrInclusion, "reordered")
	for i := range path {
		bad := append([]tlog.Hash{}, path...)
		bad[i][31] ^= 1
		require.ErrorIs(t, verify(bad, size, index, leaf), board.ErrInclusion, "changed hash %d", i)
	}
	require.ErrorIs(t, verify(path, size, size, leaf), board.ErrOutside)
	require.ErrorIs(t, verify(path, 0, 0, leaf), board.ErrOutside)
	require.ErrorIs(t, verify(path, board.MaxSize+1, index, leaf), board.ErrTooLarge)
	require.ErrorIs(t, verify(path, 1<<64-1, 1<<63, leaf), board.ErrTooLarge)
}

// An inner node offered as a leaf: the hash of 64 bytes that are two leaves.
func TestInclusionTellsLeavesFromNodes(t *testing.T) {
	w := newWorld(t, 4)
	root, err := w.tree.Root(4)
	require.NoError(t, err)
	a, b := board.LeafHash(w.entries[0]), board.LeafHash(w.entries[1])
	right, err := w.tree.ReadHashes([]int64{tlog.StoredHashIndex(1, 1)})
	require.NoError(t, err)
	forged := board.LeafHash(append(a[:], b[:]...))
	require.ErrorIs(t, board.VerifyInclusion(right, 2, root, 0, forged), board.ErrInclusion)
}

func swapped(hs []tlog.Hash, i, j int) []tlog.Hash {
	out := append([]tlog.Hash{}, hs...)
	out[i], out[j] = out[j], out[i]
	return out
}

func TestProveInclusionRefuses(t *testing.T) {
	w := newWorld(t, 3)
	_, err := board.ProveInclusion(3, 3, w.tree)
	require.ErrorIs(t, err, board.ErrOutside)
	_, err = board.ProveInclusion(0, 0, w.tree)
	require.ErrorIs(t, err, board.ErrOutside)
	_, err = board.ProveInclusion(100, 3, w.tree)
	require.ErrorIs(t, err, board.ErrOutside, "more than the store has")
	_, err = board.ProveInclusion(1<<63, 3, w.tree)
	require.ErrorIs(t, err, board.ErrTooLarge)
}

// hashesFrom makes up to 100 hashes that belong to no tree.
func hashesFrom(seed []byte, n int) []tlog.Hash {
	hs := make([]tlog.Hash, max(0, min(n, 100)))
	for i := range hs {
		hs[i] = board.LeafHash(append(seed[:len(seed):len(seed)], byte(i)))
	}
	return hs
}
