package collector

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
	test "valik/collector/collectortest"
	"valik/election"
	"valik/internal/boardtest"
)

// testWitness is a witness of c2sp.org/tlog-witness: it cosigns what extends what it has
// seen, by a clock of its own.
type testWitness struct {
	t      *testing.T
	key    string // vkey
	signer *boardtest.Witness
	policy board.Policy // of the log alone
	server *httptest.Server

	mu    sync.Mutex
	seen  *board.Checkpoint
	down  bool
	clock func() time.Time
	keeps bool              // gives a cosignature that it has given before
	given map[uint64][]byte // by size
	asked int
}

func newTestWitness(t *testing.T, name string) *testWitness {
	t.Helper()
	w := &testWitness{t: t, signer: boardtest.NewWitness(name, t.Name()+name), given: map[uint64][]byte{}}
	w.key = w.signer.Vkey()
	w.clock = func() time.Time { return test.Opens.Add(time.Minute) }
	w.server = httptest.NewServer(http.HandlerFunc(w.addCheckpoint))
	t.Cleanup(w.server.Close)
	return w
}

// cosign gives the line of a cosignature/v1 at the witness's time.
func (w *testWitness) cosign(c *board.Checkpoint) []byte {
	if line, ok := w.given[c.Size]; ok && w.keeps {
		return line
	}
	w.given[c.Size] = w.signer.Line(c.Raw, w.clock().Unix())
	return w.given[c.Size]
}

// change changes the witness under its lock.
func (w *testWitness) change(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

func (w *testWitness) addCheckpoint(out http.ResponseWriter, req *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	body, err := io.ReadAll(req.Body)
	if err != nil || w.down || req.URL.Path != "/add-checkpoint" {
		http.Error(out, "down", http.StatusInternalServerError)
		return
	}
	header, checkpoint, _ := bytes.Cut(body, []byte("\n\n"))
	lines := strings.Split(string(header), "\n")
	next, err := w.policy.Open(checkpoint)
	if err != nil {
		http.Error(out, err.Error(), http.StatusForbidden)
		return
	}
	size := uint64(0)
	if w.seen != nil {
		size = w.seen.Size
	}
	if lines[0] != fmt.Sprintf("old %d", size) {
		out.Header().Set("Content-Type", witnessSizeType)
		out.WriteHeader(http.StatusConflict)
		fmt.Fprintln(out, size)
		return
	}
	if err := w.extends(next, lines[1:]); err != nil {
		http.Error(out, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.seen = next
	out.Write(w.cosign(next))
}

func (w *testWitness) extends(next *board.Checkpoint, lines []string) error {
	if w.seen == nil {
		return nil
	}
	var proof []tlog.Hash
	for _, l := range lines {
		h, err := tlog.ParseHash(l)
		if err != nil {
			return err
		}
		proof = append(proof, h)
	}
	return board.VerifyConsistency(w.seen, next, proof)
}

func (w *testWitness) set(down bool) { w.change(func() { w.down = down }) }

func TestWitnesses(t *testing.T) {
	list := []*testWitness{newTestWitness(t, "witness.example/one"), newTestWitness(t, "witness.example/two"), newTestWitness(t, "witness.example/three")}
	w := test.New(t, 6, func(m *election.Manifest) {
		m.Board.Quorum = 2
		for _, one := range list {
			m.Board.Witnesses = append(m.Board.Witnesses, one.key)
		}
	})
	var configured []Witness
	for _, one := range list {
		one.policy = board.Policy{Origin: test.Origin, LogKey: w.Manifest.Board.Key}
		configured = append(configured, Witness{one.key, one.server.URL})
	}
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		for _, one := range list {
			one.change(func() { one.seen = nil })
		}
		url := database(t)
		with := func(c *Config) { c.Witnesses = configured }
		s := serve(t, w, url, with)
		first := s.cast(s.prepare(w.Voters[0])) // its receipt verifies only with two cosignatures

		list[0].set(true)
		s.cast(s.prepare(w.Voters[1]))

		// Without a quorum nobody is told that they have voted, and nothing is published.
		list[1].set(true)
		s.c.patience = 200 * time.Millisecond
		before := s.get("/checkpoint")
		b := s.prepare(w.Voters[2])
		status, answer := s.do(http.MethodPost, "/v1/ballots", containerType, b.Container)
		require.Equal(t, http.StatusServiceUnavailable, status)
		require.Equal(t, codeNotWitnessed, s.requireRefusal(answer, b.InnerHash()).Code)
		require.Equal(t, before, s.get("/checkpoint"))
		s.c.patience = publishPatience

		// When they are back, the same ballot gets its receipt; it was logged once.
		list[0].set(false)
		list[1].set(false)
		s.cast(b)
		require.Len(t, election.Where(s.entries(), election.KindBallot), 3)

		// A second collector, which does not know what the witnesses have seen, learns it.
		second := serve(t, w, url, with)
		var wait sync.WaitGroup
		for i, one := range []*server{s, second, s} {
			b := one.prepare(w.Voters[3+i])
			wait.Go(func() { one.cast(b) })
		}
		wait.Wait()
		again, err := second.c.retry(ctx, first.Envelope)
		require.NoError(t, err)
		require.Equal(t, string(first.Bytes()), string(again.Bytes()))
	})
}

func TestWitnessesOfTheConfiguration(t *testing.T) {
	one := newTestWitness(t, "witness.example/one")
	w := test.New(t, 1, func(m *election.Manifest) {
		m.Board.Quorum, m.Board.Witnesses = 1, []string{one.key}
	})
	config := configOf(w, sqliteURL(t), new(clock))
	_, err := New(ctx, config)
	require.ErrorContains(t, err, "asks for 1 witnesses")
	config.Witnesses = []Witness{{newTestWitness(t, "witness.example/other").key, one.server.URL}}
	_, err = New(ctx, config)
	require.ErrorContains(t, err, "the manifest has no witness")
	config.Witnesses = []Witness{{one.key, "no address"}}
	_, err = New(ctx, config)
	require.ErrorContains(t, err, "not the address of a witness")
}

// A witness that hangs is not waited for when others answer.
func TestSlowWitness(t *testing.T) {
	fast := newTestWitness(t, "witness.example/fast")
	slow := newTestWitness(t, "witness.example/slow")
	release := make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		select {
		case <-release:
		case <-req.Context().Done():
		}
	}))
	t.Cleanup(hanging.Close)
	t.Cleanup(func() { close(release) })
	w := test.New(t, 1, func(m *election.Manifest) {
		m.Board.Quorum, m.Board.Witnesses = 1, []string{fast.key, slow.key}
	})
	fast.policy = board.Policy{Origin: test.Origin, LogKey: w.Manifest.Board.Key}
	began := time.Now()
	s := serve(t, w, sqliteURL(t), func(c *Config) {
		c.Witnesses = []Witness{{fast.key, fast.server.URL}, {slow.key, hanging.URL}}
	})
	s.cast(s.prepare(w.Voters[0]))
	require.Less(t, time.Since(began), witnessTimeout)
}
