package board_test

import (
	"crypto/sha256"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

// mth is the Merkle Tree Hash of RFC 6962, section 2.1, as it stands there.
func mth(d [][]byte) tlog.Hash {
	switch len(d) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, d[0]...))
	}
	k := 1
	for 2*k < len(d) {
		k *= 2
	}
	left, right := mth(d[:k]), mth(d[k:])
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

func TestRootIsThatOfRFC6962(t *testing.T) {
	w := newWorld(t, 600)
	for size := range uint64(601) {
		root, err := w.tree.Root(size)
		require.NoError(t, err)
		require.Equal(t, mth(w.entries[:size]), root, "size %d", size)
	}
	_, err := w.tree.Root(601)
	require.ErrorIs(t, err, board.ErrOutside)
}

func TestLargeRootAgreesWithTheMerkleLibrary(t *testing.T) {
	const size = 1<<16 + 1
	w := newWorld(t, size)
	r := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	for _, e := range w.entries {
		require.NoError(t, r.Append(rfc6962.DefaultHasher.HashLeaf(e), nil))
	}
	want, err := r.GetRootHash(nil)
	require.NoError(t, err)
	root, err := w.tree.Root(size)
	require.NoError(t, err)
	require.Equal(t, want, root[:])
}

// countingReader counts calls and remembers the highest number asked for.
type countingReader struct {
	tlog.HashReader
	calls, hashes int
}

func (r *countingReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	r.calls++
	r.hashes += len(indexes)
	return r.HashReader.ReadHashes(indexes)
}

// A batch gives the same hashes as single appends, and reads the store once.
func TestAppendInAnyBatches(t *testing.T) {
	const size = 600
	entries := testEntries(0, size)
	whole, err := board.Append(0, entries, nil)
	require.NoError(t, err)
	require.Zero(t, whole.First)
	for _, from := range []int{0, 1, 2, 3, 7, 8, 100, 255, 256, 257, 511, 512, 599, 600} {
		old, err := board.NewTree(entries[:from])
		require.NoError(t, err)
		r := &countingReader{HashReader: old}
		g, err := board.Append(uint64(from), entries[from:], r)
		require.NoError(t, err)
		require.LessOrEqual(t, r.calls, 1)
		require.LessOrEqual(t, r.hashes, 10)
		require.Equal(t, mth(entries[:from]), g.Before)
		require.Equal(t, whole.Root, g.Root)
		require.EqualValues(t, size, g.Size)
		require.Equal(t, tlog.StoredHashCount(int64(from)), g.First)
		require.Equal(t, whole.Hashes[g.First:], append([]tlog.Hash{}, g.Hashes...))
	}
}

func TestAppendRefuses(t *testing.T) {
	broken := errors.New("broken disk")
	failing := tlog.HashReaderFunc(func([]int64) ([]tlog.Hash, error) { return nil, broken })
	short := tlog.HashReaderFunc(func([]int64) ([]tlog.Hash, error) { return nil, nil })
	leaf := [][]byte{[]byte("x")}

	_, err := board.Append(3, leaf, failing)
	require.ErrorIs(t, err, broken)
	_, err = board.Append(3, leaf, short)
	require.Error(t, err)
	_, err = board.Append(board.MaxSize, leaf, failing)
	require.ErrorIs(t, err, board.ErrTooLarge)
	_, err = board.Append(1<<63, leaf, failing)
	require.ErrorIs(t, err, board.ErrTooLarge)
	_, err = board.Append(1<<64-1, leaf, failing)
	require.ErrorIs(t, err, board.ErrTooLarge)
	_, err = board.Root(1<<63, failing)
	require.ErrorIs(t, err, board.ErrTooLarge)

	_, err = board.Append(7, [][]byte{nil, make([]byte, board.MaxEntry), make([]byte, board.MaxEntry+1)}, short)
	var e *board.EntryError
	require.ErrorAs(t, err, &e)
	require.EqualValues(t, 9, e.Index)
	require.ErrorIs(t, err, board.ErrTooLarge)
}

func TestTreeReadsOnlyItsOwnHashes(t *testing.T) {
	w := newWorld(t, 3)
	for _, x := range []int64{-1, 4, 1 << 40} {
		_, err := w.tree.ReadHashes([]int64{x})
		require.ErrorIs(t, err, board.ErrOutside)
	}
}
