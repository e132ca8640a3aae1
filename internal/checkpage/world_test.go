package checkpage

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
	"valik/internal/polls"
	"valik/verifier/web"
)

// world is an election with its collector, which serves the built page.
type world struct {
	*polls.Polls
	t     *testing.T
	mu    sync.Mutex
	asked bytes.Buffer // all that the collector was asked
}

func newWorld(t *testing.T, voters int, change ...func(*election.Manifest)) *world {
	t.Helper()
	w := &world{t: t, Polls: polls.Open(t, voters, change...)}
	w.lie(polls.Passes)
	return w
}

// lie lets somebody else answer from now on, and keeps all of every request.
func (w *world) lie(l polls.Lie) {
	w.Lies(func(rw http.ResponseWriter, r *http.Request, honest http.Handler) {
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
		l(rw, r, honest)
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
