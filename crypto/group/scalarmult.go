package group

import "filippo.io/edwards25519"

// ScalarMult sets e = s·p, in constant time.
func (e *Element) ScalarMult(s *Scalar, p *Element) *Element {
	q := p.point()
	return e.setPoint(q.ScalarMult(&s.s, q))
}

// ScalarBaseMult sets e = s·G, in constant time.
func (e *Element) ScalarBaseMult(s *Scalar) *Element {
	return e.setPoint(new(edwards25519.Point).ScalarBaseMult(&s.s))
}

// MultiScalarMult sets e = Σ s[i]·p[i], the identity for no terms, in constant
// time: it depends only on the number of terms. It panics if the lengths differ.
func (e *Element) MultiScalarMult(s []Scalar, p []Element) *Element {
	if len(s) != len(p) {
		panic("group: MultiScalarMult with lists of different lengths")
	}
	scalars := make([]*edwards25519.Scalar, len(s))
	points := make([]*edwards25519.Point, len(p))
	for i := range s {
		scalars[i] = &s[i].s
		points[i] = p[i].point()
	}
	sum := edwards25519.NewIdentityPoint()
	return e.setPoint(sum.MultiScalarMult(scalars, points))
}

// point returns p as a point of the library.
func (e *Element) point() *edwards25519.Point {
	e.check()
	p, err := new(edwards25519.Point).SetExtendedCoordinates(&e.x, &e.y, &e.z, &e.t)
	if err != nil {
		panic("group: element is not on the curve")
	}
	return p
}

// setPoint sets e to a point of the library.
func (e *Element) setPoint(p *edwards25519.Point) *Element {
	x, y, z, t := p.ExtendedCoordinates()
	e.x, e.y, e.z, e.t = *x, *y, *z, *t
	return e
}
