package board_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

func TestProofShowsEveryEntry(t *testing.T) {
	w := newWorld(t, 257)
	for _, size := range []uint64{1, 2, 255, 256, 257} {
		c := w.checkpoint(t, size)
		for index := uint64(0); index < size; index += max(1, size/9) {
			p, err := board.Prove(c, index, w)
			require.NoError(t, err)
			again, err := board.ParseProof(p.Bytes())
			require.NoError(t, err)
			require.Equal(t, p.Bytes(), again.Bytes())
			require.Equal(t, index, again.Index)
			got, err := again.Verify(w.policy, w.entries[index])
			require.NoError(t, err)
			require.Equal(t, c, got)
		}
	}
}

func TestProofForgeries(t *testing.T) {
	w := newWorld(t, 300)
	p, err := board.Prove(w.checkpoint(t, 300), 77, w)
	require.NoError(t, err)
	change := func(f func(*board.Proof)) *board.Proof {
		q := *p
		q.Hashes = append([]tlog.Hash{}, p.Hashes...)
		q.Checkpoint = bytes.Clone(p.Checkpoint)
		f(&q)
		return &q
	}
	verify := func(q *board.Proof) error {
		_, err := q.Verify(w.policy, w.entries[77])
		return err
	}
	require.NoError(t, verify(p))
	_, err = p.Verify(w.policy, w.entries[78])
	require.ErrorIs(t, err, board.ErrInclusion, "other entry")
	require.ErrorIs(t, verify(change(func(q *board.Proof) { q.Index = 78 })), board.ErrInclusion)
	require.ErrorIs(t, verify(change(func(q *board.Proof) { q.Index = 300 })), board.ErrOutside)
	require.ErrorIs(t, verify(change(func(q *board.Proof) { q.Index = 1 << 63 })), board.ErrOutside)
	require.ErrorIs(t, verify(change(func(q *board.Proof) { q.Hashes = q.Hashes[1:] })), board.ErrInclusion)
	require.ErrorIs(t, verify(change(func(q *board.Proof) { q.Checkpoint = w.witnessed(t, 299, 2) })), board.ErrInclusion)
	require.ErrorIs(t, verify(change(func(q *board.Proof) { q.Checkpoint = w.signed(t, 300) })), board.ErrQuorum)
	require.ErrorIs(t, verify(change(func(q *board.Proof) { q.Checkpoint[0] ^= 1 })), board.ErrSignature)
}

func TestProveRefusesADamagedStore(t *testing.T) {
	w := newWorld(t, 300)
	c := w.checkpoint(t, 300)
	for _, damaged := range []int64{tlog.StoredHashIndex(0, 77), tlog.StoredHashIndex(0, 76), tlog.StoredHashIndex(3, 8)} {
		store := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
			hs, err := w.tree.ReadHashes(indexes)
			for i, x := range indexes {
				if x == damaged {
					hs[i][5] ^= 4
				}
			}
			return hs, err
		})
		_, err := board.Prove(c, 77, store)
		require.ErrorIs(t, err, board.ErrStore)
	}
	_, err := board.Prove(c, 300, w)
	require.ErrorIs(t, err, board.ErrOutside)
}

func TestParseProofRefuses(t *testing.T) {
	w := newWorld(t, 5)
	p, err := board.Prove(w.checkpoint(t, 5), 3, w)
	require.NoError(t, err)
	good := string(p.Bytes())
	lines := strings.SplitAfter(good, "\n")
	tests := map[string]string{
		"empty":             "",
		"no header":         strings.Join(lines[1:], ""),
		"other version":     strings.Replace(good, "@v1", "@v2", 1),
		"no index":          lines[0] + strings.Join(lines[2:], ""),
		"index with zero":   strings.Replace(good, "index 3", "index 03", 1),
		"index with plus":   strings.Replace(good, "index 3", "index +3", 1),
		"negative index":    strings.Replace(good, "index 3", "index -3", 1),
		"index with space":  strings.Replace(good, "index 3", "index 3 ", 1),
		"extra line":        strings.Replace(good, "index 3", "extra eA==\nindex 3", 1),
		"empty extra line":  strings.Replace(good, "index 3", "extra \nindex 3", 1),
		"loose hash":        strings.Replace(good, lines[2], looseBase64(t, lines[2]), 1),
		"short hash":        strings.Replace(good, lines[2], "AAAA\n", 1),
		"no base64":         strings.Replace(good, lines[2], "!\n", 1),
		"carriage returns":  strings.ReplaceAll(good, "\n", "\r\n"),
		"no final newline":  strings.TrimSuffix(good, "\n"),
		"cut in the middle": good[:len(good)/3],
		"very long line":    strings.Replace(good, lines[2], strings.Repeat("A", 100<<10)+"\n", 1),
	}
	for name, s := range tests {
		_, err := board.ParseProof([]byte(s))
		require.ErrorIs(t, err, board.ErrMalformed, name)
	}
	_, err = board.ParseProof([]byte(good + strings.Repeat("\n", board.MaxCheckpoint+4<<10)))
	require.ErrorIs(t, err, board.ErrTooLarge)
}
