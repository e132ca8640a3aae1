package group_test

import (
	"fmt"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	"valik/crypto/group"
)

// oracleSum is Σ s[i]·p[i] in an implementation that is not ours.
func oracleSum(t require.TestingT, s []group.Scalar, p []group.Element) []byte {
	scalars := make([]*ristretto255.Scalar, len(s))
	points := make([]*ristretto255.Element, len(p))
	for i := range s {
		scalars[i] = oracleScalar(t, &s[i])
		points[i] = oracle(t, &p[i])
	}
	return ristretto255.NewIdentityElement().VarTimeMultiScalarMult(scalars, points).Bytes()
}

// edgeScalars are where signs, carries and classes of length change.
func edgeScalars() []group.Scalar {
	one := group.NewScalar(1)
	var out []group.Scalar
	add := func(s *group.Scalar) {
		out = append(out, *s, *new(group.Scalar).Negate(s))
	}
	add(group.NewScalar(0))
	power := group.NewScalar(1)
	for range 253 {
		add(power)
		add(new(group.Scalar).Subtract(power, one))
		add(new(group.Scalar).Add(power, one))
		power = new(group.Scalar).Add(power, power)
	}
	half := new(group.Scalar).Invert(group.NewScalar(2)) // (ℓ+1)/2
	add(half)
	add(new(group.Scalar).Subtract(half, one))
	add(new(group.Scalar).Add(half, one))
	return out
}

func TestVarTimeMultiScalarMult(t *testing.T) {
	edges := edgeScalars()
	for _, n := range []int{0, 1, 2, 3, 31, 127, 128, 129, 130, 257, 700, 1500} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			p := append([]group.Element{}, group.Generators("msm test", n)...)
			for name, s := range map[string][]group.Scalar{
				"long":  group.RandomScalars(n),
				"short": shortScalars(n),
				"edges": repeat(edges, n),
				"mixed": mixed(edges, n),
				"zero":  make([]group.Scalar, n),
			} {
				got := new(group.Element).VarTimeMultiScalarMult(s, p)
				require.Equal(t, oracleSum(t, s, p), got.Bytes(), name)
			}
		})
	}
}

func TestVarTimeMultiScalarMultEqualPoints(t *testing.T) {
	// All terms meet in the same buckets, next to their negatives and the identity.
	const n = 600
	g := group.NewGenerator()
	s := repeat(edgeScalars(), n)
	p := make([]group.Element, n)
	total := new(group.Scalar)
	for i := range p {
		switch i % 3 {
		case 0:
			p[i].Set(g)
			total.Add(total, &s[i])
		case 1:
			p[i].Negate(g)
			total.Subtract(total, &s[i])
		default:
			p[i].Set(group.NewElement())
		}
	}
	got := new(group.Element).VarTimeMultiScalarMult(s, p)
	require.True(t, got.Equal(new(group.Element).ScalarBaseMult(total)))
}

func TestEveryEdgeScalar(t *testing.T) {
	p := group.HashToElement("edge test")
	table := group.NewTable(p)
	for _, s := range edgeScalars() {
		want := new(group.Element).ScalarMult(&s, p)
		require.True(t, want.Equal(new(group.Element).VarTimeScalarMult(&s, p)))
		require.True(t, want.Equal(table.Mult(&s)))
		require.True(t, want.Equal(table.VarTimeMult(&s)))
	}
}

func repeat(s []group.Scalar, n int) []group.Scalar {
	out := make([]group.Scalar, n)
	for i := range out {
		out[i] = s[(i*7)%len(s)]
	}
	return out
}

func mixed(edges []group.Scalar, n int) []group.Scalar {
	out, long, short := repeat(edges, n), group.RandomScalars(n), shortScalars(n)
	for i := range out {
		switch i % 4 {
		case 0:
			out[i] = long[i]
		case 1:
			out[i] = short[i]
		case 2:
			out[i].Negate(&short[i])
		}
	}
	return out
}
