package group

import "filippo.io/edwards25519/field"

// Element is an element of the group. Its zero value is not valid and may only
// be a receiver; every use of it panics, since in coordinates it would be equal
// to everything and a forgotten assignment would pass a verification.
type Element struct {
	// Elements cannot be compared with ==: one element has many coordinates.
	_ [0]func()

	// Extended coordinates (X:Y:Z:T) on the twisted Edwards curve
	// −x² + y² = 1 + d·x²y², with x = X/Z, y = Y/Z, xy = T/Z, of any of the
	// four points that ristretto255 takes for the same element.
	x, y, z, t field.Element
}

// NewElement returns the identity.
func NewElement() *Element {
	e := &Element{}
	e.y.One()
	e.z.One()
	return e
}

// NewGenerator returns the base point G.
func NewGenerator() *Element {
	return new(Element).Set(generator)
}

// Set sets e = p.
func (e *Element) Set(p *Element) *Element {
	*e = *p
	return e
}

// check panics on the zero value of Element.
func (e *Element) check() {
	if e.z == (field.Element{}) {
		panic("group: use of an Element that was never set")
	}
}

// Add sets e = p + q.
func (e *Element) Add(p, q *Element) *Element {
	p.check()
	q.check()
	var n entry
	var c completed
	n.fromElement(q)
	return e.fromCompleted(c.add(p, &n))
}

// Subtract sets e = p − q.
func (e *Element) Subtract(p, q *Element) *Element {
	p.check()
	q.check()
	var n entry
	var c completed
	n.fromElement(q)
	return e.fromCompleted(c.sub(p, &n))
}

// Negate sets e = −p.
func (e *Element) Negate(p *Element) *Element {
	p.check()
	e.x.Negate(&p.x)
	e.y.Set(&p.y)
	e.z.Set(&p.z)
	e.t.Negate(&p.t)
	return e
}

// Double sets e = 2·p.
func (e *Element) Double(p *Element) *Element {
	p.check()
	var c completed
	return e.fromCompleted(c.double(&p.x, &p.y, &p.z))
}

// Equal reports whether e and p are the same element. The answer is public; the
// time does not depend on it.
//
// It implements Group.Equal of docs/protocol/group.md.
func (e *Element) Equal(p *Element) bool {
	e.check()
	p.check()
	// x1·y2 = y1·x2  or  y1·y2 = x1·x2
	var a, b field.Element
	eq := a.Multiply(&e.x, &p.y).Equal(b.Multiply(&e.y, &p.x))
	eq |= a.Multiply(&e.y, &p.y).Equal(b.Multiply(&e.x, &p.x))
	return eq == 1
}

// IsIdentity reports whether e is the identity, in constant time as Equal.
func (e *Element) IsIdentity() bool {
	e.check()
	// Equal with (0, 1): x = 0 or y = 0.
	return e.x.Equal(feZero)|e.y.Equal(feZero) == 1
}
