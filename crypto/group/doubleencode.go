package group

import "filippo.io/edwards25519/field"

// DoubleAndEncodeAll returns the encodings of 2·p[i], one after the other, 32
// bytes each, on all cores. It costs a seventh of EncodeAll: the square root
// that an encoding takes is known for a double. Who makes points from scalars
// can halve the scalars beforehand to have the encodings of the points.
//
// It implements Group.DoubleAndEncode of docs/protocol/group.md.
func DoubleAndEncodeAll(p []Element) []byte {
	out := make([]byte, ElementSize*len(p))
	parallel(len(p), func(lo, hi int) {
		doubleAndEncode(out[ElementSize*lo:ElementSize*hi], p[lo:hi])
	})
	return out
}

// doubled is 2·P = (e/f, g/h) on the curve, that is
// (X:Y:Z:T) = (eh : fg : fh : eg).
type doubled struct{ e, f, g, h, eg, fh field.Element }

func doubleAndEncode(out []byte, p []Element) {
	points := make([]doubled, len(p))
	inverses := make([]field.Element, len(p))
	for i := range p {
		p[i].check()
		points[i].from(&p[i])
		inverses[i].Multiply(&points[i].eg, &points[i].fh)
		// A zero would spoil the common inversion; encode sees to it.
		inverses[i].Select(feOne, &inverses[i], points[i].isIdentity())
	}
	invertAll(inverses)
	for i := range points {
		s := points[i].encode(&inverses[i])
		copy(out[ElementSize*i:], s.Bytes())
	}
}

// from sets d = 2·p.
func (d *doubled) from(p *Element) {
	// e = 2XY, f = Z² + dT², g = Y² + X², h = Z² − dT²
	var a, b field.Element
	d.e.Multiply(&p.x, &p.y)
	d.e.Add(&d.e, &d.e)
	a.Square(&p.z)
	b.Square(&p.t)
	b.Multiply(&b, curveD)
	d.f.Add(&a, &b)
	d.h.Subtract(&a, &b)
	a.Square(&p.y)
	b.Square(&p.x)
	d.g.Add(&a, &b)
	d.eg.Multiply(&d.e, &d.g)
	d.fh.Multiply(&d.f, &d.h)
}

// isIdentity returns 1 if the double is the identity and 0 otherwise. Only eg can
// be zero: f and h are the denominators of the complete doubling formulas.
func (d *doubled) isIdentity() int { return d.eg.Equal(feZero) }

// encode returns the coordinate s of RFC 9496's encoding, given 1/(efgh)
// or, for the identity, anything.
//
// In its terms u1 = (Z+Y)(Z−Y) = f²(h² − g²), and for a double
// h² − g² = (a − d)·e². So I = 1/√(u1·u2²) is ±1/(√(a−d)·e²·f²·g·h) without any
// root, and the four points of the element have
//
//	s = |(h ∓ g)/(√(a−d)·e)|   or, rotated,   s = |(f ∓ √−1·e)/g|.
func (d *doubled) encode(inverse *field.Element) *field.Element {
	var zInv, tInv, tmp, e, g, h, k field.Element
	zInv.Multiply(&d.eg, inverse) // 1/Z
	tInv.Multiply(&d.fh, inverse) // 1/T
	// The rotated form is the other one with (e, g, h) = (g, −e, √−1·f), up to
	// the factor k.
	rotate := tmp.Multiply(&d.eg, &zInv).IsNegative()
	e.Select(&d.g, &d.e, rotate)
	g.Select(tmp.Negate(&d.e), &d.g, rotate)
	h.Select(tmp.Multiply(&d.f, sqrtM1), &d.h, rotate)
	k.Select(sqrtM1, invSqrtAMinusD, rotate)
	// y = −y if x/Z is negative
	tmp.Multiply(&h, &e)
	negative := tmp.Multiply(&tmp, &zInv).IsNegative()
	g.Select(tmp.Negate(&g), &g, negative)
	// s = |(h − g)·k·g/T|, where g/T = 1/e
	s := new(field.Element).Subtract(&h, &g)
	s.Multiply(s, &k)
	s.Multiply(s, &g)
	s.Multiply(s, &tInv)
	s.Absolute(s)
	return s.Select(feZero, s, d.isIdentity())
}
