package sigma

import (
	"valik/crypto/elgamal"
	"valik/crypto/group"
)

// terms collects the terms of equations. The points that all proofs share (G, Y,
// the generators, the choices) come to one term each.
type terms struct {
	sum     *group.Sum
	g, y    group.Scalar
	h       []group.Scalar // of the generators, as many as were met
	choices map[*Choices][]group.Scalar
}

func newTerms(sum *group.Sum) *terms {
	return &terms{sum: sum, choices: map[*Choices][]group.Scalar{}}
}

func (t *terms) add(c *group.Scalar, p *group.Element) { t.sum.Add(c, p) }

func (t *terms) subtract(c *group.Scalar, p *group.Element) {
	t.sum.Add(new(group.Scalar).Negate(c), p)
}

func (t *terms) addG(c *group.Scalar) { t.g.Add(&t.g, c) }

func (t *terms) subtractG(c *group.Scalar) { t.g.Subtract(&t.g, c) }

func (t *terms) addY(c *group.Scalar) { t.y.Add(&t.y, c) }

// subtractH subtracts c·H_{j,i}, n = 4j+i.
func (t *terms) subtractH(n int, c *group.Scalar) {
	for len(t.h) <= n {
		t.h = append(t.h, group.Scalar{})
	}
	t.h[n].Subtract(&t.h[n], c)
}

// addChoices adds c[i]·M_i for all choices of the list.
func (t *terms) addChoices(list *Choices, c []group.Scalar) {
	sum := t.choices[list]
	if sum == nil {
		t.choices[list] = c
		return
	}
	for i := range sum {
		sum[i].Add(&sum[i], &c[i])
	}
}

// areIdentityVarTime ends the collection and reports whether the terms add up to
// the identity.
func (t *terms) areIdentityVarTime(pk *elgamal.PublicKey) bool {
	t.sum.AddG(&t.g)
	t.sum.Add(&t.y, pk.Element())
	for i, h := range group.Generators(generatorLabel, len(t.h)) {
		t.sum.Add(&t.h[i], &h)
	}
	for list, c := range t.choices {
		for i := range c {
			t.sum.Add(&c[i], &list.points[i])
		}
	}
	return t.sum.IsIdentityVarTime()
}
