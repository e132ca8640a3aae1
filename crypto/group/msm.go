package group

import "filippo.io/edwards25519"

// VarTimeScalarMult sets e = s·p. For public values only.
func (e *Element) VarTimeScalarMult(s *Scalar, p *Element) *Element {
	return e.VarTimeMultiScalarMult([]Scalar{*s}, []Element{*p})
}

// VarTimeMultiScalarMult sets e = Σ s[i]·p[i], the identity for no terms. For
// public values only. It panics if the lengths differ.
func (e *Element) VarTimeMultiScalarMult(s []Scalar, p []Element) *Element {
	if len(s) != len(p) {
		panic("group: VarTimeMultiScalarMult with lists of different lengths")
	}
	scalars := make([]*edwards25519.Scalar, len(s))
	points := make([]*edwards25519.Point, len(p))
	for i := range s {
		scalars[i] = &s[i].s
		points[i] = p[i].point()
	}
	sum := edwards25519.NewIdentityPoint()
	return e.setPoint(sum.VarTimeMultiScalarMult(scalars, points))
}
