package polls

import (
	"net/http"
	"net/http/httptest"
	"strings"
)

// Lie answers a request in the collector's place; it may ask the collector.
type Lie func(w http.ResponseWriter, r *http.Request, honest http.Handler)

// Lies puts a liar on the way to the collector, or takes them away with nil.
func (p *Polls) Lies(l Lie) {
	if l == nil {
		p.lie.Store(nil)
		return
	}
	p.lie.Store(&l)
}

// ServeHTTP passes requests on to the collector, or lies.
func (p *Polls) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if l := p.lie.Load(); l != nil {
		(*l)(w, r, p.honest)
		return
	}
	p.honest.ServeHTTP(w, r)
}

// Honest is the collector's own handler.
func (p *Polls) Honest() http.Handler { return p.honest }

// Address is where the server of [Open] is, whatever the manifest says.
func (p *Polls) Address() string { return p.served.URL }

// Shut closes the server of [Open]: nobody answers any more.
func (p *Polls) Shut() { p.served.Close() }

// Ask gives the collector's answer to a request.
func Ask(r *http.Request, honest http.Handler) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	honest.ServeHTTP(answer, r)
	return answer
}

// At lies at paths that begin so, and passes on all others.
func At(path string, l Lie) Lie {
	return func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		if !strings.HasPrefix(r.URL.Path, path) {
			honest.ServeHTTP(w, r)
			return
		}
		l(w, r, honest)
	}
}

// Passes is no lie.
func Passes(w http.ResponseWriter, r *http.Request, honest http.Handler) { honest.ServeHTTP(w, r) }

// Says answers with these bytes.
func Says(status int, body []byte) Lie {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}
}

// Instead asks another collector.
func Instead(other http.Handler) Lie {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) { other.ServeHTTP(w, r) }
}

// TwoBoards answers as a collector does that has taken ballots on a board of their own, and
// shows the other one to who checks.
func TwoBoards(hidden http.Handler) Lie {
	return func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		if r.URL.Path == "/checkpoint" || strings.HasPrefix(r.URL.Path, "/tile/") {
			honest.ServeHTTP(w, r)
			return
		}
		hidden.ServeHTTP(w, r)
	}
}

// Takes lets a request arrive, and cuts the answer off.
func Takes(_ http.ResponseWriter, r *http.Request, honest http.Handler) {
	Ask(r, honest)
	panic(http.ErrAbortHandler)
}
