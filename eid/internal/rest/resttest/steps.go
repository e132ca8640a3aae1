package resttest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/internal/rest"
)

// Client is a client of any service; S is its signer.
type Client[S eid.Signer] interface {
	eid.Authenticator
	Signer(ctx context.Context) (S, error)
}

// CodeOf gives the code of an error, which is of package rest and has a sentence.
func CodeOf(t *testing.T, err error) string {
	t.Helper()
	var e *rest.Error
	require.ErrorAs(t, err, &e)
	require.NotEmpty(t, e.Sentence())
	return e.Code()
}

// steps are what a voter does: log in, choose the certificate, sign.
var steps = [3]string{"authenticate", "certificate", "sign"}

// Limit is for how long clients wait under a behaviour: one that never ends is told soon,
// but a busy machine gets through a step that ends.
func (b Behaviour) Limit() time.Duration {
	if b.Lie == NeverEnds || b.Lie == Silence {
		return time.Second
	}
	return 30 * time.Second
}

// Each runs the steps under a behaviour, with a client that has a signer already, and
// gives their errors by name.
func Each[C Client[S], S eid.Signer](t *testing.T, server *Sessions, c C, b Behaviour) map[string]error {
	t.Helper()
	signer, err := c.Signer(t.Context())
	require.NoError(t, err)
	server.Behave(b)
	failures := map[string]error{}
	_, failures["authenticate"] = c.Authenticate(t.Context(), []byte("a"))
	_, failures["certificate"] = c.Signer(t.Context())
	_, failures["sign"] = signer.SignDigest(t.Context(), make([]byte, 32))
	return failures
}

// CheckLies runs the steps, which each runs, under every lie. The rows say what each step
// gives: authenticate, certificate, sign; "" is success.
func CheckLies(t *testing.T, rows map[Lie][3]string, each func(*testing.T, Behaviour) map[string]error) {
	for _, lie := range Lies() {
		t.Run(string(lie), func(t *testing.T) {
			want, ok := rows[lie]
			require.True(t, ok, "a lie without a row")
			failures := each(t, Behaviour{Lie: lie})
			for i, name := range steps {
				if want[i] == "" {
					require.NoError(t, failures[name], name)
				} else {
					require.Equal(t, want[i], CodeOf(t, failures[name]), name)
				}
			}
		})
	}
}

// CheckConfigs has every change of good settings refused as "config".
func CheckConfigs[C, X any](t *testing.T, open func(C) (X, error), good C, changes map[string]func(*C)) {
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			bad := good
			change(&bad)
			_, err := open(bad)
			require.Equal(t, "config", CodeOf(t, err))
		})
	}
}
