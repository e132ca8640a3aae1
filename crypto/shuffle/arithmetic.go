package shuffle

import (
	"valik/crypto/group"
)

// arithmetic is how a mixer multiplies by secret scalars.
type arithmetic struct {
	mult func(*group.Table, *group.Scalar) *group.Element
	sum  func([]group.Scalar, []group.Element) *group.Element
}

func (o Options) arithmetic() arithmetic {
	if o.ConstantTime {
		return arithmetic{mult: (*group.Table).Mult, sum: sumConstantTime}
	}
	return arithmetic{mult: (*group.Table).VarTimeMult, sum: sumVarTime}
}

// add returns e + s·P for the P of the table.
func (a arithmetic) add(e *group.Element, t *group.Table, s *group.Scalar) *group.Element {
	p := a.mult(t, s)
	return p.Add(p, e)
}

// half returns (r·G + u·H)/2.
func (a arithmetic) half(r, u *group.Scalar) *group.Element {
	var s group.Scalar
	p := a.mult(group.GeneratorTable(), s.Multiply(r, oneHalf))
	return a.add(p, chainBaseTable(), s.Multiply(u, oneHalf))
}

var oneHalf = new(group.Scalar).Invert(group.NewScalar(2))

func sumVarTime(s []group.Scalar, p []group.Element) *group.Element {
	return group.NewElement().VarTimeMultiScalarMult(s, p)
}

// sumConstantTime cuts the sum so that it runs on all cores and its tables stay
// small.
func sumConstantTime(s []group.Scalar, p []group.Element) *group.Element {
	const terms = 128
	parts := make([]group.Element, (len(s)+terms-1)/terms)
	parallelBlocks(len(parts), 1, func(i int) {
		lo, hi := i*terms, min((i+1)*terms, len(s))
		parts[i].MultiScalarMult(s[lo:hi], p[lo:hi])
	})
	sum := group.NewElement()
	for i := range parts {
		sum.Add(sum, &parts[i])
	}
	return sum
}
