package desktop_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/internal/polls"
	"valik/voter-app/desktop"
)

// kept lists the signed ballots in the folder.
func (w *world) kept() []string {
	w.t.Helper()
	paths, err := filepath.Glob(filepath.Join(w.folder, w.Fingerprint().String(), "*.asice"))
	require.NoError(w.t, err)
	return paths
}

// interrupt lets a voter sign a ballot that gets no answer.
func (w *world) interrupt(v *test.Voter, code string) desktop.State {
	w.t.Helper()
	w.identify(v)
	w.choose(code)
	w.lies(polls.Says(http.StatusBadGateway, nil))
	s := w.failed(w.app.Cast(), "unreachable", desktop.Unknown)
	w.Lies(nil)
	return s
}

// Two who vote at one computer: what is kept of the one is neither offered to the other as theirs
// nor lost by their vote.
func TestAnothersKeptBallot(t *testing.T) {
	w := newWorld(t, 2)
	w.open()
	require.True(t, w.interrupt(w.Voters[0], "1.1").Kept)
	require.NoError(t, w.app.Back())
	require.NoError(t, w.app.Back())
	require.True(t, w.app.State(context.Background(), 0).Kept)

	require.False(t, w.identify(w.Voters[1]).Kept, "it is not this voter's")
	require.ErrorIs(t, w.app.Resume(), desktop.ErrStep)
	require.Len(t, w.vote("1.2").Voter.Casts, 1)
	require.Len(t, w.kept(), 1, "it waits for its own voter")

	w.start()
	require.True(t, w.open().Kept)
	require.Equal(t, desktop.StepDone, w.done(w.app.Resume()).Step)
	require.Empty(t, w.kept())
	require.NoError(t, w.app.Revote())
	require.Len(t, w.identify(w.Voters[0]).Voter.Casts, 1)
}

// A ballot of which nothing is known is not forgotten because a later one of the same voter is
// refused.
func TestRefusedAfterUnknown(t *testing.T) {
	w := newWorld(t, 1)
	w.open()
	w.interrupt(w.Voters[0], "1.1")
	w.SetTime(test.Opens.Add(-1))
	require.True(t, w.failed(w.app.Cast(), "not_open", desktop.NotCast).Kept)
	require.Len(t, w.kept(), 1)
	w.SetTime(test.Opens.Add(1))
	require.Equal(t, desktop.StepDone, w.done(w.app.Resume()).Step)
	require.Empty(t, w.kept())
}

// Of two ballots of one voter the later is what the voter wants, also after a new start; with its
// receipt the earlier one can count no more.
func TestLatestKeptBallot(t *testing.T) {
	for _, inRun := range []bool{true, false} {
		w := newWorld(t, 1)
		w.open()
		var latest []string
		for range 4 { // by the order of their names it would be right by chance once in a while
			before := w.kept()
			w.interrupt(w.Voters[0], "1.1")
			latest = slices.DeleteFunc(w.kept(), func(path string) bool { return slices.Contains(before, path) })
			require.NoError(t, errors.Join(w.app.Back(), w.app.Back()))
			w.Pass(time.Second)
		}
		if !inRun {
			w.start()
			w.open()
		}
		s := w.done(w.app.Resume())
		require.Equal(t, "ballot-"+s.Receipt.Ballot.String()+".asice", filepath.Base(latest[0]))
		require.Empty(t, w.kept())
	}
}

// Beside the choices of a review only the ballot that was made of them is offered: who reads one
// choice and presses "finish" must not cast another.
func TestWhatIsReviewedIsFinished(t *testing.T) {
	w := newWorld(t, 1)
	w.open()
	require.True(t, w.interrupt(w.Voters[0], "1.1").Kept)
	w.choose("1.2")
	require.False(t, w.app.State(context.Background(), 0).Kept)
	require.ErrorIs(t, w.app.Resume(), desktop.ErrStep)
	require.NoError(t, w.app.Back())
	require.True(t, w.app.State(context.Background(), 0).Kept)
	w.choose("1.1")
	require.True(t, w.app.State(context.Background(), 0).Kept)

	w.start()
	require.True(t, w.open().Kept)
	require.True(t, w.identify(w.Voters[0]).Kept)
	w.choose("1.1")
	require.False(t, w.app.State(context.Background(), 0).Kept, "nobody knows its choices any more")
	require.NoError(t, w.app.Back())
	require.Equal(t, desktop.StepDone, w.done(w.app.Resume()).Step)
}

// A ballot that was on the board already when the voter signed on is shown once, also if nobody
// can be asked: a second one would look like somebody else's.
func TestResumedCastIsShownOnce(t *testing.T) {
	w := newWorld(t, 1)
	w.open()
	w.identify(w.Voters[0])
	w.choose("1.1")
	w.lies(func(_ http.ResponseWriter, r *http.Request, honest http.Handler) {
		polls.Ask(r, honest)
		panic(http.ErrAbortHandler)
	})
	w.failed(w.app.Cast(), "unreachable", desktop.Unknown)
	w.Lies(nil)
	require.NoError(t, errors.Join(w.app.Back(), w.app.Back()))
	require.Len(t, w.identify(w.Voters[0]).Voter.Casts, 1)
	w.Lies(polls.At("/v1/session", polls.Says(http.StatusBadGateway, nil)))
	require.Len(t, w.done(w.app.Resume()).Voter.Casts, 1)
}

// Two programs that share a folder, such as after a second click on the icon: neither takes away
// what the other has kept.
func TestTwoProgramsAtOnce(t *testing.T) {
	w := newWorld(t, 1)
	w.open()
	w.interrupt(w.Voters[0], "1.1")

	second := w.beside()
	require.True(t, second.open().Kept)
	require.Equal(t, desktop.StepReview, second.interrupt(second.Voters[0], "1.2").Step)
	require.Len(t, w.kept(), 2)

	require.Equal(t, desktop.StepDone, w.done(w.app.Resume()).Step)
	require.Len(t, w.kept(), 1, "the second program's own")
	second.failed(second.app.Resume(), "stale", desktop.NotCast)
	require.Empty(t, w.kept())
}

// beside starts a second program on the same folder.
func (w *world) beside() *world {
	w.t.Helper()
	second := &world{Polls: w.Polls, t: w.t, folder: w.folder}
	second.start()
	return second
}
