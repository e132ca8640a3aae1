package faults

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	schedules = flag.Int("schedules", 0, "how many random schedules to run; default 5, with -short 2")
	firstSeed = flag.Uint64("seed", 0, "the seed of the first schedule, to run it again; default a new one")
)

// TestRandomSchedules composes faults in random order and at random times, over two
// collectors, PostgreSQL, three witnesses, and the network between all of them.
func TestRandomSchedules(t *testing.T) {
	count := *schedules
	switch {
	case count > 0:
	case *firstSeed != 0:
		count = 1
	case testing.Short():
		count = 2
	default:
		count = 5
	}
	seed := *firstSeed
	if seed == 0 {
		seed = uint64(rand.Uint32()) + 1
	}
	var next atomic.Int64
	for lane := range min(count, atOnce()) {
		t.Run(fmt.Sprint("lane ", lane+1), func(t *testing.T) {
			t.Parallel()
			l := startLane(t)
			for k := int(next.Add(1)); k <= count; k = int(next.Add(1)) {
				seed := seed + uint64(k) - 1
				if !t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { l.run(t, seed) }) {
					t.Fatalf("again: go test ./internal/e2e/faults -run RandomSchedules -seed %d", seed)
				}
			}
		})
	}
}

// atOnce is what -parallel says.
func atOnce() int { return flag.Lookup("test.parallel").Value.(flag.Getter).Get().(int) }

// lane is what the schedules that run one after the other share: servers, but not data.
type lane struct {
	server    *postgres
	witnesses []*witness
}

func startLane(t *testing.T) *lane {
	t.Helper()
	all := startProxies(t)
	return &lane{startPostgres(t, "").behind(t, all), startWitnesses(t, all)}
}

// run makes one schedule of a seed and lives through it.
func (l *lane) run(t *testing.T, seed uint64) {
	began := time.Now()
	d, e := l.server.database(t), newElectorate(t, 6, l.witnesses)
	t.Cleanup(func() { t.Logf("%d ballots in %s, refusals: %v", e.acknowledged(), time.Since(began), e.codes) })
	e.patience = 700 * time.Millisecond
	first, second := e.addNode(t, d.url), e.addNode(t, d.url)
	s := &scene{lane: l, t: t, nodes: []*node{first, second}, data: d}
	plan := s.plan(rand.New(rand.NewPCG(seed, 0)))
	t.Log(plan)
	e.vote(t)
	e.requireMore(t, 5)
	for _, err := range plan.play() {
		require.NoError(t, err)
	}
	e.requireMore(t, 10)
	e.finish(t)
}

// scene is where a schedule plays.
type scene struct {
	*lane
	t        *testing.T
	nodes    []*node
	data     *database
	starting sync.Mutex // one kill of PostgreSQL at a time
}

// act is one fault of a schedule.
type act struct {
	name         string
	at, duration time.Duration
	play         func(time.Duration) error
}

// schedule is a plan of faults, which may overlap.
type schedule []act

func (s schedule) String() string {
	lines := make([]string, len(s))
	for i, a := range s {
		lines[i] = fmt.Sprintf("%4d ms: %s for %d ms", a.at.Milliseconds(), a.name, a.duration.Milliseconds())
	}
	return "schedule:\n" + strings.Join(lines, "\n")
}

// The extent of a schedule.
const (
	mostActs    = 5
	lastBegin   = 1000 * time.Millisecond
	longestFail = 600 * time.Millisecond
)

// plan draws a schedule.
func (s *scene) plan(r *rand.Rand) schedule {
	var all schedule
	for range 2 + r.IntN(mostActs-1) {
		a := s.draw(r)
		a.at, a.duration = time.Duration(r.Int64N(int64(lastBegin))), 50*time.Millisecond+time.Duration(r.Int64N(int64(longestFail)))
		all = append(all, a)
	}
	return all
}

// draw draws one fault.
func (s *scene) draw(r *rand.Rand) act {
	number := r.IntN(len(s.nodes))
	n, w := s.nodes[number], r.IntN(len(s.witnesses))
	networks := []string{"down", "latency", "timeout", "reset", "slow", "torn"}
	network := networks[r.IntN(len(networks))]
	latency := map[string]int{"latency": 50 + r.IntN(800)}
	all := []act{
		{name: fmt.Sprint("kill collector ", number+1), play: n.killFor},
		{name: fmt.Sprint("restart collector ", number+1), play: n.terminateFor},
		{name: fmt.Sprint("kill collector ", number+1, " with a batch in flight"), play: s.killMidBatch(n)},
		{name: fmt.Sprint("clock of collector ", number+1, " back"), play: s.turnBack(n)},
		{name: "kill PostgreSQL", play: s.killServer},
		{name: "hold the lock of the log", play: s.holdLock},
		{name: "network to PostgreSQL: " + network, play: during(s.server.way, networkFaults[network])},
		{name: fmt.Sprint("witness ", w+1, " down"), play: during(s.witnesses[w].way, networkFaults["down"])},
		{name: fmt.Sprint("witness ", w+1, " slow"), play: during(s.witnesses[w].way, toxicOf("latency", "downstream", latency))},
		{name: "no witness", play: s.noWitness},
	}
	return all[r.IntN(len(all))]
}

// play lets everything happen at its time.
func (s schedule) play() []error {
	errs := make([]error, len(s))
	var wait sync.WaitGroup
	for i, a := range s {
		wait.Go(func() {
			time.Sleep(a.at)
			if err := a.play(a.duration); err != nil {
				errs[i] = fmt.Errorf("%s: %w", a.name, err)
			}
		})
	}
	wait.Wait()
	return errs
}

// during lets a fault of a connection last.
func during(p *proxy, fault func(*proxy) (func() error, error)) func(time.Duration) error {
	return func(d time.Duration) error {
		heal, err := fault(p)
		if err != nil {
			return err
		}
		time.Sleep(d)
		return heal()
	}
}

func (n *node) killFor(d time.Duration) error {
	n.kill()
	time.Sleep(d)
	return n.start()
}

// terminateFor ends the collector as an operator does. What it ends with does not matter
// here: its database may be away.
func (n *node) terminateFor(d time.Duration) error {
	if err := n.terminate(); errors.Is(err, errHangs) {
		return err
	}
	time.Sleep(d)
	return n.start()
}

func (s *scene) killMidBatch(n *node) func(time.Duration) error {
	return func(d time.Duration) error {
		release, err := s.data.tryTake(s.data.lock, time.Second)
		if err != nil {
			return nil // another fault has the database
		}
		time.Sleep(100 * time.Millisecond)
		n.kill()
		release()
		time.Sleep(d)
		return n.start()
	}
}

func (s *scene) holdLock(d time.Duration) error {
	release, err := s.data.tryTake(s.data.lock, time.Second)
	if err != nil {
		return nil // another fault has the database
	}
	time.Sleep(d)
	release()
	return nil
}

// turnBack sets a collector's clock back by as much as still lets ballots in.
func (s *scene) turnBack(n *node) func(time.Duration) error {
	return func(d time.Duration) error {
		n.setClock(s.t, -59*time.Minute)
		time.Sleep(d)
		n.setClock(s.t, 0)
		return nil
	}
}

func (s *scene) killServer(d time.Duration) error {
	s.starting.Lock()
	defer s.starting.Unlock()
	if err := s.server.Kill(); err != nil {
		return err
	}
	time.Sleep(d)
	return s.server.Restart()
}

func (s *scene) noWitness(d time.Duration) error {
	for _, w := range s.witnesses {
		if err := w.way.cut(); err != nil {
			return err
		}
	}
	time.Sleep(d)
	for _, w := range s.witnesses {
		if err := w.way.mend(); err != nil {
			return err
		}
	}
	return nil
}
