package rest_test

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid/internal/rest"
	"valik/eid/internal/rest/resttest"
)

// service is a server that begins a session on every POST, of which it is asked at /s/ID.
type service struct{ resttest.Sessions }

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		var request map[string]any
		body, err := resttest.Decode(r, &request)
		if err != nil {
			resttest.Fail(w, err)
		} else if b := s.Behaviour(); !b.Before(w, r, body) {
			s.Begin(w, b, "", map[string]string{"state": "COMPLETE"})
		}
		return
	}
	s.Status(w, r, "", strings.TrimPrefix(r.URL.Path, "/s/"))
}

// quick waits for a person as long as tests can afford.
var quick = rest.Wait{Poll: time.Second, Pause: 2 * time.Millisecond, Limit: 30 * time.Second}

func newService(t *testing.T, b resttest.Behaviour) (*service, *rest.Client) {
	t.Helper()
	s := new(service)
	s.Behave(b)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	c, err := rest.New("test", server.URL, nil)
	require.NoError(t, err)
	return s, c
}

// whole begins a session and awaits its end.
func whole(ctx context.Context, c *rest.Client, w rest.Wait) error {
	ctx, cancel := w.Within(ctx)
	defer cancel()
	answer, err := c.Post(ctx, map[string]string{"a": "b"}, "begin")
	if err != nil {
		return err
	}
	id, err := c.Session(answer)
	if err != nil {
		return err
	}
	return c.Await(ctx, w, func(answer []byte) (bool, error) {
		var a struct {
			State string `json:"state"`
		}
		if err := c.Parse(answer, &a); err != nil {
			return false, err
		}
		return c.Complete(a.State)
	}, "s", id)
}

func TestLongPollingUntilThePersonIsReady(t *testing.T) {
	s, c := newService(t, resttest.Behaviour{Delay: 1900 * time.Millisecond})
	require.NoError(t, whole(t.Context(), c, quick))
	require.Equal(t, 2, s.Questions(), "one question waits a second")
}

func TestALostConnectionIsNotTheEnd(t *testing.T) {
	s, c := newService(t, resttest.Behaviour{Lie: resttest.OneFault})
	require.NoError(t, whole(t.Context(), c, quick))
	require.Equal(t, 2, s.Questions())
	s.Behave(resttest.Behaviour{Lie: resttest.CutOff})
	require.Equal(t, "unreachable", rest.CodeOf(whole(t.Context(), c, quick)))
	require.Equal(t, 2+4, s.Questions(), "the fourth fault in a row is one too many")
}

func TestTheTimeLimit(t *testing.T) {
	for _, lie := range []resttest.Lie{resttest.NeverEnds, resttest.Silence} {
		t.Run(string(lie), func(t *testing.T) {
			s, c := newService(t, resttest.Behaviour{Lie: lie})
			w := quick
			w.Pause, w.Limit = 20*time.Millisecond, 200*time.Millisecond
			err := whole(t.Context(), c, w)
			require.Equal(t, "time_limit", rest.CodeOf(err))
			require.ErrorIs(t, err, rest.ErrTimedOut)
			require.LessOrEqual(t, s.Questions(), 11, "a pause is kept even if the service answers at once")
		})
	}
}

func TestTheCallerStops(t *testing.T) {
	for _, lie := range []resttest.Lie{resttest.NeverEnds, resttest.Silence} {
		t.Run(string(lie), func(t *testing.T) {
			_, c := newService(t, resttest.Behaviour{Lie: lie})
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(50*time.Millisecond, cancel)
			err := whole(ctx, c, quick)
			require.Equal(t, "interrupted", rest.CodeOf(err))
			require.ErrorIs(t, err, context.Canceled)
			ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			require.ErrorIs(t, whole(ctx, c, quick), context.DeadlineExceeded)
		})
	}
}

func TestAnswersHaveABound(t *testing.T) {
	_, c := newService(t, resttest.Behaviour{Lie: resttest.Endless})
	err := whole(t.Context(), c, quick)
	require.Equal(t, "answer_too_large", rest.CodeOf(err))
	require.ErrorIs(t, err, rest.ErrUntrue)
}

func TestNobodyIsRedirected(t *testing.T) {
	_, c := newService(t, resttest.Behaviour{Lie: resttest.Redirect})
	err := c.Because(whole(t.Context(), c, quick), nil)
	require.EqualError(t, err, "test: http_status: "+rest.StatusUnknown.Sentence+" (the answer is HTTP status 307)")
}

func TestOnlyHTTPS(t *testing.T) {
	for _, address := range []string{"https://sk.example.ee/mid-api", "http://127.0.0.1:1/", "http://localhost:1", "http://[::1]:1"} {
		_, err := rest.New("test", address, nil)
		require.NoError(t, err, address)
	}
	for _, address := range []string{
		"", "sk.example.ee", "http://sk.example.ee", "http://127.0.0.1.example.ee", "ftp://127.0.0.1",
		"https://user:pass@sk.example.ee", "https://sk.example.ee/?a=b", "https://sk.example.ee/#a", "https://\x7f",
	} {
		_, err := rest.New("test", address, nil)
		require.Equal(t, "config", rest.CodeOf(err), address)
		require.NotContains(t, err.Error(), "example", "an address may hold a password")
	}
}

func TestTLSIsChecked(t *testing.T) {
	s := new(service)
	server := httptest.NewUnstartedServer(s)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	c, err := rest.New("test", server.URL, server.Client())
	require.NoError(t, err)
	require.NoError(t, whole(t.Context(), c, quick))

	c, err = rest.New("test", server.URL, nil)
	require.NoError(t, err)
	err = whole(t.Context(), c, quick)
	require.Equal(t, "unreachable", rest.CodeOf(err))
	var untrusted *tls.CertificateVerificationError
	require.ErrorAs(t, err, &untrusted)
}

func TestWaitBounds(t *testing.T) {
	_, c := newService(t, resttest.Behaviour{})
	w, err := rest.Wait{}.Ready(c)
	require.NoError(t, err)
	require.Equal(t, rest.Wait{Poll: 30 * time.Second, Pause: time.Second, Limit: 3 * time.Minute}, w)
	for _, bad := range []rest.Wait{{Poll: time.Millisecond}, {Poll: time.Hour}, {Pause: -1}, {Limit: -1}} {
		_, err := bad.Ready(c)
		require.Equal(t, "config", rest.CodeOf(err))
	}
}

func TestSessionIdentifiers(t *testing.T) {
	_, c := newService(t, resttest.Behaviour{})
	for answer, ok := range map[string]bool{
		`{"sessionID":"de305d54-75b4-431b-adb2-eb6b9e546014"}`: true,
		`{"sessionID":"abc","new":[{"a":1}]}`:                  true,
		`{"sessionID":""}`:                                     false,
		`{}`:                                                   false,
		`{"sessionID":"../certificate"}`:                       false,
		`{"sessionID":"a?timeoutMs=1"}`:                        false,
		`{"sessionID":"` + strings.Repeat("a", 65) + `"}`:      false,
		`{"sessionID":7}`:                                      false,
		`{"sessionID":"a"}x`:                                   false,
		`["a"]`:                                                false,
		"":                                                     false,
		base64.StdEncoding.EncodeToString([]byte(`{"sessionID":"a"}`)): false,
	} {
		_, err := c.Session([]byte(answer))
		if ok {
			require.NoError(t, err, answer)
		} else {
			require.Equal(t, "answer_form", rest.CodeOf(err), answer)
		}
	}
}

func TestRedacted(t *testing.T) {
	v := struct {
		rest.Redacted
		UUID string
	}{UUID: "5ec7e7"}
	require.NotContains(t, resttest.Texts(v, &v), "5ec7e7")
}

func FuzzSession(f *testing.F) {
	f.Add([]byte(`{"sessionID":"de305d54-75b4-431b-adb2-eb6b9e546014"}`))
	f.Add([]byte(`{"sessionID":"a"}{}`))
	c, err := rest.New("test", "https://sk.example.ee", nil)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, answer []byte) {
		id, err := c.Session(answer)
		if err != nil {
			require.Equal(t, "answer_form", rest.CodeOf(err))
			return
		}
		require.NotContains(t, id, "/")
		require.NotContains(t, id, ".")
	})
}
