package collector

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"valik/board"
	test "valik/collector/collectortest"
	"valik/election"
	"valik/internal/testpg"
)

func TestMain(m *testing.M) {
	if os.Getenv(childFolder) != "" {
		runChild()
		return
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if postgresUsed.Load() {
			if s, err := postgres(); err == nil {
				err = s.Stop()
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
				}
			}
		}
		os.Exit(code)
	}))
}

// postgres is one server for all tests: to start one takes longer than most of them.
var postgres = sync.OnceValues(func() (*testpg.Server, error) {
	postgresUsed.Store(true)
	return testpg.New()
})

var postgresUsed atomic.Bool

// onBoth tells a story on both databases.
func onBoth(t *testing.T, story func(t *testing.T, database func(*testing.T) string)) {
	t.Run("SQLite", func(t *testing.T) {
		story(t, func(t *testing.T) string { return sqliteURL(t) })
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		s, err := postgres()
		require.NoError(t, err)
		story(t, func(t *testing.T) string { return s.Database(t) })
	})
}

// fragile is a database that can be made to refuse everybody, until admit is called.
func fragile(t *testing.T) (database string, refuse func() (admit func())) {
	s, err := postgres()
	require.NoError(t, err)
	database = s.Database(t)
	return database, func() func() { return s.Refuse(t, database) }
}

func sqliteURL(t *testing.T) string {
	return (&url.URL{Scheme: "sqlite", Path: filepath.Join(t.TempDir(), "collector.db")}).String()
}

var ctx = context.Background()

// clock is the time that the tests let pass.
type clock struct{ unix atomic.Int64 }

func (c *clock) now() time.Time       { return time.Unix(c.unix.Load(), 0).UTC() }
func (c *clock) set(t time.Time)      { c.unix.Store(t.Unix()) }
func (c *clock) pass(d time.Duration) { c.set(c.now().Add(d)) }

// configOf is a collector's configuration over a database, with a clock.
func configOf(w *test.World, database string, c *clock) Config {
	return Config{
		Database: database, Folder: os.DirFS(w.Dir), BoardKey: w.BoardKey, ReceiptKey: w.ReceiptKey,
		Interval: 20 * time.Millisecond, Now: c.now,
	}
}

// server is a running collector.
type server struct {
	t     *testing.T
	w     *test.World
	c     *Collector
	clock *clock
	http  *httptest.Server
}

// serve starts a collector in the first minute of the voting.
func serve(t *testing.T, w *test.World, database string, change ...func(*Config)) *server {
	t.Helper()
	return serveAt(t, w, database, test.Opens.Add(time.Minute), change...)
}

func serveAt(t *testing.T, w *test.World, database string, at time.Time, change ...func(*Config)) *server {
	t.Helper()
	s := startAt(t, w, database, at, change...)
	_, err := s.c.published(ctx, 0)
	require.NoError(t, err)
	return s
}

// startAt starts a collector and waits for nothing.
func startAt(t *testing.T, w *test.World, database string, at time.Time, change ...func(*Config)) *server {
	t.Helper()
	s := &server{t: t, w: w, clock: new(clock)}
	s.clock.set(at)
	config := configOf(w, database, s.clock)
	for _, f := range change {
		f(&config)
	}
	var err error
	s.c, err = New(ctx, config)
	require.NoError(t, err)
	s.http = httptest.NewServer(s.c.Handler())
	t.Cleanup(s.stop)
	return s
}

// in is the server for a part of a test.
func (s *server) in(t *testing.T) *server {
	return &server{t: t, w: s.w, c: s.c, clock: s.clock, http: s.http}
}

// stop may be called twice.
func (s *server) stop() {
	if s.http == nil {
		return
	}
	s.http.Close()
	s.http = nil
	require.NoError(s.t, s.c.Close())
}

// do makes a request and holds the answer against openapi.yaml.
func (s *server) do(method, path, contentType string, body []byte) (status int, answer []byte) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.http.URL+path, bytes.NewReader(body))
	require.NoError(s.t, err)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := s.http.Client().Do(req)
	require.NoError(s.t, err)
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	requireDescribed(s.t, req, resp, answer)
	return resp.StatusCode, answer
}

func (s *server) get(path string) []byte {
	s.t.Helper()
	status, answer := s.do(http.MethodGet, path, "", nil)
	require.Equal(s.t, http.StatusOK, status, "%s: %s", path, answer)
	return answer
}

// metrics are what an operator sees, who has a listener of their own.
func (s *server) metrics() string {
	answer := httptest.NewRecorder()
	s.c.metrics.handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return answer.Body.String()
}

// cast casts a ballot and verifies the receipt as a voter does.
func (s *server) cast(b *test.Signed) *election.Receipt {
	s.t.Helper()
	status, answer := s.do(http.MethodPost, "/v1/ballots", containerType, b.Container)
	require.Equal(s.t, http.StatusOK, status, "%s", answer)
	return s.requireReceipt(answer, b)
}

func (s *server) requireReceipt(answer []byte, b *test.Signed) *election.Receipt {
	s.t.Helper()
	r, err := election.ParseReceipt(answer)
	require.NoError(s.t, err)
	_, err = r.Verify(s.w.Manifest, b.InnerHash(), b.Envelope())
	require.NoError(s.t, err)
	return r
}

// requireRefused casts and expects a signed refusal with this status and code, and that
// nothing was stored.
func (s *server) requireRefused(b *test.Signed, status int, code string) *election.Refusal {
	s.t.Helper()
	before := s.size()
	got, answer := s.do(http.MethodPost, "/v1/ballots", containerType, b.Container)
	r := s.requireRefusal(answer, b.InnerHash())
	require.Equal(s.t, code, r.Code)
	require.Equal(s.t, status, got)
	require.Equal(s.t, before, s.size(), "something was logged")
	return r
}

func (s *server) requireRefusal(answer []byte, about election.Hash) *election.Refusal {
	s.t.Helper()
	r, err := election.ParseRefusal(answer)
	require.NoError(s.t, err, "%s", answer)
	require.NoError(s.t, r.Verify(s.w.Manifest, about))
	require.NotEmpty(s.t, r.Message)
	return r
}

// size is the number of entries and of ballots.
func (s *server) size() [2]uint64 {
	size, _, err := s.c.store.Head(ctx)
	require.NoError(s.t, err)
	ballots, err := s.c.store.Ballots(ctx)
	require.NoError(s.t, err)
	return [2]uint64{size, ballots}
}

// anchor is the newest checkpoint, as the voter's program sees and verifies it.
func (s *server) anchor() election.Anchor {
	s.t.Helper()
	c, err := s.w.Manifest.Policy().Open(s.get("/checkpoint"))
	require.NoError(s.t, err)
	return election.Anchor{Size: c.Size, Root: election.Hash(c.Root)}
}

// prepare makes a ballot over the newest checkpoint.
func (s *server) prepare(v *test.Voter) *test.Signed {
	s.t.Helper()
	return s.w.Ballot(s.t, v, s.anchor(), s.clock.now())
}

// entries reads the whole board over HTTP and verifies all of it.
func (s *server) entries() []election.Entry {
	s.t.Helper()
	c, err := s.w.Manifest.Policy().Open(s.get("/checkpoint"))
	require.NoError(s.t, err)
	tiles := board.NewTileReader(c, func(path string) ([]byte, error) { return s.get("/" + path), nil })
	leaves, err := tiles.ReadEntries(0, int(c.Size))
	require.NoError(s.t, err)
	entries, err := election.ParseEntries(leaves)
	require.NoError(s.t, err)
	require.NoError(s.t, election.CheckOrder(entries, s.w.Manifest))
	require.NoError(s.t, s.c.store.Audit(ctx))
	return entries
}
