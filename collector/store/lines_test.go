package store

import (
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/internal/testpg"
)

func TestWhatIsWatchedOnSQLite(t *testing.T) {
	whatIsWatched(t, (&url.URL{Scheme: "sqlite", Path: filepath.Join(t.TempDir(), "watched.db")}).String())
}

func TestWhatIsWatchedOnPostgreSQL(t *testing.T) {
	whatIsWatched(t, testpg.Start(t).Database(t))
}

// whatIsWatched reads lines and state, also while somebody writes.
func whatIsWatched(t *testing.T, url string) {
	s := open(t, url)
	state, err := s.State(ctx)
	require.NoError(t, err)
	require.Equal(t, State{Phase: Setup}, state)

	s = opened(t, url)
	first, second := ballot("v", 1), ballot("w", 2)
	update(t, s, func(tx *Tx) error {
		require.NoError(t, tx.AppendBallot(first, []byte("a leaf")))
		_, err := tx.Append([]byte("other"))
		require.NoError(t, err)
		return tx.AppendBallot(second, []byte("another"))
	})
	all := []Line{
		{Index: 0, Leaf: []byte("open")},
		{Index: 1, Voter: "v", Time: first.Time},
		{Index: 2, Leaf: []byte("other")},
		{Index: 3, Voter: "w", Time: second.Time},
	}
	update(t, s, func(*Tx) error {
		require.Equal(t, all, linesOf(t, s, 0, 4))
		require.Equal(t, all[1:3], linesOf(t, s, 1, 3))
		require.Empty(t, linesOf(t, s, 4, 9))
		state, err := s.State(ctx)
		require.NoError(t, err)
		require.Equal(t, State{Size: 4, Published: 4, Phase: Opened}, state)
		n, err := s.CountUnsettled(ctx, second.Time)
		require.NoError(t, err)
		require.EqualValues(t, 1, n)
		return nil
	})
	for _, err := range s.Lines(ctx, 0, 4) {
		require.NoError(t, err)
		break // who has seen enough leaves no connection behind
	}

	s.options.Witnessed = true
	update(t, s, func(tx *Tx) error { return tx.AppendBallot(ballot("v", 3), []byte("new")) })
	state, err = s.State(ctx)
	require.NoError(t, err)
	require.Equal(t, State{Size: 5, Published: 4, Phase: Opened}, state, "no witness has signed the newest")

	broken, err := Open(ctx, url, Options{})
	require.NoError(t, err)
	require.NoError(t, broken.Close())
	_, err = broken.State(ctx)
	require.Error(t, err)
	_, err = broken.CountUnsettled(ctx, time.Time{})
	require.Error(t, err)
	for _, err := range broken.Lines(ctx, 0, 4) {
		require.Error(t, err)
	}
}

func linesOf(t *testing.T, s *Store, first, end uint64) (list []Line) {
	t.Helper()
	for l, err := range s.Lines(ctx, first, end) {
		require.NoError(t, err)
		list = append(list, l)
	}
	return list
}
