package collector

import (
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/collector/store"
)

func marshalled(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return b
}

// execute changes a SQLite file behind everybody's back.
func execute(t *testing.T, file, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	require.NoError(t, err)
}

// at makes the witnesses' clocks show a moment.
func (w *guarded) at(now func() time.Time, of ...*testWitness) {
	for _, one := range of {
		one.change(func() { one.clock = now })
	}
}

func still(at time.Time) func() time.Time { return func() time.Time { return at } }

// With a clock that no witness has, nothing is taken, and one honest witness is enough
// to go on.
func TestClockAgainstTheWitnesses(t *testing.T) {
	w := newWatched(t, 3)
	s := serve(t, w.World, sqliteURL(t), w.with)
	at := s.clock.now()
	s.cast(s.prepare(w.Voters[0]))

	for _, off := range []time.Duration{clockTolerance + 2*time.Second, -clockTolerance - 2*time.Second, time.Hour} {
		w.at(still(at.Add(off)), w.list...)
		require.NoError(t, s.c.survey(ctx))
		s.requireHealth(codeClock)
		s.requireRefused(s.prepare(w.Voters[1]), http.StatusServiceUnavailable, codeClock)
		require.Contains(t, s.metrics(), "valik_clock_skew_seconds "+skewText(off))
		w.at(still(at), w.list[2])
		s.waitHealthy() // it is asked again without being told
	}
	s.cast(s.prepare(w.Voters[1]))
	w.at(still(at.Add(clockTolerance)), w.list...)
	require.NoError(t, s.c.survey(ctx))
	s.requireHealth("")
}

func skewText(off time.Duration) string {
	skew := -off
	if skew > 0 {
		skew -= time.Second // a cosignature leaves out the fraction
	}
	return strconv.FormatFloat(skew.Seconds(), 'g', -1, 64)
}

// A clock that is set while the collector runs is noticed before the next ballot.
func TestClockIsSet(t *testing.T) {
	w := newWatched(t, 2)
	s := serve(t, w.World, sqliteURL(t), w.with)
	w.at(s.clock.now, w.list...)
	s.cast(s.prepare(w.Voters[0]))
	right := s.clock.now()
	w.at(still(right), w.list...)
	for _, wrong := range []time.Time{right.Add(-10 * time.Minute), right.Add(10 * time.Minute), test.Closes.Add(time.Minute)} {
		b := w.Ballot(t, w.Voters[1], s.anchor(), right)
		s.clock.set(wrong)
		s.requireRefused(b, http.StatusServiceUnavailable, codeClock)
		s.get("/checkpoint")
		require.Equal(t, store.Opened, s.phase(), "the polls were closed by a wrong clock")
		s.clock.set(right)
		s.waitHealthy()
	}
	s.cast(s.prepare(w.Voters[1]))
	// With the witnesses, it goes on to the close.
	w.at(s.clock.now, w.list...)
	s.clock.set(test.Closes)
	s.eventually(func() bool { return s.phase() == store.Closed })
}

// A clock that is set while the witnesses are asked, or before their answers are judged, is
// not what they have agreed with.
func TestClockIsSetDuringTheQuestion(t *testing.T) {
	right := test.Opens
	wrong := right.Add(10 * time.Minute)
	for name, after := range map[string]time.Time{"before the answer": wrong, "before the judgement": right} {
		w := newWatch(1, 1, slog.New(slog.DiscardHandler))
		w.begin()
		s := &said{who: Witness{Key: "one"}, cosigned: right, before: right, asked: time.Now(), after: after}
		w.judge(&round{checkpoint: &store.Checkpoint{Size: 9}, answers: []*said{s}}, wrong)
		require.ErrorIs(t, w.problem(wrong), errStepped, name)
		require.NoError(t, w.problem(right), name)
	}
}

// A clock that is set while the collector waits for its turn to append is noticed too.
func TestClockIsSetBeforeTheTurn(t *testing.T) {
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		w, url := newWatched(t, 1), database(t)
		s := serve(t, w.World, url, w.with)
		w.at(still(s.clock.now()), w.list...)
		s.get("/v1/open")
		require.NoError(t, s.c.survey(ctx))
		other, err := store.Open(ctx, url, store.Options{})
		require.NoError(t, err)
		held, release := make(chan struct{}), make(chan struct{})
		var wait sync.WaitGroup
		wait.Go(func() {
			if err := other.Update(ctx, func(*store.Tx) error { close(held); <-release; return nil }); err != nil {
				t.Error(err)
			}
		})
		<-held
		ended := make(chan error, 1)
		go func() {
			ended <- s.c.sequence.update(func(*store.Tx) error { return errors.New("it appends") })
		}()
		time.Sleep(100 * time.Millisecond) // whether it waits already cannot be seen; it must be refused either way
		s.clock.pass(10 * time.Minute)
		close(release)
		require.Equal(t, codeClock, refusalOf(<-ended).Code())
		wait.Wait()
		require.NoError(t, other.Close())
	})
}

func (s *server) phase() store.Phase {
	s.t.Helper()
	_, phase, err := s.c.store.Head(ctx)
	require.NoError(s.t, err)
	return phase
}

// The first thing that a collector does with a wrong clock would be to open too early.
func TestNoOpeningByAWrongClock(t *testing.T) {
	w := newWatched(t, 1)
	early := test.Opens.Add(-10 * time.Minute)
	w.at(still(early), w.list...)
	s := startAt(t, w.World, sqliteURL(t), test.Opens.Add(time.Minute), w.with)
	status, _ := s.do(http.MethodGet, "/v1/open", "", nil)
	require.Equal(t, http.StatusNotFound, status)
	s.requireHealth(codeClock)
	time.Sleep(10 * s.c.config.Interval)
	require.Equal(t, store.Setup, s.phase())
	w.at(s.clock.now, w.list...)
	s.waitHealthy()
	s.get("/v1/open")
	s.cast(s.prepare(w.Voters[0]))
}

// A witness that answers an unchanged checkpoint with the cosignature that it gave before
// tells no time.
func TestWitnessesThatKeepTheirCosignatures(t *testing.T) {
	w := newWatched(t, 1)
	w.all(func(one *testWitness) { one.keeps = true })
	url := sqliteURL(t)
	s := serve(t, w.World, url, w.with)
	s.get("/v1/open")
	require.NoError(t, s.c.survey(ctx)) // all three have cosigned the opening
	s.stop()
	later := test.Opens.Add(30 * time.Minute)
	w.at(still(later), w.list...)
	var log test.Log
	began := time.Now()
	s = startAt(t, w.World, url, later, w.with, func(c *Config) { c.Logger = textLogger(&log) })
	require.Contains(t, log.String(), "code="+codeClock) // it may be ten minutes fast
	s.waitHealthy()
	require.GreaterOrEqual(t, time.Since(began), clockEcho, "it was healthy before they had repeated themselves")
	s.cast(s.prepare(w.Voters[0]))
	s.requireHealth("")
}

// Without witnesses, a clock that was set back is seen by the times on the board.
func TestClockSetBack(t *testing.T) {
	w := test.New(t, 3)
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		s := serveAt(t, w, database(t), test.Opens.Add(30*time.Minute))
		s.cast(s.prepare(w.Voters[0]))
		s.clock.pass(-timeTolerance)
		s.cast(s.prepare(w.Voters[1]))
		s.clock.pass(-time.Second)
		b := s.prepare(w.Voters[2])
		r := s.requireRefused(b, http.StatusServiceUnavailable, codeClock)
		require.Contains(t, r.Message, "clock")
		s.clock.pass(time.Hour / 4)
		s.cast(b)
	})
}

func TestUntimely(t *testing.T) {
	latest := test.Opens
	for _, one := range []struct {
		at, now time.Duration
		want    error
	}{
		{0, 0, nil},
		{time.Hour, time.Hour, nil},
		{-timeTolerance, -timeTolerance, nil},
		{-timeTolerance - time.Second, -timeTolerance - time.Second, errBehind},
		{-timeTolerance - time.Second, 0, errSlow},
	} {
		require.ErrorIs(t, untimely(latest, latest.Add(one.at), latest.Add(one.now)), one.want, "%v", one)
	}
	require.NoError(t, untimely(time.Time{}, latest, latest))
}
