package group

import (
	"errors"

	"filippo.io/edwards25519/field"
)

// SetUniformBytes sets e to the image of 64 uniform bytes under the one-way map
// of RFC 9496. If b comes from a hash, nobody knows the discrete logarithm of e
// to any other base. On any other length it returns nil and an error, and e is
// unchanged.
//
// It implements Group.Map of docs/protocol/group.md.
func (e *Element) SetUniformBytes(b []byte) (*Element, error) {
	if len(b) != 64 {
		return nil, errors.New("group: the one-way map takes 64 bytes")
	}
	var p, q Element
	p.mapHalf(b[:32])
	q.mapHalf(b[32:])
	return e.Add(&p, &q), nil
}

// mapHalf sets e to MAP(t) of RFC 9496, section 4.3.4, for the 32 bytes of t,
// the highest bit ignored.
func (e *Element) mapHalf(b []byte) {
	var t, r, u, v, c, n, s, tmp field.Element
	if _, err := t.SetBytes(b); err != nil {
		panic("group: " + err.Error())
	}
	// r = √−1·t², u = (r+1)(1−d²), v = (−1 − r·d)(r+d)
	r.Square(&t)
	r.Multiply(&r, sqrtM1)
	u.Add(&r, feOne)
	u.Multiply(&u, oneMinusDSq)
	c.Negate(feOne)
	v.Multiply(&r, curveD)
	v.Subtract(&c, &v)
	v.Multiply(&v, tmp.Add(&r, curveD))
	// s = √(u/v), c = −1; and where that is not a square s = −|s·t|, c = r
	_, wasSquare := s.SqrtRatio(&u, &v)
	tmp.Multiply(&s, &t)
	tmp.Absolute(&tmp)
	tmp.Negate(&tmp)
	s.Select(&s, &tmp, wasSquare)
	c.Select(&c, &r, wasSquare)
	// N = c·(r−1)·(d−1)² − v
	n.Subtract(&r, feOne)
	n.Multiply(&n, &c)
	n.Multiply(&n, dMinusOneSq)
	n.Subtract(&n, &v)
	e.fromJacobi(&s, &v, &n)
}

// fromJacobi sets e to (w0·w3 : w2·w1 : w1·w3 : w0·w2), the point that the
// isogeny gives for the quartic's coordinate s.
func (e *Element) fromJacobi(s, v, n *field.Element) {
	// w0 = 2sv, w1 = N·√(ad−1), w2 = 1−s², w3 = 1+s²
	var w0, w1, w2, w3, ss field.Element
	w0.Multiply(s, v)
	w0.Add(&w0, &w0)
	w1.Multiply(n, sqrtADMinusOne)
	ss.Square(s)
	w2.Subtract(feOne, &ss)
	w3.Add(feOne, &ss)
	e.x.Multiply(&w0, &w3)
	e.y.Multiply(&w2, &w1)
	e.z.Multiply(&w1, &w3)
	e.t.Multiply(&w0, &w2)
}
