package board_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
)

func FuzzParseKey(f *testing.F) {
	f.Add(testKey(f, testOrigin).Secret())
	f.Add("PRIVATE+KEY+a+00000000+AQ==")
	f.Fuzz(func(t *testing.T, s string) {
		k, err := board.ParseKey(s)
		if err == nil {
			require.Equal(t, s, k.Secret())
		}
	})
}

func FuzzParsePublicKey(f *testing.F) {
	f.Add(testKey(f, testOrigin).Public())
	f.Add(testWitness(f, "witness.example/a").vkey)
	f.Add("a+00000000+Bg==")
	f.Fuzz(func(t *testing.T, s string) {
		k, err := board.ParsePublicKey(s)
		if err == nil {
			require.Equal(t, s, k.String())
		}
	})
}

func FuzzOpen(f *testing.F) {
	w := newWorld(f, 5)
	f.Add(w.witnessed(f, 5, 2))
	f.Add(w.witnessed(f, 0, 3))
	f.Add(w.signed(f, 3))
	f.Add([]byte("a\n1\nAA==\n\n— a AAAAAAA=\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := w.policy.Open(raw)
		if err == nil {
			require.Equal(t, raw, c.Raw)
			require.GreaterOrEqual(t, len(c.Cosignatures), w.policy.Quorum)
		}
	})
}

func FuzzParseProof(f *testing.F) {
	w := newWorld(f, 5)
	p, err := board.Prove(w.checkpoint(f, 5), 3, w)
	require.NoError(f, err)
	f.Add(p.Bytes())
	f.Add([]byte("c2sp.org/tlog-proof@v1\nindex 0\n\n"))
	f.Add([]byte("c2sp.org/tlog-proof@v1\nextra eA==\nindex 18446744073709551615\n\nx\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := board.ParseProof(b)
		if err != nil {
			return
		}
		require.Equal(t, string(b), string(p.Bytes()))
		if _, err := p.Verify(w.policy, w.entries[3]); err == nil {
			require.EqualValues(t, 3, p.Index)
		}
	})
}

func FuzzParseBundle(f *testing.F) {
	b, err := board.EncodeBundle(testEntries(0, 3))
	require.NoError(f, err)
	f.Add(b, 3)
	f.Add([]byte{0, 0}, 1)
	f.Add([]byte{0xff, 0xff}, 256)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		entries, err := board.ParseBundle(b, n)
		if err != nil {
			return
		}
		require.Len(t, entries, n)
		again, err := board.EncodeBundle(entries)
		require.NoError(t, err)
		require.Equal(t, b, again)
	})
}

func FuzzParseTile(f *testing.F) {
	w := newWorld(f, 300)
	for _, s := range []string{"tile/0/001.p/44", "tile/entries/x001/000", "tile/63/999", "tile/data/000", "tile/0/x009/x223/x372/x036/x854/x775/807"} {
		f.Add(s, uint64(300))
	}
	f.Fuzz(func(t *testing.T, s string, size uint64) {
		tile, err := board.ParseTile(s)
		if err != nil {
			return
		}
		require.Equal(t, s, tile.Path())
		require.True(t, tile.Width >= 1 && tile.Width <= board.TileWidth)
		_ = tile.Check(size)
		_, err = board.TileData(size, s, w)
		if size <= 300 {
			require.Equal(t, tile.Check(size) == nil, err == nil)
		}
	})
}

func FuzzVerifyInclusion(f *testing.F) {
	f.Add(uint64(300), uint64(77), 9, []byte("x"))
	f.Add(uint64(1)<<62+1, uint64(1)<<62, 63, []byte("x"))
	f.Fuzz(func(t *testing.T, size, index uint64, n int, seed []byte) {
		proof := hashesFrom(seed, n)
		require.Error(t, board.VerifyInclusion(proof, size, board.LeafHash([]byte("root")), index, board.LeafHash(seed)))
		old := &board.Checkpoint{Size: index, Root: board.LeafHash(seed)}
		next := &board.Checkpoint{Size: size, Root: board.LeafHash([]byte("root"))}
		if index > 0 {
			require.Error(t, board.VerifyConsistency(old, next, proof))
		}
	})
}
