package group

import "filippo.io/edwards25519/field"

// niels is an entry with Z = 1, of all points of a large sum and of all tables:
// ((y+x)/2, (y−x)/2, d·xy). The halves save the doubling of Z1 in every
// addition; they scale all coordinates of the result alike.
type niels struct{ plus, minus, t field.Element }

var (
	feHalf  = new(field.Element).Invert(new(field.Element).Add(feOne, feOne))
	curve4D = new(field.Element).Add(curve2D, curve2D)
)

// identity sets n to (0, 1).
func (n *niels) identity() *niels {
	n.plus, n.minus = *feHalf, *feHalf
	n.t.Zero()
	return n
}

// fromElement sets n to p, given 1/Z.
func (n *niels) fromElement(p *Element, zInv *field.Element) *niels {
	var x, y, h field.Element // x/2, y/2
	h.Multiply(zInv, feHalf)
	x.Multiply(&p.x, &h)
	y.Multiply(&p.y, &h)
	n.plus.Add(&y, &x)
	n.minus.Subtract(&y, &x)
	n.t.Multiply(&x, &y)
	n.t.Multiply(&n.t, curve4D)
	return n
}

// setNiels sets e = n, or −n with the halves given in the other order.
func (e *Element) setNiels(plus, minus *field.Element) {
	e.x.Subtract(plus, minus)
	e.y.Add(plus, minus)
	e.z.One()
	e.t.Multiply(&e.x, &e.y)
}

// addNiels sets e = e + n.
func (e *Element) addNiels(n *niels) {
	var sum, diff field.Element
	e.nielsProducts(&sum, &diff, &n.plus, &n.minus, &n.t)
	e.multiplyOut(&diff, &sum)
}

// subNiels sets e = e − n: in −n the halves change places, and C its sign.
func (e *Element) subNiels(n *niels) {
	var sum, diff field.Element
	e.nielsProducts(&sum, &diff, &n.minus, &n.plus, &n.t)
	e.multiplyOut(&sum, &diff)
}

// nielsProducts leaves E and H in e.x and e.y, and D + C and D − C in sum and
// diff.
func (e *Element) nielsProducts(sum, diff, plus, minus, t *field.Element) {
	// A = (Y−X)·minus, B = (Y+X)·plus, C = T·t, D = Z
	sum.Add(&e.y, &e.x)
	diff.Subtract(&e.y, &e.x)
	sum.Multiply(sum, plus)
	diff.Multiply(diff, minus)
	e.t.Multiply(&e.t, t)
	// E = B − A, H = B + A
	e.x.Subtract(sum, diff)
	e.y.Add(sum, diff)
	sum.Add(&e.z, &e.t)
	diff.Subtract(&e.z, &e.t)
}

// multiplyOut sets e = (E·F : G·H : F·G : E·H), given E and H in e.x and e.y.
func (e *Element) multiplyOut(f, g *field.Element) {
	e.t.Multiply(&e.x, &e.y)
	e.x.Multiply(&e.x, f)
	e.y.Multiply(&e.y, g)
	e.z.Multiply(f, g)
}

// toNiels sets out[i] to p[i].
func toNiels(out []niels, p []Element) {
	inverses := invertedZ(p)
	for i := range p {
		out[i].fromElement(&p[i], &inverses[i])
	}
}

// normalize changes the coordinates of the elements to those with Z = 1, as
// decoding leaves them.
func normalize(p []Element) {
	inverses := invertedZ(p)
	for i := range p {
		e := &p[i]
		e.x.Multiply(&e.x, &inverses[i])
		e.y.Multiply(&e.y, &inverses[i])
		e.z.One()
		e.t.Multiply(&e.x, &e.y)
	}
}

// invertedZ returns 1/Z of every element. The time depends on whether all Z are
// 1, which is no secret, but not on the elements.
func invertedZ(p []Element) []field.Element {
	z := make([]field.Element, len(p))
	normal := true
	for i := range p {
		z[i] = p[i].z
		normal = normal && z[i] == *feOne
	}
	if !normal {
		invertAll(z)
	}
	return z
}

// invertAll replaces every element by its inverse, with one inversion and three
// multiplications for each (Montgomery's trick). None of them may be zero.
func invertAll(v []field.Element) {
	products := make([]field.Element, len(v))
	acc := *feOne
	for i := range v {
		products[i] = acc
		acc.Multiply(&acc, &v[i])
	}
	acc.Invert(&acc)
	var next field.Element
	for i := len(v) - 1; i >= 0; i-- {
		next.Multiply(&acc, &v[i])
		v[i].Multiply(&acc, &products[i])
		acc = next
	}
}
