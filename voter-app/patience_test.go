package voter_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/internal/polls"
	voter "valik/voter-app"
)

var quick = voter.Patience{Tries: 4, Pause: time.Millisecond}

// A collector that falls silent after it took the ballot is asked again, and there is one entry.
func TestCastPatiently(t *testing.T) {
	w := newWorld(t, 2)
	e := w.open()
	s := w.prepare(e, w.Voters[0])
	before, silent := len(w.entries()), 2
	w.Lies(polls.At("/v1/ballots", func(out http.ResponseWriter, r *http.Request, honest http.Handler) {
		if silent > 0 {
			silent--
			polls.Ask(r, honest)
			panic(http.ErrAbortHandler)
		}
		honest.ServeHTTP(out, r)
	}))
	waits := 0
	receipt, err := e.CastPatiently(ctx, s, quick, func(err error) {
		waits++
		require.ErrorIs(t, err, voter.ErrUnreachable)
	})
	require.NoError(t, err)
	require.Equal(t, 2, waits)
	require.Len(t, w.entries(), before+1)
	require.Equal(t, s.Ballot.Hash(), receipt.Ballot)
}

// A wrong receipt is evidence, and sending again would change nothing; a pause can be broken off.
func TestPatienceEnds(t *testing.T) {
	w := newWorld(t, 1)
	e := w.open()
	s := w.prepare(e, w.Voters[0])
	w.Lies(polls.At("/v1/ballots", polls.Says(http.StatusOK, []byte("{}"))))
	_, err := e.CastPatiently(ctx, s, quick, func(error) { require.Fail(t, "it waits") })
	require.ErrorIs(t, err, voter.ErrReceipt)
	require.Equal(t, "{}\n", string(voter.Evidence(err)))

	w.Lies(polls.At("/v1/ballots", polls.Says(http.StatusBadGateway, nil)))
	stopped, stop := context.WithCancel(ctx)
	_, err = e.CastPatiently(stopped, s, voter.Patience{Tries: 2, Pause: time.Hour}, func(error) { stop() })
	require.ErrorIs(t, err, voter.ErrUnreachable)
	require.Nil(t, voter.Evidence(err))
}

// What was seen is kept for the next time, and never goes back.
func TestKeepSeen(t *testing.T) {
	w := newWorld(t, 1)
	path := filepath.Join(t.TempDir(), "seen")
	seen, err := voter.ReadSeen(path)
	require.NoError(t, err)
	require.Nil(t, seen)
	early := w.open()
	w.vote(w.Voters[0])
	late := w.open()
	require.NoError(t, late.KeepSeen(path))
	require.NoError(t, early.KeepSeen(path))
	seen, err = voter.ReadSeen(path)
	require.NoError(t, err)
	require.Equal(t, late.Checkpoint().Raw, seen)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
	_, err = w.tryOpen(seen)
	require.NoError(t, err)
	require.NoError(t, early.KeepSeen(""))
}
