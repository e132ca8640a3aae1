package collector

import (
	"net/url"
	"path/filepath"
	"testing"
	"time"

	test "valik/collector/collectortest"
	"valik/election"
)

// BenchmarkCast casts ballots at once, with all checks, as fast as one SQLite takes them.
func BenchmarkCast(b *testing.B) {
	const voters = 256
	w := test.New(b, voters)
	now := new(clock)
	now.set(test.Opens.Add(time.Minute))
	database := (&url.URL{Scheme: "sqlite", Path: filepath.Join(b.TempDir(), "collector.db")}).String()
	c, err := New(ctx, configOf(w, database, now))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		root, size := c.anchorNow(b)
		ballots := make(chan *test.Signed, voters)
		for _, v := range w.Voters {
			ballots <- w.Ballot(b, v, election.Anchor{Size: size, Root: root}, now.now())
		}
		close(ballots)
		b.StartTimer()
		done := make(chan error)
		for range 64 {
			go func() {
				for s := range ballots {
					if _, err := c.Cast(ctx, s.Container); err != nil {
						b.Error(err)
					}
				}
				done <- nil
			}()
		}
		for range 64 {
			<-done
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*voters), "µs/ballot")
}

func (c *Collector) anchorNow(b *testing.B) (election.Hash, uint64) {
	size, _, err := c.store.Head(ctx)
	if err != nil {
		b.Fatal(err)
	}
	root, err := c.store.Root(ctx, size)
	if err != nil {
		b.Fatal(err)
	}
	return election.Hash(root), size
}
