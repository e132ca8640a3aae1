package faults

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// onBoth tells a story on both databases.
func onBoth(t *testing.T, story func(t *testing.T, e *electorate, n *node, d *database)) {
	for name, open := range map[string]func(testing.TB) *database{
		"SQLite":     func(t testing.TB) *database { return openSQLite(t, t.TempDir()) },
		"PostgreSQL": func(t testing.TB) *database { return startPostgres(t, "").database(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, d := newElectorate(t, 6, nil), open(t)
			n := e.addNode(t, d.url)
			e.vote(t)
			e.requireMore(t, 10)
			story(t, e, n, d)
			e.requireMore(t, 10)
			e.finish(t)
		})
	}
}

// A collector that is killed in the middle of casting, twice, keeps its word.
func TestKilledCollector(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, e *electorate, n *node, _ *database) {
		for range 2 {
			e.requireMore(t, 10)
			n.kill()
			require.NoError(t, n.start())
		}
	})
}

// A collector is killed when its batch has been handed to the database and is not in it yet.
func TestKilledMidBatch(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, e *electorate, n *node, d *database) {
		release := d.hold(t)
		d.waitHeld(t)
		n.kill()
		release()
		require.NoError(t, n.start())
	})
}

// A collector that is told to end while its batch is in the database finishes it, and
// answers everybody who waits.
func TestRestartMidBatch(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, e *electorate, n *node, d *database) {
		release := d.hold(t)
		d.waitHeld(t)
		ended := make(chan error)
		go func() { ended <- n.terminate() }()
		time.Sleep(100 * time.Millisecond) // it is ending
		before := e.acknowledged()
		release()
		require.NoError(t, <-ended)
		e.require(t, "who waited was not answered", func() bool { return e.acknowledged() > before })
		require.NoError(t, n.start())
	})
}

// PostgreSQL is killed, with all its processes, and started again. The collector stays.
func TestKilledPostgreSQL(t *testing.T) {
	t.Parallel()
	server := startPostgres(t, "")
	d, e := server.database(t), newElectorate(t, 6, nil)
	n := e.addNode(t, d.url)
	e.vote(t)
	for range 2 {
		e.requireMore(t, 10)
		require.NoError(t, server.Kill())
		e.requireRefusals(t, "unavailable", 3)
		require.NoError(t, server.Restart())
	}
	e.requireMore(t, 10)
	require.False(t, n.hasEnded())
	e.finish(t)
}

// The network between collector and PostgreSQL fails.
func TestNetwork(t *testing.T) {
	t.Parallel()
	all := startProxies(t)
	server := startPostgres(t, "").behind(t, all)
	for name, fault := range networkFaults {
		t.Run(name, func(t *testing.T) {
			d, e := server.database(t), newElectorate(t, 6, nil)
			e.addNode(t, d.url)
			e.vote(t)
			e.requireMore(t, 10)
			heal, err := fault(server.way)
			require.NoError(t, err)
			time.Sleep(700 * time.Millisecond)
			require.NoError(t, heal())
			e.requireMore(t, 10)
			e.finish(t)
		})
	}
}

// networkFaults begin and give the function that ends them.
var networkFaults = map[string]func(*proxy) (func() error, error){
	"down":    func(p *proxy) (func() error, error) { return p.mend, p.cut() },
	"latency": toxicOf("latency", "upstream", map[string]int{"latency": 300, "jitter": 100}),
	"timeout": forgotten,
	"reset":   toxicOf("reset_peer", "downstream", map[string]int{"timeout": 50}),
	"slow":    toxicOf("bandwidth", "upstream", map[string]int{"rate": 20}), // KB/s
	"torn":    toxicOf("limit_data", "upstream", map[string]int{"bytes": 20_000}),
}

// forgotten lets connections be dead without a word, as with a firewall that has forgotten
// them, and closes them when it ends.
func forgotten(p *proxy) (func() error, error) {
	remove, err := p.disturb("timeout", "downstream", map[string]int{"timeout": 0})
	return func() error { return errors.Join(remove(), p.cut(), p.mend()) }, err
}

func toxicOf(kind, stream string, attributes map[string]int) func(*proxy) (func() error, error) {
	return func(p *proxy) (func() error, error) { return p.disturb(kind, stream, attributes) }
}

// Connections that are dead for ever, without a word to either side, hold a collector up only
// until its own time limits.
func TestDeadConnections(t *testing.T) {
	t.Parallel()
	all := startProxies(t)
	d, e := startPostgres(t, "").behind(t, all), newElectorate(t, 4, startWitnesses(t, all))
	n := e.addNode(t, d.database(t).url)
	e.vote(t)
	e.requireMore(t, 10)
	remove, err := d.way.disturb("timeout", "downstream", map[string]int{"timeout": 0})
	require.NoError(t, err)
	time.Sleep(700 * time.Millisecond)
	require.NoError(t, remove())
	e.requireMore(t, 10)
	require.False(t, n.hasEnded())
	e.finish(t)
}

// The network is cut when the collector has said COMMIT and waits for the answer: it can
// not know whether the batch is in the log. Once it is, once it is not.
func TestCutDuringCommit(t *testing.T) {
	t.Parallel()
	all := startProxies(t)
	server := startPostgres(t, "").behind(t, all)
	for name, isCommitted := range map[string]bool{"committed": true, "rolled back": false} {
		t.Run(name, func(t *testing.T) {
			d, e := server.database(t), newElectorate(t, 6, nil)
			e.addNode(t, d.url)
			hold := d.makeCommitsWait(t)
			e.vote(t)
			e.requireMore(t, 10)
			release := hold(t)
			d.waitCommitting(t)
			before := d.ballots(t)
			require.NoError(t, server.way.cut())
			if !isCommitted {
				d.endCommitting(t)
			}
			release()
			d.waitNobody(t)
			require.Equal(t, isCommitted, d.ballots(t) > before)
			require.NoError(t, server.way.mend())
			e.requireMore(t, 10)
			e.finish(t)
		})
	}
}

// Two collectors share a database and one is killed: voters who go to the other get the
// same receipts.
func TestTwoCollectors(t *testing.T) {
	t.Parallel()
	d, e := startPostgres(t, "").database(t), newElectorate(t, 8, nil)
	first, second := e.addNode(t, d.url), e.addNode(t, d.url)
	e.patience = 200 * time.Millisecond
	e.vote(t)
	e.requireMore(t, 20)
	// Nobody has an answer, and everybody asks the other collector while the first one still
	// has the ballot in its batch.
	release := d.hold(t)
	d.waitHeld(t)
	time.Sleep(4 * e.patience)
	release()
	for _, n := range []*node{first, second} {
		e.requireMore(t, 20)
		n.kill()
		e.requireMore(t, 20) // by the other
		require.NoError(t, n.start())
	}
	e.requireMore(t, 20)
	e.finish(t)
}

// Clocks that are wrong while the polls are open, by as much as lets ballots in and by more.
// What a collector refuses then is not in the log, and what it takes counts.
func TestClock(t *testing.T) {
	t.Parallel()
	answer := func(t *testing.T, e *electorate) {
		before := e.answers()
		e.require(t, "no answers", func() bool { return e.answers() >= before+20 })
	}
	taken := func(t *testing.T, e *electorate) { e.requireMore(t, 20) }
	refused := func(t *testing.T, e *electorate) { e.requireRefusals(t, "signing_time", 20) }
	for name, row := range map[string]struct {
		off       time.Duration
		meanwhile func(*testing.T, *electorate)
		isOver    bool // nothing stays of it when the clock is right again
	}{
		"an hour back":           {-time.Hour, answer, true},
		"more than an hour back": {-time.Hour - time.Minute, answer, true},
		"a minute back":          {-time.Minute, answer, true},
		"an hour ahead":          {time.Hour - time.Minute, taken, false},
		"more ahead":             {time.Hour + time.Minute, refused, true},
		"a minute ahead":         {time.Minute, taken, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newElectorate(t, 4, nil)
			e.givesUp = true // after a time ahead is in the log, a collector may wait for that time to come
			n := e.addNode(t, openSQLite(t, t.TempDir()).url)
			e.vote(t)
			e.requireMore(t, 10)
			n.setClock(t, row.off)
			row.meanwhile(t, e)
			n.setClock(t, 0)
			if row.isOver {
				e.requireMore(t, 10)
			}
			e.finish(t)
		})
	}
}

func sqliteURL(dir string) string { return "sqlite://" + filepath.Join(dir, "collector.db") }
