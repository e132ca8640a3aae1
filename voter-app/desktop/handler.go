package desktop

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"valik/eid/keyring"
	"valik/eid/secret"
	"valik/election"
	"valik/voter-app/desktop/ui"
)

// ErrRequest says that a request is not understood.
var ErrRequest = errors.New("desktop: the request is not understood")

const (
	keyHeader    = "X-Valik-Key"
	patience     = 20 * time.Second // of a request for a newer state
	requestLimit = 16 << 20         // bytes: files of keys in base64
	answerLimit  = 4096             // bytes of a PIN or a passphrase
)

// policy lets the face load only itself, and speak only to its own program.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves the face, and what it asks for under /api/. With a key, which is secret, only
// who knows it may ask: other users and other pages of the machine's browser may not.
func (a *App) Handler(key string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServerFS(ui.Files()))
	mux.Handle("/api/", guard(key, a.api()))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	})
}

func guard(key string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get(keyHeader)), []byte(key)) != 1 {
			http.Error(w, "this is another's program", http.StatusForbidden)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, requestLimit)
		next.ServeHTTP(w, r)
	})
}

// api is what the face may ask for; doc.go lists it.
func (a *App) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/state", a.getState)
	mux.HandleFunc("GET /api/link", a.getLink)
	mux.HandleFunc("POST /api/answer", a.postAnswer)
	for name, do := range map[string]func(*http.Request) error{
		"language": a.postLanguage, "open": a.postOpen, "identify": a.postIdentify, "choose": a.postChoose,
		"look": plain(a.Look), "back": plain(a.Back), "cast": plain(a.Cast), "resume": plain(a.Resume),
		"receipt": plain(a.SaveReceipt), "revote": plain(a.Revote), "leave": plain(a.Leave), "stop": plain(a.Stop),
	} {
		mux.HandleFunc("POST /api/"+name, func(w http.ResponseWriter, r *http.Request) { answer(w, do(r)) })
	}
	return mux
}

func plain(do func() error) func(*http.Request) error {
	return func(*http.Request) error { return do() }
}

// answer tells what became of a request.
func answer(w http.ResponseWriter, err error) {
	var selection *election.SelectionError
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, ErrBusy), errors.Is(err, ErrStep):
		http.Error(w, err.Error(), http.StatusConflict)
	case errors.Is(err, ErrRequest), errors.As(err, &selection):
		http.Error(w, err.Error(), http.StatusBadRequest)
	default:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// read reads the JSON of a request.
func read(r *http.Request, into any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return fmt.Errorf("%w: it is not application/json", ErrRequest)
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", ErrRequest, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: something stands behind it", ErrRequest)
	}
	return nil
}

func (a *App) getState(w http.ResponseWriter, r *http.Request) {
	after, err := strconv.ParseUint(r.URL.Query().Get("after"), 10, 64)
	if err != nil {
		answer(w, fmt.Errorf("%w: after which version?", ErrRequest))
		return
	}
	ctx, stop := context.WithTimeout(r.Context(), patience)
	defer stop()
	write(w, a.State(ctx, after))
}

func write(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // if it fails the face has gone
}

func (a *App) getLink(w http.ResponseWriter, _ *http.Request) {
	link, err := a.Link()
	if err != nil {
		answer(w, err)
		return
	}
	write(w, link)
}

func (a *App) postLanguage(r *http.Request) error {
	var body struct{ Language string }
	if err := read(r, &body); err != nil {
		return err
	}
	return a.SetLanguage(body.Language)
}

func (a *App) postOpen(r *http.Request) error {
	var body struct{ ID, Invitation, Collector, Fingerprint string }
	switch err := read(r, &body); {
	case err != nil:
		return err
	case body.ID != "":
		return a.OpenKnown(body.ID)
	case body.Invitation != "":
		return a.OpenFile(body.Invitation)
	}
	return a.OpenTyped(body.Collector, body.Fingerprint)
}

func (a *App) postIdentify(r *http.Request) error {
	var body struct {
		ID    string
		Files []struct {
			Name    string
			Content []byte
		}
	}
	if err := read(r, &body); err != nil {
		return err
	}
	if body.Files == nil {
		return a.Identify(body.ID)
	}
	var files []keyring.Content
	for _, f := range body.Files {
		files = append(files, keyring.Content{Name: f.Name, Bytes: f.Content})
	}
	return a.IdentifyByFiles(files)
}

// postAnswer takes the secret as the body itself, so that it lies in few places.
func (a *App) postAnswer(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.URL.Query().Get("id"))
	if err != nil {
		answer(w, fmt.Errorf("%w: which question?", ErrRequest))
		return
	}
	b, err := io.ReadAll(io.LimitReader(r.Body, answerLimit+1))
	if err != nil || len(b) > answerLimit {
		clear(b)
		answer(w, fmt.Errorf("%w: an answer has at most %d bytes", ErrRequest, answerLimit))
		return
	}
	answer(w, a.Answer(id, secret.New(b)))
}

func (a *App) postChoose(r *http.Request) error {
	var body struct{ Selections map[string][]string }
	if err := read(r, &body); err != nil {
		return err
	}
	return a.Choose(body.Selections)
}
