package collectortest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/eid"
	"valik/election"
)

// Ballot prepares and signs a ballot of a voter over an anchor.
func (w *World) Ballot(t testing.TB, v *Voter, anchor election.Anchor, at time.Time) *Signed {
	t.Helper()
	code := "1.1"
	if v.District == Elsewhere {
		code = "2.1"
	}
	b, err := election.Prepare(w.Manifest, w.Keys.Public(), elgamal.NewSeed(), v.District, v.Pseudonym, anchor,
		map[string][]string{Contest: {code}})
	require.NoError(t, err)
	return w.Seal(t, v, b.Bytes(), at)
}

// Signed is a ballot in its container.
type Signed struct {
	Inner, Container []byte
}

// InnerHash is the hash of the inner ballot.
func (s *Signed) InnerHash() election.Hash { return election.HashOf(s.Inner) }

// Envelope is the hash of the container.
func (s *Signed) Envelope() election.Hash { return election.HashOf(s.Container) }

// Seal signs a file under the name of a ballot.
func (w *World) Seal(t testing.TB, v *Voter, inner []byte, at time.Time) *Signed {
	t.Helper()
	c, err := eid.Seal(t.Context(), election.BallotFile(w.Manifest), inner, v.Card.Signing, at)
	require.NoError(t, err)
	return &Signed{inner, c.Bytes()}
}
