package store

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func noticed(t *testing.T, url string, witnessed bool) *Store {
	t.Helper()
	s, err := Open(ctx, url, Options{Sign: sign, Notices: true, Witnessed: witnessed})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

var later = time.Unix(1_800_000_000, 0).UTC()

func castMany(t *testing.T, s *Store, n int) {
	t.Helper()
	update(t, s, func(tx *Tx) error {
		for i := range n {
			require.NoError(t, tx.AppendBallot(ballot("v", i), []byte{byte(i)}))
		}
		return nil
	})
}

func noticesAreTakenOnce(t *testing.T, url string) {
	opened(t, url)
	stores := []*Store{noticed(t, url, false), noticed(t, url, false)}
	const n = 60
	castMany(t, stores[0], n)
	var wait sync.WaitGroup
	var mu sync.Mutex
	seen := map[uint64]int{}
	for k := range 4 {
		wait.Go(func() {
			for {
				taken, err := stores[k%2].TakeNotices(ctx, string(rune('a'+k)), later, later.Add(time.Minute), 3)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for _, one := range taken {
					seen[one.Index]++
				}
				done := len(seen) == n
				mu.Unlock()
				if done {
					return
				}
			}
		})
	}
	wait.Wait()
	for index, times := range seen {
		require.Equal(t, 1, times, "index %d", index)
	}
}

func aNoticeIsHeldPostponedAndForgotten(t *testing.T, url string) {
	opened(t, url)
	s := noticed(t, url, false)
	castMany(t, s, 1)
	take := func(taker string, at time.Time) []Notice {
		taken, err := s.TakeNotices(ctx, taker, at, at.Add(time.Minute), 9)
		require.NoError(t, err)
		return taken
	}
	first := take("first", later)
	require.Len(t, first, 1)
	require.Empty(t, take("second", later.Add(59*time.Second)), "it is held")
	second := take("second", later.Add(time.Minute))
	require.Len(t, second, 1, "the lease is over")
	require.Equal(t, 2, second[0].Attempts)
	require.NoError(t, s.EndNotice(ctx, first[0]))
	q, err := s.Notices(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, q.Waiting, "who lost it cannot end it")
	require.Equal(t, ballot("v", 0).Time, q.Oldest)

	due := later.Add(time.Hour)
	require.NoError(t, s.PostponeNotice(ctx, second[0], due))
	next, err := s.NextNotice(ctx)
	require.NoError(t, err)
	require.Equal(t, due, next)
	require.Empty(t, take("third", due.Add(-time.Second)))
	third := take("third", due)
	require.Len(t, third, 1)
	require.NoError(t, s.EndNotice(ctx, third[0]))
	q, err = s.Notices(ctx)
	require.NoError(t, err)
	require.Zero(t, q)
	_, err = s.NextNotice(ctx)
	require.ErrorIs(t, err, ErrNotFound)
}

func aNoticeGivenUpIsNotTaken(t *testing.T, url string) {
	opened(t, url)
	s := noticed(t, url, false)
	castMany(t, s, 1)
	taken, err := s.TakeNotices(ctx, "a", later, later, 9)
	require.NoError(t, err)
	require.NoError(t, s.GiveUpNotice(ctx, taken[0]))
	taken, err = s.TakeNotices(ctx, "b", later.Add(time.Hour), later.Add(2*time.Hour), 9)
	require.NoError(t, err)
	require.Empty(t, taken)
	q, err := s.Notices(ctx)
	require.NoError(t, err)
	require.Equal(t, Queue{GivenUp: 1}, q)
}

func noNoticeBeforeTheCheckpointIsFinal(t *testing.T, url string) {
	opened(t, url)
	s := noticed(t, url, true)
	castMany(t, s, 1)
	taken, err := s.TakeNotices(ctx, "a", later, later.Add(time.Minute), 9)
	require.NoError(t, err)
	require.Empty(t, taken)
	require.NoError(t, s.Finish(ctx, 2, []byte("cosigned")))
	taken, err = s.TakeNotices(ctx, "b", later, later.Add(time.Minute), 9)
	require.NoError(t, err)
	require.Len(t, taken, 1)
}

func withoutNoticesThereAreNone(t *testing.T, url string) {
	s := opened(t, url)
	castMany(t, s, 3)
	q, err := s.Notices(ctx)
	require.NoError(t, err)
	require.Zero(t, q)
}

func collectorsAgreeOnNotices(t *testing.T, url string) {
	with, without := noticed(t, url, false), open(t, url)
	require.NoError(t, with.AgreeNotices(ctx))
	require.NoError(t, with.AgreeNotices(ctx))
	require.ErrorIs(t, without.AgreeNotices(ctx), ErrNotices)
	_, err := with.db.ExecContext(ctx, `DELETE FROM notice_policy`) // as docs/operations.md says
	require.NoError(t, err)
	require.NoError(t, without.AgreeNotices(ctx))
	require.ErrorIs(t, with.AgreeNotices(ctx), ErrNotices)
}
