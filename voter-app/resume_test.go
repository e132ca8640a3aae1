package voter_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	voter "valik/voter-app"
)

// A cast whose answer was lost is taken up by another run of the program, with what it kept.
func TestResume(t *testing.T) {
	w := newWorld(t, 2)
	e := w.open()
	sealed := w.prepare(e, w.Voters[0])
	w.Lies(func(out http.ResponseWriter, r *http.Request, honest http.Handler) {
		if r.URL.Path == "/v1/ballots" {
			honest.ServeHTTP(discard{http.Header{}}, r)
			panic(http.ErrAbortHandler) // the voter sees the connection end
		}
		honest.ServeHTTP(out, r)
	})
	_, err := e.Cast(ctx, sealed)
	var failed *voter.CastError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, voter.Unknown, failed.Outcome)
	w.Lies(nil)

	again := w.open()
	resumed, err := again.Resume(sealed.Container)
	require.NoError(t, err)
	receipt, err := again.Cast(ctx, resumed)
	require.NoError(t, err)
	require.Equal(t, sealed.Ballot.Hash(), receipt.Ballot)
	require.Nil(t, again.Link(resumed, receipt), "its seed is gone")
	require.NotNil(t, again.Link(sealed, receipt))
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

func TestResumeRefuses(t *testing.T) {
	w, other := newWorld(t, 1), newWorld(t, 1)
	e := w.open()
	for name, kept := range map[string][]byte{
		"nothing": nil, "another file": []byte("PK"),
		"another election's": other.prepare(other.open(), other.Voters[0]).Container,
	} {
		_, err := e.Resume(kept)
		require.ErrorIs(t, err, voter.ErrKept, name)
		require.Equal(t, "kept", voter.CodeOf(err))
	}
}
