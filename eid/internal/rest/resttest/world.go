package resttest

import (
	"crypto/elliptic"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
)

// Now is when the persons of a World vote.
var Now = time.Date(2029, 3, 4, 12, 0, 0, 0, time.UTC)

// World is one test issuer and one person a kind of key.
type World struct {
	Authority *testpki.Authority
	Cards     map[string]*testpki.Card // P-256, P-384, RSA
}

// NewWorld makes a world of some kinds of keys. A package keeps one for all its tests: RSA
// keys take long. It panics where keys cannot be made.
func NewWorld(kinds ...string) *World {
	authority, err := testpki.NewAuthority("Test", Now.AddDate(-1, 0, 0), Now.AddDate(1, 0, 0))
	if err != nil {
		panic(err)
	}
	w := &World{authority, map[string]*testpki.Card{}}
	for i, kind := range kinds {
		if w.Cards[kind], err = w.issue(testpki.PersonalCode(766+i), kind); err != nil {
			panic(err)
		}
	}
	return w
}

func (w *World) issue(code, kind string) (*testpki.Card, error) {
	switch kind {
	case "P-256":
		return w.Authority.Issue(code, "Mari", "Tamm", elliptic.P256())
	case "P-384":
		return w.Authority.Issue(code, "Mari", "Tamm", elliptic.P384())
	}
	return w.Authority.IssueRSA(code, "Mari", "Tamm", 2048)
}

// Issuers trusts the world's issuer.
func (w *World) Issuers(t *testing.T) *eid.Issuers {
	t.Helper()
	is, err := eid.NewIssuers(testpki.Rules(), w.Authority.Certificates())
	require.NoError(t, err)
	return is
}

// Holder makes an issuer and a person, of testpki's first code, for tests of requests:
// the keys are P-256, since RSA keys take long.
func Holder(t *testing.T) (*testpki.Authority, *testpki.Card) {
	t.Helper()
	authority, err := testpki.NewAuthority("Test", time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	require.NoError(t, err)
	card, err := authority.Issue(testpki.PersonalCode(1), "Mari", "Tamm", elliptic.P256())
	require.NoError(t, err)
	return authority, card
}

// Send sends a request to a server.
func Send(s http.Handler, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// Replaced gives an example with something in it replaced once, which must be there.
func Replaced(t *testing.T, example, old, instead string) string {
	t.Helper()
	require.Contains(t, example, old)
	return strings.Replace(example, old, instead, 1)
}
