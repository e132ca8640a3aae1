package voter_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"valik/board"
	"valik/collector"
	test "valik/collector/collectortest"
	"valik/eid"
	"valik/election"
	voter "valik/voter-app"
)

var ctx = context.Background()

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is an election with its true collector, and an attacker on the way to it.
type world struct {
	*test.World
	t        *testing.T
	unix     atomic.Int64 // the clock of collector and cards
	attacker *attacker
	server   *httptest.Server
	http     *http.Client
}

// attacker passes requests on to the collector, or lies.
type attacker struct {
	honest http.Handler
	lie    atomic.Pointer[lie]
}

// lie answers a request in the collector's place; it may ask the collector.
type lie func(w http.ResponseWriter, r *http.Request, honest http.Handler)

func (a *attacker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if l := a.lie.Load(); l != nil {
		(*l)(w, r, a.honest)
		return
	}
	a.honest.ServeHTTP(w, r)
}

func newWorld(t *testing.T, voters int, change ...func(*election.Manifest)) *world {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &world{t: t}
	at := func(m *election.Manifest) { m.Collector.URL = "http://" + listener.Addr().String() }
	w.World = test.New(t, voters, append([]func(*election.Manifest){at}, change...)...)
	w.setTime(test.Opens.Add(time.Minute))
	c, err := collector.New(ctx, collector.Config{
		Database: "sqlite://" + t.TempDir() + "/collector.db", Folder: os.DirFS(w.Dir), BoardKey: w.BoardKey, ReceiptKey: w.ReceiptKey,
		Interval: 10 * time.Millisecond, Now: w.now,
	})
	require.NoError(t, err)
	w.attacker = &attacker{honest: c.Handler()}
	w.server = &httptest.Server{Listener: listener, Config: &http.Server{Handler: w.attacker}}
	w.server.Start()
	w.http = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{}}
	t.Cleanup(func() {
		w.http.CloseIdleConnections()
		w.server.Close()
		require.NoError(t, c.Close())
	})
	return w
}

func (w *world) now() time.Time       { return time.Unix(w.unix.Load(), 0).UTC() }
func (w *world) setTime(at time.Time) { w.unix.Store(at.Unix()) }

// lies makes the attacker lie, or be honest again with nil.
func (w *world) lies(l lie) {
	if l == nil {
		w.attacker.lie.Store(nil)
		return
	}
	w.attacker.lie.Store(&l)
}

// in is the world for a part of a test, in which the attacker becomes honest again.
func (w *world) in(t *testing.T) *world {
	t.Cleanup(func() { w.lies(nil) })
	return &world{World: w.World, t: t, attacker: w.attacker, server: w.server, http: w.http}
}

func (w *world) tryOpen(seen []byte) (*voter.Election, error) {
	return voter.Open(ctx, w.Manifest.Collector.URL, w.Fingerprint(), seen, w.http)
}

func (w *world) open() *voter.Election {
	w.t.Helper()
	e, err := w.tryOpen(nil)
	require.NoError(w.t, err)
	return e
}

func selection(v *election.Eligibility, k string) map[string][]string {
	if v.District == test.Elsewhere {
		return map[string][]string{test.Contest: {"2." + k}}
	}
	return map[string][]string{test.Contest: {"1." + k}}
}

// prepare does all that comes before casting.
func (w *world) prepare(e *voter.Election, v *test.Voter) *voter.Sealed {
	w.t.Helper()
	who, err := e.Identify(ctx, eid.AuthenticateWith(v.Card.Authentication))
	require.NoError(w.t, err)
	p, err := e.Prepare(ctx, who, selection(who, "1"))
	require.NoError(w.t, err)
	s, err := e.Seal(ctx, p, v.Card.Signing, test.Opens.Add(time.Minute))
	require.NoError(w.t, err)
	return s
}

func (w *world) cast(e *voter.Election, s *voter.Sealed) *election.Receipt {
	w.t.Helper()
	r, err := e.Cast(ctx, s)
	require.NoError(w.t, err)
	return r
}

// vote casts a ballot of a voter on a device of its own.
func (w *world) vote(v *test.Voter) *election.Receipt {
	w.t.Helper()
	e := w.open()
	return w.cast(e, w.prepare(e, v))
}

// ask gives the collector's answer to a request.
func ask(r *http.Request, honest http.Handler) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	honest.ServeHTTP(answer, r)
	return answer
}

// lieAt lies at paths that begin so, and passes on all others.
func lieAt(path string, l lie) lie {
	return func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		if !strings.HasPrefix(r.URL.Path, path) {
			honest.ServeHTTP(w, r)
			return
		}
		l(w, r, honest)
	}
}

// says answers with these bytes.
func says(status int, body []byte) lie {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}
}

// entries reads the true board.
func (w *world) entries() [][]byte {
	w.t.Helper()
	fetch := func(path string) ([]byte, error) {
		return ask(httptest.NewRequest(http.MethodGet, "/"+path, nil), w.attacker.honest).Body.Bytes(), nil
	}
	raw, err := fetch("checkpoint")
	require.NoError(w.t, err)
	c, err := w.Manifest.Policy().Open(raw)
	require.NoError(w.t, err)
	all, err := board.NewTileReader(c, fetch).ReadEntries(0, int(c.Size))
	require.NoError(w.t, err)
	return all
}

// otherBoard is a board that the log's own key has signed, with other entries.
type otherBoard struct {
	folder     *board.Folder
	checkpoint *board.Checkpoint
	files      http.Handler
}

func (w *world) otherBoard(entries ...[]byte) *otherBoard {
	w.t.Helper()
	dir := w.t.TempDir()
	f, err := board.CreateFolder(dir, w.Manifest.Policy(), w.BoardKey)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { require.NoError(w.t, f.Close()) })
	c, err := f.Append(w.BoardKey, entries...)
	require.NoError(w.t, err)
	return &otherBoard{f, c, http.FileServer(http.Dir(dir))}
}

// instead shows this board in place of the true one.
func (b *otherBoard) instead(w http.ResponseWriter, r *http.Request, honest http.Handler) {
	if r.URL.Path == "/checkpoint" || strings.HasPrefix(r.URL.Path, "/tile/") {
		b.files.ServeHTTP(w, r)
		return
	}
	honest.ServeHTTP(w, r)
}

// foreign is a well-formed entry of something else.
func (w *world) foreign(s string) []byte {
	return election.NewEntry(election.KindRoll, w.Fingerprint(), election.HashOf([]byte(s))).Bytes()
}
