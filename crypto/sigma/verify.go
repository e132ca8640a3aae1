package sigma

import (
	"valik/crypto/group"
	"valik/crypto/transcript"
)

// Verify checks that the prover knew x with image = x·base. It refuses the
// identity as base or image. The error is an *[Error].
//
// It implements Knowledge.Verify of docs/protocol/proofs.md.
func (p *Knowledge) Verify(t *transcript.Transcript, base, image *group.Element) error {
	if err := refuseIdentity(knowledge, part{"P", base}, part{"X", image}); err != nil {
		return err
	}
	c := p.challenge(t, base, image)
	return checkResponse(knowledge, "T", &p.s, c, base, image, &p.t)
}

// Verify checks that one x gives images[i] = x·bases[i] for both i. It refuses
// the identity anywhere in the statement. The error is an *[Error] that names
// the equation by its commitment, T1 or T2.
//
// It implements Equality.Verify of docs/protocol/proofs.md.
func (p *Equality) Verify(t *transcript.Transcript, bases, images *[2]group.Element) error {
	err := refuseIdentity(equality, part{"P1", &bases[0]}, part{"P2", &bases[1]},
		part{"X1", &images[0]}, part{"X2", &images[1]})
	if err != nil {
		return err
	}
	absorbEquality(t, bases, images)
	c := p.twin.challenge(t)
	if err := checkResponse(equality, "T1", &p.twin.s, c, &bases[0], &images[0], &p.twin.t1); err != nil {
		return err
	}
	return checkResponse(equality, "T2", &p.twin.s, c, &bases[1], &images[1], &p.twin.t2)
}

// Verify checks that one x gives image = x·G and D[i] = x·A[i] for all pairs. It
// refuses the identity as image; a pair of two identities is a true pair. The
// error is an *[Error] that names the equation by its commitment: T1 speaks about
// the image, T2 about the pairs.
//
// It implements BatchEquality.Verify of docs/protocol/proofs.md.
func (p *BatchEquality) Verify(t *transcript.Transcript, image *group.Element, pairs *Pairs) error {
	if err := pairs.check(); err != nil {
		return err
	}
	if err := refuseIdentity(batchEquality, part{"X", image}); err != nil {
		return err
	}
	rho := pairs.weights(t, image)
	c := p.twin.challenge(t)
	if err := checkResponse(batchEquality, "T1", &p.twin.s, c, group.NewGenerator(), image, &p.twin.t1); err != nil {
		return err
	}
	// Ā = Σ ρ_i·A_i, D̄ = Σ ρ_i·D_i
	a := group.NewElement().VarTimeMultiScalarMult(rho, pairs.A)
	d := group.NewElement().VarTimeMultiScalarMult(rho, pairs.D)
	return checkResponse(batchEquality, "T2", &p.twin.s, c, a, d, &p.twin.t2)
}

// checkResponse checks the one equation all these proofs consist of:
//
//	s·P = T + c·X
func checkResponse(proof, commitment string, s, c *group.Scalar, base, image, t *group.Element) error {
	left := group.NewElement().VarTimeScalarMult(s, base)
	right := group.NewElement().VarTimeScalarMult(c, image)
	if !left.Equal(right.Add(right, t)) {
		return &Error{Proof: proof, Part: "equation of " + commitment, Err: ErrEquation}
	}
	return nil
}
