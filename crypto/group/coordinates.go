package group

import "filippo.io/edwards25519/field"

// The curve formulas are those of Hisil, Wong, Carter and Dawson (ePrint
// 2008/522) for a = −1 and non-square d: complete, so that no pair of points
// is an exception. An addition leads from an extended point and a table entry
// ("Niels" form) to a completed point ((E:G), (H:F)), from which a point is
// made in the coordinates that the next step needs.

// projective is a point without the product T, enough for doubling.
type projective struct{ x, y, z field.Element }

// completed is a point (x, y) = (X/Z, Y/T) that is not yet multiplied out.
type completed struct{ x, y, z, t field.Element }

// projNiels is a table entry (Y+X, Y−X, Z, 2dT).
type projNiels struct{ yPlusX, yMinusX, z, t2d field.Element }

// affNiels is a table entry with Z = 1, one multiplication cheaper to add.
type affNiels struct{ yPlusX, yMinusX, t2d field.Element }

func (e *Element) projective() *projective {
	return &projective{e.x, e.y, e.z}
}

func (p *projective) fromCompleted(c *completed) *projective {
	p.x.Multiply(&c.x, &c.t)
	p.y.Multiply(&c.y, &c.z)
	p.z.Multiply(&c.z, &c.t)
	return p
}

func (e *Element) fromCompleted(c *completed) *Element {
	e.x.Multiply(&c.x, &c.t)
	e.y.Multiply(&c.y, &c.z)
	e.z.Multiply(&c.z, &c.t)
	e.t.Multiply(&c.x, &c.y)
	return e
}

func (n *projNiels) from(p *Element) *projNiels {
	n.yPlusX.Add(&p.y, &p.x)
	n.yMinusX.Subtract(&p.y, &p.x)
	n.z.Set(&p.z)
	n.t2d.Multiply(&p.t, curve2D)
	return n
}

// fromScaled sets n to p, given zInv = 1/Z.
func (n *affNiels) fromScaled(p *Element, zInv *field.Element) *affNiels {
	var x, y field.Element
	x.Multiply(&p.x, zInv)
	y.Multiply(&p.y, zInv)
	n.yPlusX.Add(&y, &x)
	n.yMinusX.Subtract(&y, &x)
	n.t2d.Multiply(&x, &y)
	n.t2d.Multiply(&n.t2d, curve2D)
	return n
}

// identity sets n to (0, 1).
func (n *affNiels) identity() *affNiels {
	n.yPlusX.One()
	n.yMinusX.One()
	n.t2d.Zero()
	return n
}

// add sets c = p + q.
func (c *completed) add(p *Element, q *projNiels) *completed {
	var a, b, d field.Element
	// A = (Y1−X1)(Y2−X2), B = (Y1+X1)(Y2+X2), C = T1·2d·T2, D = 2·Z1·Z2
	b.Add(&p.y, &p.x)
	a.Subtract(&p.y, &p.x)
	b.Multiply(&b, &q.yPlusX)
	a.Multiply(&a, &q.yMinusX)
	d.Multiply(&p.z, &q.z)
	d.Add(&d, &d)
	c.t.Multiply(&p.t, &q.t2d)
	return c.finish(&a, &b, &c.t, &d)
}

// sub sets c = p − q: the negative of an entry has its first two parts swapped
// and the last one negated.
func (c *completed) sub(p *Element, q *projNiels) *completed {
	var a, b, d field.Element
	b.Add(&p.y, &p.x)
	a.Subtract(&p.y, &p.x)
	b.Multiply(&b, &q.yMinusX)
	a.Multiply(&a, &q.yPlusX)
	d.Multiply(&p.z, &q.z)
	d.Add(&d, &d)
	c.t.Multiply(&p.t, &q.t2d)
	return c.finishNegated(&a, &b, &c.t, &d)
}

// addAffine sets c = p + q.
func (c *completed) addAffine(p *Element, q *affNiels) *completed {
	var a, b, d field.Element
	b.Add(&p.y, &p.x)
	a.Subtract(&p.y, &p.x)
	b.Multiply(&b, &q.yPlusX)
	a.Multiply(&a, &q.yMinusX)
	d.Add(&p.z, &p.z)
	c.t.Multiply(&p.t, &q.t2d)
	return c.finish(&a, &b, &c.t, &d)
}

// subAffine sets c = p − q.
func (c *completed) subAffine(p *Element, q *affNiels) *completed {
	var a, b, d field.Element
	b.Add(&p.y, &p.x)
	a.Subtract(&p.y, &p.x)
	b.Multiply(&b, &q.yMinusX)
	a.Multiply(&a, &q.yPlusX)
	d.Add(&p.z, &p.z)
	c.t.Multiply(&p.t, &q.t2d)
	return c.finishNegated(&a, &b, &c.t, &d)
}

// finish sets c = ((B−A) : (D+C)), ((B+A) : (D−C)); t2 may be a part of c.
func (c *completed) finish(a, b, t2, d *field.Element) *completed {
	c.x.Subtract(b, a)
	c.y.Add(b, a)
	c.z.Add(d, t2)
	c.t.Subtract(d, t2)
	return c
}

// finishNegated is finish for −C.
func (c *completed) finishNegated(a, b, t2, d *field.Element) *completed {
	c.x.Subtract(b, a)
	c.y.Add(b, a)
	c.z.Subtract(d, t2)
	c.t.Add(d, t2)
	return c
}

// double sets c = 2·p.
func (c *completed) double(p *projective) *completed {
	var xx, yy, zz, s field.Element
	// X = (X+Y)² − (X²+Y²), Y = Y²+X², Z = Y²−X², T = 2Z² − (Y²−X²)
	xx.Square(&p.x)
	yy.Square(&p.y)
	zz.Square(&p.z)
	zz.Add(&zz, &zz)
	s.Add(&p.x, &p.y)
	s.Square(&s)
	c.y.Add(&yy, &xx)
	c.z.Subtract(&yy, &xx)
	c.x.Subtract(&s, &c.y)
	c.t.Subtract(&zz, &c.z)
	return c
}
