package group

import "filippo.io/edwards25519/field"

// The curve formulas are those of Hisil, Wong, Carter and Dawson (ePrint
// 2008/522) for a = −1 and a non-square d. They are complete: no pair of points
// is an exception that an attacker could look for. An addition leads from an
// extended point and an entry ("Niels" form) to a completed point, from which a
// point is made in the coordinates that the next step needs.

// projective is a point without the product T, enough for doubling.
type projective struct{ x, y, z field.Element }

// completed is a point (x, y) = (X/Z, Y/T) that is not yet multiplied out.
type completed struct{ x, y, z, t field.Element }

// entry is the right side of an addition: (Y+X, Y−X, 2Z, 2dT).
type entry struct{ plus, minus, z, t field.Element }

func (p *projective) fromElement(e *Element) *projective {
	p.x, p.y, p.z = e.x, e.y, e.z
	return p
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

func (n *entry) fromElement(p *Element) *entry {
	n.plus.Add(&p.y, &p.x)
	n.minus.Subtract(&p.y, &p.x)
	n.z.Add(&p.z, &p.z)
	n.t.Multiply(&p.t, curve2D)
	return n
}

// add sets c = p + q.
func (c *completed) add(p *Element, q *entry) *completed {
	var t field.Element
	c.products(&t, p, &q.plus, &q.minus, q)
	// F = D − C, G = D + C
	c.t.Subtract(&c.z, &t)
	c.z.Add(&c.z, &t)
	return c
}

// sub sets c = p − q: in the entry of a negative the first two parts change
// places and the last one changes its sign.
func (c *completed) sub(p *Element, q *entry) *completed {
	var t field.Element
	c.products(&t, p, &q.minus, &q.plus, q)
	c.t.Add(&c.z, &t)
	c.z.Subtract(&c.z, &t)
	return c
}

// products sets t = C, c.x = E = B − A, c.y = H = B + A and c.z = D.
func (c *completed) products(t *field.Element, p *Element, plus, minus *field.Element, q *entry) {
	// A = (Y1−X1)(Y2−X2), B = (Y1+X1)(Y2+X2), C = T1·2d·T2, D = Z1·2·Z2
	var a, b field.Element
	b.Add(&p.y, &p.x)
	a.Subtract(&p.y, &p.x)
	b.Multiply(&b, plus)
	a.Multiply(&a, minus)
	t.Multiply(&p.t, &q.t)
	c.z.Multiply(&p.z, &q.z)
	c.x.Subtract(&b, &a)
	c.y.Add(&b, &a)
}

// double sets c to 2·(X:Y:Z).
func (c *completed) double(x, y, z *field.Element) *completed {
	// X = (X+Y)² − (X²+Y²), Y = Y²+X², Z = Y²−X², T = 2Z² − (Y²−X²)
	var xx, yy field.Element
	xx.Square(x)
	yy.Square(y)
	c.x.Add(x, y)
	c.x.Square(&c.x)
	c.t.Square(z)
	c.t.Add(&c.t, &c.t)
	c.y.Add(&yy, &xx)
	c.z.Subtract(&yy, &xx)
	c.x.Subtract(&c.x, &c.y)
	c.t.Subtract(&c.t, &c.z)
	return c
}
