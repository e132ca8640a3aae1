package group

import (
	"io"

	"filippo.io/edwards25519/field"
)

// Sum checks many equations at once. Each equation says that some combination
// of elements is the identity; the caller multiplies it by a fresh Weight and
// adds its terms, and one multi-scalar multiplication at the end tells whether
// they all hold. If one does not, the sum is the identity with a probability of
// at most 1/(2^128 − 1), provided that whoever made the equations did not know
// the weights. A Sum is not safe for concurrent use.
type Sum struct {
	weights io.Reader
	block   int // how many terms are multiplied out together

	// Terms that are not yet multiplied out, and the sum of those that are.
	terms terms
	done  Element

	fixed terms
	index map[coordinates]int // where in fixed a base stands
}

// terms is Σ scalars[i]·points[i].
type terms struct {
	scalars []Scalar
	points  []Element
}

func (t *terms) add(c *Scalar, p *Element) {
	t.scalars = append(t.scalars, *c)
	t.points = append(t.points, *p)
}

// coordinates identifies a base by its representation. The same element in
// other coordinates becomes a term of its own: slower, never wrong.
type coordinates [4]field.Element

// NewSum returns a sum without terms. weights is the verifier's own randomness:
// crypto/rand, or a generator seeded with fresh randomness.
func NewSum(weights io.Reader) *Sum {
	return &Sum{
		weights: weights,
		block:   pippengerTerms,
		done:    *NewElement(),
		index:   make(map[coordinates]int),
	}
}

// Weight returns a fresh weight for one equation, uniform between 1 and
// 2^128 − 1. It panics if the source of randomness fails: no check can be made
// without weights.
//
// It implements Group.BatchCheck of docs/protocol/group.md.
func (s *Sum) Weight() *Scalar {
	w, err := ReadShortScalar(s.weights)
	if err != nil {
		panic(err)
	}
	return w
}

// Add adds the term c·p.
func (s *Sum) Add(c *Scalar, p *Element) {
	p.check()
	s.terms.add(c, p)
	// Memory stays bounded however many terms there are.
	if len(s.terms.scalars) == s.block {
		var e Element
		s.done.Add(&s.done, e.VarTimeMultiScalarMult(s.terms.scalars, s.terms.points))
		s.terms = terms{s.terms.scalars[:0], s.terms.points[:0]}
	}
}

// AddFixed adds the term c·base, for a base that many equations share: all its
// terms together cost one.
func (s *Sum) AddFixed(c *Scalar, base *Element) {
	base.check()
	key := coordinates{base.x, base.y, base.z, base.t}
	i, ok := s.index[key]
	if !ok {
		i = len(s.fixed.scalars)
		s.index[key] = i
		s.fixed.add(&Scalar{}, base)
	}
	s.fixed.scalars[i].Add(&s.fixed.scalars[i], c)
}

// AddG adds the term c·G.
func (s *Sum) AddG(c *Scalar) {
	s.AddFixed(c, generator)
}

// IsIdentityVarTime reports whether the terms add up to the identity; a sum
// without terms does.
//
// It implements Group.BatchCheck of docs/protocol/group.md.
func (s *Sum) IsIdentityVarTime() bool {
	scalars := append(s.terms.scalars, s.fixed.scalars...)
	points := append(s.terms.points, s.fixed.points...)
	var e Element
	e.VarTimeMultiScalarMult(scalars, points)
	return e.Add(&e, &s.done).IsIdentity()
}
