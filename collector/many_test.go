package collector

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/election"
)

// Two collectors take ballots into one database at once: each ballot is logged once, at
// the index that its receipt says, and either collector gives the same receipt for it.
func TestTwoCollectorsShareADatabase(t *testing.T) {
	w := test.New(t, 24)
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		url := database(t)
		both := []*server{serve(t, w, url), serve(t, w, url)}
		ballots := make([]*test.Signed, len(w.Voters))
		for i, v := range w.Voters {
			ballots[i] = both[0].prepare(v)
		}
		receipts := make([][2]*election.Receipt, len(ballots))
		var wait sync.WaitGroup
		for i, b := range ballots {
			for k, s := range both {
				wait.Go(func() { receipts[i][k] = s.cast(b) })
			}
		}
		wait.Wait()
		entries := both[0].entries()
		require.Len(t, election.Where(entries, election.KindBallot), len(ballots))
		for i, r := range receipts {
			require.Equal(t, string(r[0].Bytes()), string(r[1].Bytes()))
			require.Equal(t, election.BallotLeaf(ballots[i].InnerHash(), ballots[i].Envelope(), r[0].Evidence, r[0].Time), entries[r[0].Index].Artefact)
		}
		both[0].clock.set(test.Closes)
		both[1].clock.set(test.Closes)
		require.Equal(t, both[0].get("/v1/close"), both[1].get("/v1/close"))
		require.Len(t, election.Where(both[1].entries(), election.KindClose), 1)
	})
}

// A collector is killed in the middle of casting, twice. Whatever was acknowledged is in
// the log, once, at its promised index, and asking again gives the same receipt.
func TestKilledCollectorKeepsItsWord(t *testing.T) {
	w := test.New(t, 60)
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		url := database(t)
		ballots := prepareAll(t, w, url)
		receipts := make([]atomic.Pointer[election.Receipt], len(ballots))
		for _, enough := range []int{len(ballots) / 4, len(ballots) / 2} {
			castUntilKilled(t, w, url, ballots, receipts, enough)
		}
		s := serve(t, w, url)
		entries := s.entries()
		for i, b := range ballots {
			again := s.cast(b)
			if r := receipts[i].Load(); r != nil {
				require.Equal(t, string(r.Bytes()), string(again.Bytes()))
				require.Equal(t, election.BallotLeaf(b.InnerHash(), b.Envelope(), r.Evidence, r.Time), entries[r.Index].Artefact)
			}
		}
		require.Len(t, election.Where(s.entries(), election.KindBallot), len(ballots))
	})
}

// prepareAll prepares a ballot of every voter and leaves the polls open.
func prepareAll(t *testing.T, w *test.World, url string) []*test.Signed {
	s := serve(t, w, url)
	defer s.stop()
	s.get("/v1/open")
	anchor := s.anchor()
	ballots := make([]*test.Signed, len(w.Voters))
	for i, v := range w.Voters {
		ballots[i] = w.Ballot(t, v, anchor, s.clock.now())
	}
	return ballots
}

// castUntilKilled casts all ballots at a collector in a process of its own, some at once,
// and kills it when enough have been acknowledged.
func castUntilKilled(t *testing.T, w *test.World, url string, ballots []*test.Signed, receipts []atomic.Pointer[election.Receipt], enough int) {
	t.Helper()
	child, address := startChild(t, w, url)
	var acknowledged atomic.Int64
	var wait sync.WaitGroup
	next := make(chan int)
	for range 8 {
		wait.Go(func() {
			for i := range next {
				resp, err := http.Post(address+"/v1/ballots", containerType, bytes.NewReader(ballots[i].Container))
				if err != nil {
					continue // it is dead
				}
				answer, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil || resp.StatusCode != http.StatusOK {
					continue
				}
				r, err := election.ParseReceipt(answer)
				if err != nil {
					t.Error(err)
					continue
				}
				if _, err := r.Verify(w.Manifest, ballots[i].InnerHash(), ballots[i].Envelope()); err != nil {
					t.Error(err)
				}
				receipts[i].Store(r)
				if acknowledged.Add(1) == int64(enough) {
					child.Process.Kill() // SIGKILL: nothing of it runs any more
				}
			}
		})
	}
	for i := range ballots {
		next <- i
	}
	close(next)
	wait.Wait()
	require.GreaterOrEqual(t, acknowledged.Load(), int64(enough))
	require.Error(t, child.Wait(), "it was killed")
	http.DefaultClient.CloseIdleConnections()
}

// The child is this test's own binary, told by its environment to be a collector.
const (
	childFolder   = "VALIK_TEST_FOLDER"
	childDatabase = "VALIK_TEST_DATABASE"
	childPhrase   = "listening on "
)

func startChild(t *testing.T, w *test.World, url string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childFolder+"="+w.Dir, childDatabase+"="+url)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	address, ok := strings.CutPrefix(strings.TrimSpace(line), childPhrase)
	require.True(t, ok, line)
	return cmd, address
}

func runChild() {
	c, err := newChild(os.Getenv(childFolder), os.Getenv(childDatabase))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%shttp://%s\n", childPhrase, listener.Addr())
	fmt.Fprintln(os.Stderr, http.Serve(listener, c.Handler()))
}

func newChild(folder, database string) (*Collector, error) {
	w, err := test.Load(folder)
	if err != nil {
		return nil, err
	}
	now := new(clock)
	now.set(w.Manifest.Opens.Time().Add(time.Minute))
	return New(ctx, configOf(w, database, now))
}

// What waits when a collector is told to end is committed and answered.
func TestShutdownFinishesTheBatch(t *testing.T) {
	w := test.New(t, 8)
	s := serve(t, w, sqliteURL(t), func(c *Config) { c.Interval = time.Hour })
	s.cast(s.prepare(w.Voters[0])) // the next checkpoint is an hour away
	var wait sync.WaitGroup
	for _, v := range w.Voters[1:] {
		b := s.prepare(v)
		wait.Go(func() {
			r, err := s.c.Cast(ctx, b.Container)
			if err != nil {
				t.Error(err)
				return
			}
			s.requireReceipt(r.Bytes(), b)
		})
	}
	s.eventually(func() bool { return s.c.sequence.waiting.Load() == 7 })
	require.EqualValues(t, 1, s.size()[1])
	s.c.sequence.stop()
	wait.Wait()
	require.EqualValues(t, 8, s.size()[1])
	require.ErrorIs(t, s.c.sequence.submit(ctx, &cast{}), errStopping)
}

// A failing database answers nobody with a receipt, and what it forgot can be cast again.
func TestFailingDatabase(t *testing.T) {
	database, refuse := fragile(t)
	w := test.New(t, 1)
	s := serve(t, w, database)
	b := s.prepare(w.Voters[0])
	admit := refuse()
	status, answer := s.do(http.MethodPost, "/v1/ballots", containerType, b.Container)
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, codeUnavailable, s.requireRefusal(answer, b.InnerHash()).Code)
	status, _ = s.do(http.MethodGet, "/healthz", "", nil)
	require.Equal(t, http.StatusServiceUnavailable, status)
	admit()
	s.cast(b)
}
