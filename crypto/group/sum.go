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
	scalars []Scalar
	points  []Element
	fixed   map[coordinates]int // where in scalars a fixed base stands
}

// coordinates identifies a base by its representation. The same element in
// other coordinates becomes a term of its own: slower, never wrong.
type coordinates [4]field.Element

// NewSum returns a sum without terms. weights is the verifier's own randomness:
// crypto/rand, or a generator seeded with fresh randomness.
func NewSum(weights io.Reader) *Sum {
	return &Sum{weights: weights, fixed: make(map[coordinates]int)}
}

// Weight returns a fresh weight for one equation, uniform between 1 and
// 2^128 − 1. It panics if the source of randomness fails: no check can be made
// without weights.
//
// It implements Group.Weight of docs/protocol/group.md.
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
	s.scalars = append(s.scalars, *c)
	s.points = append(s.points, *p)
}

// AddFixed adds the term c·base, for a base that many equations share: all its
// terms together cost one.
func (s *Sum) AddFixed(c *Scalar, base *Element) {
	key := coordinates{base.x, base.y, base.z, base.t}
	if i, ok := s.fixed[key]; ok {
		s.scalars[i].Add(&s.scalars[i], c)
		return
	}
	s.fixed[key] = len(s.scalars)
	s.Add(c, base)
}

// AddG adds the term c·G.
func (s *Sum) AddG(c *Scalar) {
	s.AddFixed(c, generator)
}

// IsIdentityVarTime reports whether the terms add up to the identity; a sum
// without terms does.
func (s *Sum) IsIdentityVarTime() bool {
	return new(Element).VarTimeMultiScalarMult(s.scalars, s.points).IsIdentity()
}
