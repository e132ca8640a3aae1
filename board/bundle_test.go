package board_test

import (
	"bytes"
	"testing"

	"filippo.io/torchwood"
	"github.com/stretchr/testify/require"
	"github.com/transparency-dev/tessera/api"

	"valik/board"
)

func TestBundleReadsWhatItWrote(t *testing.T) {
	for _, entries := range [][][]byte{
		{{}},
		{[]byte("a"), {}, []byte("bc")},
		{make([]byte, board.MaxEntry)},
		testEntries(0, 256),
	} {
		b, err := board.EncodeBundle(entries)
		require.NoError(t, err)
		again, err := board.ParseBundle(b, len(entries))
		require.NoError(t, err)
		require.Equal(t, entries, again)
	}
}

func TestBundleAgreesWithOtherLibraries(t *testing.T) {
	entries := testEntries(0, 200)
	b, err := board.EncodeBundle(entries)
	require.NoError(t, err)
	var other []byte
	for _, e := range entries {
		other, err = torchwood.AppendTileEntry(other, e)
		require.NoError(t, err)
	}
	require.Equal(t, other, b)
	var tessera api.EntryBundle
	require.NoError(t, tessera.UnmarshalText(b))
	require.Equal(t, entries, tessera.Entries)
}

func TestParsedEntriesCannotOverwriteTheirNeighbours(t *testing.T) {
	b, err := board.EncodeBundle([][]byte{[]byte("a"), []byte("b")})
	require.NoError(t, err)
	entries, err := board.ParseBundle(b, 2)
	require.NoError(t, err)
	_ = append(entries[0], "xyz"...) // a length and the next entry, if there were room
	require.Equal(t, []byte("b"), entries[1])
}

func TestBundleRefuses(t *testing.T) {
	b, err := board.EncodeBundle(testEntries(0, 3))
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		b []byte
		n int
	}{
		"empty":            {nil, 1},
		"none":             {nil, 0},
		"negative":         {b, -1},
		"one less":         {b, 2},
		"one more":         {b, 4},
		"too many":         {bytes.Repeat([]byte{0, 0}, 257), 257},
		"cut":              {b[:len(b)-1], 3},
		"cut in length":    {b[:1], 1},
		"trailing":         {append(bytes.Clone(b), 0), 3},
		"length too large": {[]byte{0xff, 0xff, 1}, 1},
	} {
		_, err := board.ParseBundle(tt.b, tt.n)
		require.ErrorIs(t, err, board.ErrMalformed, name)
	}
	_, err = board.EncodeBundle(nil)
	require.ErrorIs(t, err, board.ErrMalformed)
	_, err = board.EncodeBundle(make([][]byte, 257))
	require.ErrorIs(t, err, board.ErrMalformed)
	_, err = board.EncodeBundle([][]byte{nil, make([]byte, board.MaxEntry+1)})
	require.ErrorIs(t, err, board.ErrTooLarge)
	require.ErrorContains(t, err, "entry 1")
}
