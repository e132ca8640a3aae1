package collector

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/require"

	"valik/board"
	test "valik/collector/collectortest"
	"valik/collector/notice"
	"valik/collector/store"
	"valik/election"
)

// postbox keeps what it is given; an attempt waits for gate, if there is one, and fails by fail.
type postbox struct {
	mu   sync.Mutex
	got  []notice.Notice
	gate chan struct{}
	fail error
}

func (p *postbox) Deliver(ctx context.Context, n notice.Notice) error {
	if p.gate != nil {
		select {
		case <-p.gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, n)
	return p.fail
}

func (p *postbox) notices() []notice.Notice {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]notice.Notice(nil), p.got...)
}

func by(p notice.Channel) func(*Config) { return func(c *Config) { c.Notices.Channel = p } }

func (s *server) queue() store.Queue {
	q, err := s.c.store.Notices(ctx)
	require.NoError(s.t, err)
	return q
}

func (s *server) eventually(is func() bool) {
	s.t.Helper()
	require.Eventually(s.t, is, time.Minute, 5*time.Millisecond)
}

func TestNotices(t *testing.T) {
	w := test.New(t, 3)
	t.Run("a voter is told of every ballot, and nothing stays", func(t *testing.T) {
		p := &postbox{}
		s := serve(t, w, sqliteURL(t), by(p))
		s.cast(s.prepare(w.Voters[0]))
		s.cast(s.prepare(w.Voters[0]))
		s.eventually(func() bool { return len(p.notices()) == 2 && s.queue() == store.Queue{} })
		got := p.notices()
		require.NotEqual(t, got[0].ID, got[1].ID)
		for _, n := range got {
			require.Equal(t, w.Voters[0].Code, n.Code)
			require.Equal(t, w.Manifest.Title, n.Title)
			require.Equal(t, s.clock.now(), n.Cast)
		}
	})
	t.Run("a dead channel holds up no cast, and a restart loses no notice", func(t *testing.T) {
		url := sqliteURL(t)
		dead := &postbox{gate: make(chan struct{})} // never opened
		s := serve(t, w, url, by(dead))
		for _, v := range w.Voters {
			s.cast(s.prepare(v))
		}
		require.Equal(t, 3, s.queue().Waiting)
		s.stop()
		require.Empty(t, dead.notices())
		p := &postbox{}
		s = serve(t, w, url, by(p))
		s.eventually(func() bool { return len(p.notices()) == 3 && s.queue() == store.Queue{} })
	})
	t.Run("an outcome decides what becomes of a notice", func(t *testing.T) { outcomesDecide(t, w) })
}

func outcomesDecide(t *testing.T, w *test.World) {
	for name, row := range map[string]struct {
		fail   error
		giveUp time.Duration
		want   store.Queue // but for Oldest
	}{
		"temporary":  {errors.New("busy"), 0, store.Queue{Waiting: 1}},
		"permanent":  {&notice.Permanent{Err: errors.New("no")}, 0, store.Queue{GivenUp: 1}},
		"no address": {notice.ErrNoAddress, 0, store.Queue{}},
		"too late":   {errors.New("busy"), time.Nanosecond, store.Queue{GivenUp: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			var logged bytes.Buffer
			p := &postbox{fail: row.fail}
			s := serve(t, w, sqliteURL(t), func(c *Config) {
				c.Notices = Notices{p, row.giveUp}
				c.Logger = slog.New(slog.NewTextHandler(&logged, nil))
				now := c.Now
				if row.giveUp > 0 { // the clock of an attempt is a moment later than that of its cast
					c.Now = func() time.Time { return now().Add(time.Millisecond) }
				}
			})
			s.cast(s.prepare(w.Voters[0]))
			s.eventually(func() bool { return len(p.notices()) == 1 })
			s.eventually(func() bool {
				q := s.queue()
				return q.Waiting == row.want.Waiting && q.GivenUp == row.want.GivenUp
			})
			s.stop()
			require.NotContains(t, logged.String(), w.Voters[0].Code)
		})
	}
}

func TestNoticeDelay(t *testing.T) {
	for attempts := 1; attempts < 100; attempts++ {
		d := noticeDelay(attempts, errors.New("busy"))
		full := noticeMost
		if attempts < 10 {
			full = min(full, noticeBackoff<<(attempts-1))
		}
		require.LessOrEqual(t, d, full)
		require.GreaterOrEqual(t, d, full/2)
	}
	require.Equal(t, 5*time.Hour, noticeDelay(1, &notice.Later{Err: errors.New("busy"), After: 5 * time.Hour}))
	require.Equal(t, noticeMost, noticeDelay(1, &notice.Later{Err: errors.New("busy"), After: 1000 * time.Hour}))
}

func TestNoticeIDIsStable(t *testing.T) {
	w := test.New(t, 1)
	p := &postbox{fail: errors.New("busy")}
	s := serve(t, w, sqliteURL(t), by(p))
	s.cast(s.prepare(w.Voters[0]))
	s.eventually(func() bool { return len(p.notices()) == 1 })
	require.Eventually(t, func() bool {
		s.clock.pass(time.Minute)
		s.c.wakeNotices()
		return len(p.notices()) >= 2
	}, time.Minute, 50*time.Millisecond)
	got := p.notices()
	require.Equal(t, got[0], got[1])
	s.eventually(func() bool {
		m := string(s.metricsText())
		return strings.Contains(m, `valik_notices_total{outcome="postponed"}`) && strings.Contains(m, `valik_notices_queued{state="waiting"} 1`)
	})
}

// metricsText is what Prometheus reads.
func (s *server) metricsText() []byte {
	out := httptest.NewRecorder()
	promhttp.HandlerFor(s.c.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP(out, httptest.NewRequest("GET", "/", nil))
	return out.Body.Bytes()
}

// Who was struck off the roll after the cast is told of it all the same.
func TestNoticeToAVoterOfAnOlderRoll(t *testing.T) {
	w := test.New(t, 2)
	p := &postbox{gate: make(chan struct{})}
	s := serve(t, w, sqliteURL(t), by(p))
	s.cast(s.prepare(w.Voters[0]))
	w.WriteRoll(t, 1, w.Voters[1:])
	require.NoError(t, s.c.Reload(ctx))
	_, ok := s.c.bench.Load().rolls[1].ByCode(w.Voters[0].Code)
	require.False(t, ok)
	voter, ok := s.c.everOnRoll(w.Voters[0].Pseudonym)
	require.True(t, ok)
	require.Equal(t, w.Voters[0].Code, voter.Code)
	close(p.gate)
	s.eventually(func() bool { return len(p.notices()) == 1 })
}

func TestNoticesOfTwoCollectors(t *testing.T) {
	w := test.New(t, 4)
	server, err := postgres()
	require.NoError(t, err)
	url, p := server.Database(t), &postbox{}
	one, two := serve(t, w, url, by(p)), serve(t, w, url, by(p))
	for i, v := range w.Voters {
		s := one
		if i%2 == 1 {
			s = two
		}
		s.cast(s.prepare(v))
	}
	one.eventually(func() bool { return one.queue() == store.Queue{} })
	told := map[string]int{}
	for _, n := range p.notices() {
		told[n.Code]++
	}
	require.Len(t, told, 4)
	require.Len(t, p.notices(), 4)
	_, err = New(ctx, configOf(w, url, new(clock)))
	require.ErrorIs(t, err, store.ErrNotices)
}

func TestNoticeAfterTheWitness(t *testing.T) {
	witness := newTestWitness(t, "witness.example/one")
	w := test.New(t, 1, func(m *election.Manifest) {
		m.Board.Quorum, m.Board.Witnesses = 1, []string{witness.key}
	})
	witness.policy = board.Policy{Origin: test.Origin, LogKey: w.Manifest.Board.Key}
	p := &postbox{}
	s := serve(t, w, sqliteURL(t), by(p), func(c *Config) { c.Witnesses = []Witness{{witness.key, witness.server.URL}} })
	s.c.patience = 200 * time.Millisecond
	witness.set(true)
	status, _ := s.do(http.MethodPost, "/v1/ballots", containerType, s.prepare(w.Voters[0]).Container)
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Empty(t, p.notices(), "no receipt could be had yet")
	witness.set(false)
	s.eventually(func() bool { return len(p.notices()) == 1 }) // nobody casts any more, and noticeLook is longer
}
