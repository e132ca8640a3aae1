package group

import "filippo.io/edwards25519/field"

// normalizeVarTime sets out[i] to the table entry of p[i]; it inverts all the
// Z together. Points with Z = 1, as decoding leaves them, are cheaper: the time
// depends on which these are.
func normalizeVarTime(out []affNiels, p []Element) {
	inverses := make([]field.Element, len(p))
	for i := range p {
		inverses[i] = p[i].z
	}
	invertAll(inverses)
	for i := range p {
		out[i].fromScaled(&p[i], &inverses[i])
	}
}

// invertAll replaces every element, none of them zero, by its inverse, with one
// inversion and three multiplications for each (Montgomery's trick).
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
