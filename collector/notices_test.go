package collector

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/collector/notice"
	"valik/collector/store"
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
	require.Eventually(s.t, is, 20*time.Second, 5*time.Millisecond)
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
