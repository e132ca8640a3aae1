package sigma

import (
	"crypto/rand"
	"io"

	"valik/crypto/group"
	"valik/crypto/transcript"
)

// ProveKnowledge proves knowledge of x with image = x·base, in constant time.
//
// It implements Knowledge.Prove of docs/protocol/proofs.md.
func ProveKnowledge(t *transcript.Transcript, x *group.Scalar, base, image *group.Element) *Knowledge {
	return proveKnowledge(t, x, base, image, rand.Reader)
}

func proveKnowledge(t *transcript.Transcript, x *group.Scalar, base, image *group.Element, random io.Reader) *Knowledge {
	p := &Knowledge{}
	k := randomScalar(random)
	// T = k·P
	p.t.ScalarMult(k, base)
	c := p.challenge(t, base, image)
	// s = k + c·x
	p.s.MultiplyAdd(c, x, k)
	return p
}

// ProveEquality proves that images[i] = x·bases[i] for both i, in constant time.
//
// It implements Equality.Prove of docs/protocol/proofs.md.
func ProveEquality(t *transcript.Transcript, x *group.Scalar, bases, images *[2]group.Element) *Equality {
	return proveEquality(t, x, bases, images, rand.Reader)
}

func proveEquality(t *transcript.Transcript, x *group.Scalar, bases, images *[2]group.Element, random io.Reader) *Equality {
	absorbEquality(t, bases, images)
	return &Equality{*proveTwin(t, x, &bases[0], &bases[1], random)}
}

// proveTwin proves for the statement that t has absorbed.
func proveTwin(t *transcript.Transcript, x *group.Scalar, base1, base2 *group.Element, random io.Reader) *twin {
	p := &twin{}
	k := randomScalar(random)
	// T1 = k·P1, T2 = k·P2
	p.t1.ScalarMult(k, base1)
	p.t2.ScalarMult(k, base2)
	c := p.challenge(t)
	// s = k + c·x
	p.s.MultiplyAdd(c, x, k)
	return p
}

// ProveBatchEquality proves that image = x·G and D[i] = x·A[i] for all pairs, in
// constant time in x. The pairs themselves are public. It returns
// [ErrFalseStatement], wrapped, if the statement is false, so that a party whose
// memory or disk failed learns it before it publishes.
//
// It implements BatchEquality.Prove of docs/protocol/proofs.md.
func ProveBatchEquality(t *transcript.Transcript, x *group.Scalar, image *group.Element, pairs *Pairs) (*BatchEquality, error) {
	return proveBatchEquality(t, x, image, pairs, rand.Reader)
}

func proveBatchEquality(t *transcript.Transcript, x *group.Scalar, image *group.Element, pairs *Pairs, random io.Reader) (*BatchEquality, error) {
	if err := pairs.check(); err != nil {
		return nil, err
	}
	rho := pairs.weights(t, image)
	// Ā = Σ ρ_i·A_i, D̄ = Σ ρ_i·D_i
	g := group.NewGenerator()
	a := group.NewElement().VarTimeMultiScalarMult(rho, pairs.A)
	d := group.NewElement().VarTimeMultiScalarMult(rho, pairs.D)
	if !isImage(x, g, image) || !isImage(x, a, d) {
		return nil, &Error{Proof: batchEquality, Part: "statement", Err: ErrFalseStatement}
	}
	return &BatchEquality{*proveTwin(t, x, g, a, random)}, nil
}

// isImage reports whether image = x·base, in constant time.
func isImage(x *group.Scalar, base, image *group.Element) bool {
	return group.NewElement().ScalarMult(x, base).Equal(image)
}
