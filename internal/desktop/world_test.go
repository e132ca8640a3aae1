package desktop

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
	test "valik/collector/collectortest"
	"valik/election"
	"valik/internal/polls"
	voter "valik/voter-app"
)

// world is an election by the clock of this machine, with its true collector, which serves
// the page for the second device, and an attacker on the way to it.
type world struct {
	*polls.Polls
	t *testing.T
}

func newWorld(t *testing.T, voters int, change ...func(*election.Manifest)) *world {
	t.Helper()
	return newWorldWith(t, voters, func(*test.World) {}, change...)
}

// newWorldWith lets more be done before the polls open.
func newWorldWith(t *testing.T, voters int, more func(*test.World), change ...func(*election.Manifest)) *world {
	t.Helper()
	return &world{polls.OpenToday(t, voters, more, change...), t}
}

// takesOnce lets the first request arrive and cuts the answer. To the second one, of which
// came tells, it gives none for as long as the other side waits.
func takesOnce() (l polls.Lie, came <-chan struct{}) {
	var requests atomic.Int64
	second := make(chan struct{})
	return func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		if requests.Add(1) == 1 {
			polls.Takes(w, r, honest)
		}
		_, _ = io.Copy(io.Discard, r.Body) // before that, the server does not see that the client goes
		if requests.Load() == 2 {
			close(second)
		}
		<-r.Context().Done()
	}, second
}

// away lets no request arrive.
func away(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }

// held lets a request wait until the test lets it go.
func held(next polls.Lie) (l polls.Lie, release func()) {
	wait := make(chan struct{})
	return func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		<-wait
		next(w, r, honest)
	}, sync.OnceFunc(func() { close(wait) })
}

// again is another election at the same address.
func (w *world) again() *world {
	w.t.Helper()
	return newWorld(w.t, 1, func(m *election.Manifest) { m.Collector.URL = w.Manifest.Collector.URL })
}

// ballots counts those on the board.
func (w *world) ballots() int {
	w.t.Helper()
	fetch := func(path string) ([]byte, error) {
		answer := httptest.NewRecorder()
		w.Honest().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/"+path, nil))
		return answer.Body.Bytes(), nil
	}
	raw, err := fetch("checkpoint")
	require.NoError(w.t, err)
	c, err := w.Manifest.Policy().Open(raw)
	require.NoError(w.t, err)
	all, err := board.NewTileReader(c, fetch).ReadEntries(0, int(c.Size))
	require.NoError(w.t, err)
	count := 0
	for _, one := range all {
		entry, err := election.ParseEntry(one)
		require.NoError(w.t, err)
		if entry.Kind == election.KindBallot {
			count++
		}
	}
	return count
}

// invitation writes the file by which a voter knows the election.
func (w *world) invitation() string { return w.invitationTo(w.Fingerprint()) }

// invitationTo writes the file of an election with this fingerprint.
func (w *world) invitationTo(fingerprint election.Hash) string {
	w.t.Helper()
	return w.write(voter.NewInvitation(w.Manifest.Collector.URL, fingerprint))
}

// invitationBy writes the file of the election that one of the officials of these has signed.
func (w *world) invitationBy(elections ...*test.World) string {
	w.t.Helper()
	i := voter.NewInvitation(w.Manifest.Collector.URL, election.Hash{})
	i.Fingerprint, i.Authority = nil, &election.Authority{Signatures: 1}
	for _, e := range elections {
		i.Authority.Officials = append(i.Authority.Officials, e.Official.Certificate().Raw)
	}
	return w.write(i)
}

// electionName is the name of an invitation's file, by which the program lists the election.
const electionName = "test-election"

func (w *world) write(i *voter.Invitation) string {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), electionName+".json")
	require.NoError(w.t, os.WriteFile(path, i.Bytes(), 0o600))
	return path
}
