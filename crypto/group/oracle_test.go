package group_test

import (
	"bytes"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	"valik/crypto/group"
)

// oracle is the same element in an implementation that is not ours.
func oracle(t require.TestingT, e *group.Element) *ristretto255.Element {
	o, err := ristretto255.NewIdentityElement().SetCanonicalBytes(e.Bytes())
	require.NoError(t, err)
	return o
}

func TestSmoke(t *testing.T) {
	for i := range 50 {
		u := bytes.Repeat([]byte{byte(i), byte(3*i + 1)}, 32)
		e, err := new(group.Element).SetUniformBytes(u)
		require.NoError(t, err)
		o, err := ristretto255.NewIdentityElement().SetUniformBytes(u)
		require.NoError(t, err)
		require.Equal(t, o.Bytes(), e.Bytes())
		d, err := new(group.Element).SetBytes(e.Bytes())
		require.NoError(t, err)
		require.True(t, d.Equal(e))
		require.True(t, new(group.Element).Add(d, e).Equal(new(group.Element).Double(e)))
		require.True(t, new(group.Element).Subtract(d, e).IsIdentity())
		s := group.RandomScalar()
		x := new(group.Element).ScalarMult(s, e)
		_ = oracle(t, x)
		require.True(t, x.Equal(new(group.Element).VarTimeScalarMult(s, d)))
		sum := group.NewSum(bytes.NewReader(u))
		w := sum.Weight()
		sum.Add(new(group.Scalar).Multiply(w, s), e)
		sum.AddFixed(new(group.Scalar).Negate(w), x)
		require.True(t, sum.IsIdentityVarTime())
		sum.AddG(s)
		require.False(t, sum.IsIdentityVarTime())
	}
	g := group.Generators("x", 1000)
	back, err := group.DecodeAll(group.EncodeAll(g))
	require.NoError(t, err)
	for i := range g {
		require.True(t, g[i].Equal(&back[i]))
	}
}

func oracleScalar(t require.TestingT, s *group.Scalar) *ristretto255.Scalar {
	o, err := ristretto255.NewScalar().SetCanonicalBytes(s.Bytes())
	require.NoError(t, err)
	return o
}
