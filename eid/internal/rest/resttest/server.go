package resttest

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Sessions is the common half of a server. Its zero value is ready.
type Sessions struct {
	mu        sync.Mutex
	behaviour Behaviour
	running   map[string]*running
	questions int
}

// running is a session: when it ends, and how.
type running struct {
	purpose   string
	end       time.Time
	answer    any
	behaviour Behaviour
	asked     int
}

// Behave says how the server behaves to requests from now on. It panics for a lie that
// is none.
func (s *Sessions) Behave(b Behaviour) {
	if b.Lie != "" && !slices.Contains(Lies(), b.Lie) {
		panic("resttest: no such lie: " + string(b.Lie))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behaviour = b
}

// Behaviour is what Behave said last.
func (s *Sessions) Behaviour() Behaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.behaviour
}

// Questions is how many times anybody asked about a session.
func (s *Sessions) Questions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.questions
}

// Begin makes a session of a purpose, which ends with answer, and replies with its
// identifier.
func (s *Sessions) Begin(w http.ResponseWriter, b Behaviour, purpose string, answer any) {
	s.mu.Lock()
	if s.running == nil {
		s.running = map[string]*running{}
	}
	id := NewID()
	s.running[id] = &running{purpose, time.Now().Add(b.Delay), answer, b, 0}
	s.mu.Unlock()
	if b.Lie == BadSession {
		id = "../certificate?"
	}
	Reply(w, map[string]string{"sessionID": id})
}

// Accept reads a request that begins something, strictly, and has it checked. It gives the
// body for Before, or answers itself and says that there is no more to do.
func Accept(w http.ResponseWriter, r *http.Request, into any, check func() error) (body []byte, ok bool) {
	if r.Method != http.MethodPost {
		Fail(w, Refuse(http.StatusMethodNotAllowed, "Method Not Allowed"))
		return nil, false
	}
	body, err := Decode(r, into)
	if err == nil {
		err = check()
	}
	if err != nil {
		Fail(w, err)
		return nil, false
	}
	return body, true
}

// Before does what the behaviour does to every request that begins something, and says
// whether that was all.
func (b Behaviour) Before(w http.ResponseWriter, r *http.Request, body []byte) bool {
	switch {
	case b.Lie == Redirect:
		w.Header().Set("Location", "http://127.0.0.1:1/"+string(body))
		w.WriteHeader(http.StatusTemporaryRedirect)
	case b.Lie == Silence:
		<-r.Context().Done()
	case b.Status != 0:
		b.fail(w, b.Status, body)
	default:
		return false
	}
	return true
}

// fail answers with a status, repeating the request if the behaviour says so.
func (b Behaviour) fail(w http.ResponseWriter, status int, body []byte) {
	text := "told to fail"
	if b.Echo {
		text = string(body)
		w.Header().Set("Warning", strings.ReplaceAll(text, "\n", " "))
	}
	Fail(w, Refuse(status, "%s", text))
}

// Status answers a question about a session of a purpose: it waits until the session
// ends, but not longer than asked.
func (s *Sessions) Status(w http.ResponseWriter, r *http.Request, purpose, id string) {
	if r.Method != http.MethodGet {
		Fail(w, Refuse(http.StatusMethodNotAllowed, "Method Not Allowed"))
		return
	}
	wait, err := Timeout(r)
	if err != nil {
		Fail(w, err)
		return
	}
	s.mu.Lock()
	s.questions++
	session := s.running[id]
	if session == nil || session.purpose != purpose {
		s.mu.Unlock()
		Fail(w, Refuse(http.StatusNotFound, "SessionID not found"))
		return
	}
	session.asked++
	asked, b := session.asked, session.behaviour
	s.mu.Unlock()
	if b.SessionStatus != 0 {
		b.fail(w, b.SessionStatus, []byte(r.URL.String()))
		return
	}
	if b.lie(w, asked) {
		return
	}
	if left := time.Until(session.end); left > 0 {
		select {
		case <-time.After(min(left, wait)):
		case <-r.Context().Done():
		}
	}
	if time.Now().Before(session.end) {
		Reply(w, map[string]string{"state": "RUNNING", "time": Stamp(), "traceId": "460ef8a6be5730da"})
		return
	}
	Reply(w, session.answer)
}

// lie tells the lies about a session's state, and says whether it did.
func (b Behaviour) lie(w http.ResponseWriter, asked int) bool {
	switch b.Lie {
	case Garbage:
		w.Write([]byte("<html>It works!</html>"))
	case Trailing:
		w.Write([]byte(`{"state":"RUNNING"}{}`))
	case BadState:
		w.Write([]byte(`{"state":"FINISHED"}`))
	case NeverEnds:
		w.Write([]byte(`{"state":"RUNNING"}`))
	case Endless:
		endless(w)
	case CutOff:
		cut(w)
	case OneFault:
		if asked > 1 {
			return false
		}
		cut(w)
	default:
		return false
	}
	return true
}

// endless writes until the other side has enough.
func endless(w http.ResponseWriter) {
	w.Write([]byte(`{"state":"`))
	for line := []byte(strings.Repeat("A", 4096)); ; {
		if _, err := w.Write(line); err != nil {
			return
		}
	}
}

// cut ends the connection within an answer.
func cut(w http.ResponseWriter) {
	w.Header().Set("Content-Length", "1000")
	w.Write([]byte(`{"state":`))
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}
