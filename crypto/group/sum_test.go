package group_test

import (
	"crypto/rand"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
)

// addEquation adds w·(a·P + b·Q − (a+b)·G) for P = Q = G to the sum, with one
// term changed by d.
func addEquation(sum *group.Sum, p, q *group.Element, d uint64) {
	a, b, w := group.RandomScalar(), group.RandomScalar(), sum.Weight()
	c := new(group.Scalar).Add(a, b)
	c.Add(c, group.NewScalar(d))
	sum.Add(new(group.Scalar).Multiply(w, a), p)
	sum.AddFixed(new(group.Scalar).Multiply(w, b), q)
	sum.AddG(c.Negate(c.Multiply(c, w)))
}

func TestSum(t *testing.T) {
	g := group.NewGenerator()
	require.True(t, group.NewSum(rand.Reader).IsIdentityVarTime())
	for _, n := range []int{1, 2, 50, 300} {
		sum := group.NewSum(rand.Reader)
		for range n {
			addEquation(sum, g, group.InCoset(g, 2, 3), 0)
		}
		require.True(t, sum.IsIdentityVarTime(), n)
		require.True(t, sum.IsIdentityVarTime(), "the answer stays")
		addEquation(sum, g, g, 1)
		require.False(t, sum.IsIdentityVarTime(), n)
	}
}

func TestSumErrorsDoNotCancel(t *testing.T) {
	// Two wrong equations whose errors are each other's negatives: without
	// weights of their own they would pass together.
	g, minusG := group.NewGenerator(), new(group.Element).Negate(group.NewGenerator())
	sum := group.NewSum(rand.Reader)
	sum.Add(sum.Weight(), g)
	sum.Add(sum.Weight(), minusG)
	require.False(t, sum.IsIdentityVarTime())
}

func TestSumFixedBases(t *testing.T) {
	g := group.NewGenerator()
	h := group.HashToElement("sum test")
	sum := group.NewSum(rand.Reader)
	for range 10 {
		sum.AddFixed(group.NewScalar(1), h)
		sum.AddFixed(group.NewScalar(1), new(group.Element).Set(h)) // another pointer
		sum.AddFixed(group.NewScalar(1), g)
		sum.AddG(group.NewScalar(1))
	}
	require.Equal(t, 2, sum.FixedTerms())
	sum.AddFixed(new(group.Scalar).Negate(group.NewScalar(20)), group.InCoset(h, 1, 7))
	require.Equal(t, 3, sum.FixedTerms(), "other coordinates cost a term")
	sum.Add(new(group.Scalar).Negate(group.NewScalar(20)), g)
	require.True(t, sum.IsIdentityVarTime())
}

func TestSumFixedBaseThatChanges(t *testing.T) {
	// A variable that is used again for another base is another base.
	base := group.NewGenerator()
	sum := group.NewSum(rand.Reader)
	sum.AddFixed(group.NewScalar(1), base)
	base.Set(group.HashToElement("sum test"))
	sum.AddFixed(new(group.Scalar).Negate(group.NewScalar(1)), base)
	require.Equal(t, 2, sum.FixedTerms())
	require.False(t, sum.IsIdentityVarTime())
}

func TestSumInBlocks(t *testing.T) {
	p, s := group.Generators("msm test", 300), mixed(300)
	total := new(group.Element).VarTimeMultiScalarMult(s, p)
	for _, block := range []int{1, 150, 299, 300, 301} {
		sum := group.NewSumInBlocks(block)
		for i := range p {
			sum.Add(&s[i], &p[i])
		}
		require.False(t, sum.IsIdentityVarTime(), block)
		sum.Add(new(group.Scalar).Negate(group.NewScalar(1)), total)
		require.True(t, sum.IsIdentityVarTime(), block)
	}
}

func TestSumWithoutRandomness(t *testing.T) {
	sum := group.NewSum(iotest.ErrReader(iotest.ErrTimeout))
	require.Panics(t, func() { sum.Weight() })
}
