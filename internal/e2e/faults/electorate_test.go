package faults

import (
	"net/http"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/board"
	test "valik/collector/collectortest"
	"valik/election"
)

// Polls are open by every clock that is wrong by less than the tolerance of signing times.
const pollsLast = 2 * time.Hour

// electorate is an election with its voters, who cast all the while, and its collectors.
type electorate struct {
	journal
	world     *test.World
	witnesses []*witness
	nodes     []*node
	client    *http.Client

	pause    time.Duration // between two ballots of a voter
	patience time.Duration // of a voter's program with a collector
	givesUp  bool          // voters need not get a clear answer before the close
	stop     chan struct{}
	voting   sync.WaitGroup
}

// newElectorate sets an election up, with witnesses if there are any: of three, two must sign.
func newElectorate(t testing.TB, voters int, witnesses []*witness) *electorate {
	t.Helper()
	e := &electorate{
		journal:   journal{seen: map[uint64]election.Hash{}, codes: map[string]int{}},
		witnesses: witnesses, pause: 20 * time.Millisecond, patience: 3 * time.Second, stop: make(chan struct{}),
		// Without connections that are kept, since the server of a kept one may have been killed.
		client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	}
	now := time.Now()
	// No program starts meanwhile: until it does, the fork of this process would hold the lock
	// on the board's folder after it was given back here.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	e.world = test.New(t, voters, func(m *election.Manifest) {
		m.Opens, m.Closes = election.At(now.Add(-pollsLast)), election.At(now.Add(pollsLast))
		for _, w := range witnesses {
			m.Board.Witnesses = append(m.Board.Witnesses, w.key)
		}
		m.Board.Quorum = len(witnesses) * 2 / 3
	})
	for _, w := range witnesses {
		setClock(t, w.clock, 0) // the close of another election may have set it
		w.introduce(t, e.world.BoardKey)
	}
	return e
}

// vote lets every voter cast until finish.
func (e *electorate) vote(t testing.TB) {
	t.Helper()
	policy := *e.world.Manifest.Policy()
	policy.Quorum = 0 // of the board before the collector
	c, err := policy.Open(e.world.Read(t, filepath.Join("record", board.CheckpointFile)))
	require.NoError(t, err)
	for i, line := range e.world.Voters {
		v := &voter{e: e, t: t, line: line, node: i, anchor: anchorOf(c)}
		e.voting.Go(func() { v.run(e.stop) })
	}
	t.Cleanup(e.stopVoting)
}

func (e *electorate) stopVoting() {
	if !isClosed(e.stop) {
		close(e.stop)
	}
	e.voting.Wait()
}

// requireMore waits for so many more receipts: the service works.
func (e *electorate) requireMore(t testing.TB, receipts int) {
	t.Helper()
	enough := e.acknowledged() + receipts
	e.require(t, "no receipts", func() bool { return e.acknowledged() >= enough })
}

// requireRefusals waits for so many more refusals of a code.
func (e *electorate) requireRefusals(t testing.TB, code string, more int) {
	t.Helper()
	enough := e.refusals(code) + more
	e.require(t, "no refusals "+code, func() bool { return e.refusals(code) >= enough })
}

func (e *electorate) require(t testing.TB, what string, done func() bool) {
	t.Helper()
	for began := time.Now(); !done(); time.Sleep(5 * time.Millisecond) {
		e.requireNoFault(t)
		if time.Since(began) > soon {
			t.Fatalf("%s for %s, refusals: %v", what, soon, e.codes)
		}
	}
}

func (e *electorate) requireNoFault(t testing.TB) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	require.Empty(t, e.faults)
}
