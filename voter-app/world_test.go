package voter_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"valik/board"
	test "valik/collector/collectortest"
	"valik/eid"
	"valik/election"
	"valik/internal/polls"
	voter "valik/voter-app"
)

var ctx = context.Background()

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is an election with its true collector, and an attacker on the way to it.
type world struct {
	*polls.Polls
	t      *testing.T
	server *httptest.Server // of a world with TLS
	http   *http.Client
}

func newWorld(t *testing.T, voters int, change ...func(*election.Manifest)) *world {
	t.Helper()
	w := &world{Polls: polls.Open(t, voters, change...), t: t, http: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{}}}
	t.Cleanup(w.http.CloseIdleConnections)
	return w
}

// in is the world for a part of a test, in which the attacker becomes honest again.
func (w *world) in(t *testing.T) *world {
	t.Cleanup(func() { w.Lies(nil) })
	return &world{Polls: w.Polls, t: t, server: w.server, http: w.http}
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

// entries reads the true board.
func (w *world) entries() [][]byte {
	w.t.Helper()
	fetch := func(path string) ([]byte, error) {
		return polls.Ask(httptest.NewRequest(http.MethodGet, "/"+path, nil), w.Honest()).Body.Bytes(), nil
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
