package shuffle

import (
	"fmt"
	"io"

	"valik/crypto/group"
	"valik/crypto/transcript"
)

// Verify checks that s.Output is a shuffle of s.Input, under a transcript with
// the same context that the prover had. weights is the verifier's own
// randomness, which whoever made the proof does not know: 16 bytes for each row
// and a few more.
//
// The error is an *[Error]: it names the first equation that does not hold, or
// wraps [ErrUnrelated] where none does.
//
// It implements Shuffle.Verify of docs/protocol/shuffle.md.
func (p *Proof) Verify(t *transcript.Transcript, s *Statement, weights io.Reader) error {
	if err := s.check(); err != nil {
		return err
	}
	if l := (layout{s.Input.Len(), s.Input.Width()}); p.layout != l {
		return &Error{Part: partStatement, Index: noIndex, Err: fmt.Errorf(
			"%w: a proof for %d rows of %d, and %d rows of %d",
			ErrLength, p.layout.n, p.layout.w, l.n, l.w)}
	}
	if p.layout.n == 0 {
		return nil // no row, nothing to prove
	}
	q := p.equations(t, s)
	holds, err := q.holdAllVarTime(weights)
	if err != nil || holds {
		return err
	}
	return q.firstThatFails()
}

// equations are what a verifier checks: the proof, its statement and the
// challenges that follow from both.
type equations struct {
	*Proof
	statement *Statement
	u         []group.Scalar // u_j
	challenge *group.Scalar  // c
}

func (p *Proof) equations(t *transcript.Transcript, s *Statement) *equations {
	u := challengeRows(t, s, p.layout.elements(p.encoding, 0, p.layout.chain()))
	return &equations{Proof: p, statement: s, u: u, challenge: challenge(t, p.layout, p.encoding)}
}
