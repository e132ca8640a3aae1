// Package polls opens elections for the tests of voters' programs and devices: a real collector
// on loopback, a clock that the test moves, and somebody on the way who may lie.
package polls

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/collector"
	"valik/collector/collectortest"
	"valik/election"
	"valik/verifier/web"
)

// Polls are an open election with its collector. They are its handler, by way of the liar.
type Polls struct {
	*collectortest.World
	t      testing.TB
	honest http.Handler
	lie    atomic.Pointer[Lie]
	start  time.Time    // of the clock
	passed atomic.Int64 // nanoseconds since
	runs   bool         // the clock runs by itself
	Cards  http.Handler // of the collector's address for TLS client certificates
	served *httptest.Server
}

// Open sets an election up for so many voters and opens its polls a minute ago, by a clock that
// stands until the test moves it. change may change the manifest before it is signed.
func Open(t testing.TB, voters int, change ...func(*election.Manifest)) *Polls {
	t.Helper()
	return open(t, voters, change, func(*collectortest.World) {}, collectortest.Opens.Add(time.Minute), false)
}

// OpenToday does the same by this machine's clock, for programs in processes of their own: the
// polls have been open for an hour and stay open for two days. before may change the folder
// before the collector begins.
func OpenToday(t testing.TB, voters int, before func(*collectortest.World), change ...func(*election.Manifest)) *Polls {
	t.Helper()
	now := time.Now()
	today := func(m *election.Manifest) {
		m.Opens, m.Closes = election.At(now.Add(-time.Hour)), election.At(now.Add(48*time.Hour))
	}
	return open(t, voters, append([]func(*election.Manifest){today}, change...), before, now, true)
}

func open(t testing.TB, voters int, change []func(*election.Manifest), before func(*collectortest.World), start time.Time, runs bool) *Polls {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	at := func(m *election.Manifest) { m.Collector.URL = "http://" + listener.Addr().String() }
	w := collectortest.New(t, voters, append([]func(*election.Manifest){at}, change...)...)
	before(w)
	p := &Polls{World: w, t: t, start: start, runs: runs}
	p.collect()
	p.served = &httptest.Server{Listener: listener, Config: &http.Server{Handler: p}}
	p.served.Start()
	t.Cleanup(func() {
		p.served.CloseClientConnections() // a program may hold some
		p.served.Close()
	})
	return p
}

// Serve is an election that was set up elsewhere: the caller serves it, at the address of its
// manifest. Its clock stands a minute after the opening.
func Serve(t testing.TB, w *collectortest.World) *Polls {
	t.Helper()
	p := &Polls{World: w, t: t, start: w.Manifest.Opens.Time().Add(time.Minute)}
	p.collect()
	return p
}

func (p *Polls) collect() {
	p.t.Helper()
	c := p.Collector()
	p.honest, p.Cards = c.Handler(), c.CardHandler()
}

// Collector starts one with the keys of the election and a database of its own.
func (p *Polls) Collector() *collector.Collector {
	p.t.Helper()
	c, err := collector.New(context.Background(), collector.Config{
		Database: "sqlite://" + p.t.TempDir() + "/collector.db", Folder: os.DirFS(p.Dir), BoardKey: p.BoardKey, ReceiptKey: p.ReceiptKey,
		Interval: 10 * time.Millisecond, Now: p.Now, CheckPage: web.Page(),
	})
	require.NoError(p.t, err)
	p.t.Cleanup(func() { require.NoError(p.t, c.Close()) })
	return c
}

// Now is what the clock shows.
func (p *Polls) Now() time.Time {
	now := p.start
	if p.runs {
		now = time.Now()
	}
	return now.Add(time.Duration(p.passed.Load())).UTC()
}

// Pass lets time go by.
func (p *Polls) Pass(d time.Duration) { p.passed.Add(int64(d)) }

// Ahead sets how far the clock is ahead of where it was at first.
func (p *Polls) Ahead(d time.Duration) { p.passed.Store(int64(d)) }

// SetTime moves the clock.
func (p *Polls) SetTime(at time.Time) { p.Pass(at.Sub(p.Now())) }
