package checkpage

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/collector"
	test "valik/collector/collectortest"
	"valik/eid"
	"valik/election"
	"valik/verifier/web"
	voter "valik/voter-app"
)

var ctx = context.Background()

// world is an election with its collector, which serves the built page.
type world struct {
	*test.World
	t     *testing.T
	unix  atomic.Int64 // the clock of collector and cards
	liar  atomic.Pointer[liar]
	mu    sync.Mutex
	asked bytes.Buffer // all that the collector was asked
}

// liar gives who answers a request in the collector's place, nil for the collector itself.
type liar func(*http.Request) http.Handler

func newWorld(t *testing.T, voters int, change ...func(*election.Manifest)) *world {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	at := func(m *election.Manifest) { m.Collector.URL = "http://" + listener.Addr().String() }
	w := &world{t: t, World: test.New(t, voters, append([]func(*election.Manifest){at}, change...)...)}
	w.unix.Store(test.Opens.Add(time.Minute).Unix())
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: w.listening(w.lying(w.collector().Handler()))}}
	server.Start()
	t.Cleanup(server.Close)
	return w
}

// collector starts one with the keys of the election and a board of its own.
func (w *world) collector() *collector.Collector {
	w.t.Helper()
	c, err := collector.New(ctx, collector.Config{
		Database: "sqlite://" + w.t.TempDir() + "/collector.db", Folder: os.DirFS(w.Dir), BoardKey: w.BoardKey, ReceiptKey: w.ReceiptKey,
		Interval: 10 * time.Millisecond, Now: w.now, CheckPage: web.Page(),
	})
	require.NoError(w.t, err)
	w.t.Cleanup(func() { require.NoError(w.t, c.Close()) })
	return c
}

// lie lets somebody else answer from now on, nobody with nil.
func (w *world) lie(l liar) { w.liar.Store(&l) }

func (w *world) lying(honest http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if l := w.liar.Load(); l != nil && *l != nil {
			if other := (*l)(r); other != nil {
				other.ServeHTTP(rw, r)
				return
			}
		}
		honest.ServeHTTP(rw, r)
	})
}

func (w *world) now() time.Time { return time.Unix(w.unix.Load(), 0).UTC() }

// pass lets time go by.
func (w *world) pass(d time.Duration) { w.unix.Add(int64(d / time.Second)) }

// listening keeps all of every request.
func (w *world) listening(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the client has gone
		}
		w.mu.Lock()
		w.asked.WriteString(r.RequestURI + " ")
		for _, values := range r.Header {
			w.asked.WriteString(strings.Join(values, " "))
		}
		w.asked.Write(append(body, '\n'))
		w.mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(rw, r)
	})
}

// requireSecret holds that the collector was never told what opens the ballot.
func (w *world) requireSecret(link string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ballot, _ := strings.Cut(link, "#")
	fields := strings.Split(ballot, ".")
	require.Contains(w.t, w.asked.String(), fields[2], "the ballot's hash was asked for")
	require.NotContains(w.t, w.asked.String(), fields[3])
}

// vote casts a ballot for a choice with a voter's program, and gives the link that it shows.
func (w *world) vote(v *test.Voter, choice string) string {
	w.t.Helper()
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	e, err := voter.Open(ctx, w.Manifest.Collector.URL, w.Fingerprint(), nil, client)
	require.NoError(w.t, err)
	who, err := e.Identify(ctx, eid.AuthenticateWith(v.Card.Authentication))
	require.NoError(w.t, err)
	prepared, err := e.Prepare(ctx, who, map[string][]string{test.Contest: {choice}})
	require.NoError(w.t, err)
	sealed, err := e.Seal(ctx, prepared, v.Card.Signing, w.now())
	require.NoError(w.t, err)
	receipt, err := e.Cast(ctx, sealed)
	require.NoError(w.t, err)
	return e.Link(sealed, receipt).Reveal()
}

// otherHost serves the page from another host, which vouches for the election.
func (w *world) otherHost() string {
	files := http.FileServerFS(web.Page())
	host := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elections.json" {
			_, _ = io.WriteString(rw, `{"elections":[{"collector":"`+w.Manifest.Collector.URL+`","fingerprint":"`+w.Fingerprint().String()+`"}]}`)
			return
		}
		files.ServeHTTP(rw, r)
	}))
	w.t.Cleanup(host.Close)
	return host.URL
}
