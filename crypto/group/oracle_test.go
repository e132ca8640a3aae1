package group_test

import (
	"testing"

	circl "github.com/cloudflare/circl/group"
	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"valik/crypto/group"
)

// The oracles are implementations that are not ours.

func oracle(t require.TestingT, e *group.Element) *ristretto255.Element {
	o, err := ristretto255.NewIdentityElement().SetCanonicalBytes(e.Bytes())
	require.NoError(t, err)
	return o
}

func oracleScalar(t require.TestingT, s *group.Scalar) *ristretto255.Scalar {
	o, err := ristretto255.NewScalar().SetCanonicalBytes(s.Bytes())
	require.NoError(t, err)
	return o
}

// oracleSum is Σ s[i]·p[i], encoded.
func oracleSum(t require.TestingT, s []group.Scalar, p []group.Element) []byte {
	scalars := make([]*ristretto255.Scalar, len(s))
	points := make([]*ristretto255.Element, len(p))
	for i := range s {
		scalars[i] = oracleScalar(t, &s[i])
		points[i] = oracle(t, &p[i])
	}
	return ristretto255.NewIdentityElement().VarTimeMultiScalarMult(scalars, points).Bytes()
}

func TestOracleElements(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q, s := drawElement(t, "P"), drawElement(t, "Q"), drawScalar(t, "s")
		op, oq, os := oracle(t, p), oracle(t, q), oracleScalar(t, s)
		want := ristretto255.NewIdentityElement()
		got := group.NewElement()
		require.Equal(t, want.Add(op, oq).Bytes(), got.Add(p, q).Bytes())
		require.Equal(t, want.Subtract(op, oq).Bytes(), got.Subtract(p, q).Bytes())
		require.Equal(t, want.Negate(op).Bytes(), got.Negate(p).Bytes())
		require.Equal(t, want.Add(op, op).Bytes(), got.Double(p).Bytes())
		require.Equal(t, op.Equal(oq) == 1, p.Equal(q))
		require.Equal(t, want.ScalarMult(os, op).Bytes(), got.ScalarMult(s, p).Bytes())
		require.Equal(t, want.ScalarBaseMult(os).Bytes(), got.ScalarBaseMult(s).Bytes())
	})
}

func TestOracleCircl(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, s := drawElement(t, "P"), drawScalar(t, "s")
		op, os := circl.Ristretto255.NewElement(), circl.Ristretto255.NewScalar()
		require.NoError(t, op.UnmarshalBinary(p.Bytes()))
		require.NoError(t, os.UnmarshalBinary(s.Bytes()))
		want, err := op.Mul(op, os).MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, want, new(group.Element).VarTimeScalarMult(s, p).Bytes())
	})
}

func TestOracleScalars(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y, z := drawScalar(t, "x"), drawScalar(t, "y"), drawScalar(t, "z")
		ox, oy, oz := oracleScalar(t, x), oracleScalar(t, y), oracleScalar(t, z)
		want, got := ristretto255.NewScalar(), new(group.Scalar)
		require.Equal(t, want.Add(ox, oy).Bytes(), got.Add(x, y).Bytes())
		require.Equal(t, want.Subtract(ox, oy).Bytes(), got.Subtract(x, y).Bytes())
		require.Equal(t, want.Negate(ox).Bytes(), got.Negate(x).Bytes())
		require.Equal(t, want.Multiply(ox, oy).Bytes(), got.Multiply(x, y).Bytes())
		require.Equal(t, want.Add(want, oz).Bytes(), got.MultiplyAdd(x, y, z).Bytes())
		require.Equal(t, want.Invert(ox).Bytes(), got.Invert(x).Bytes())
		require.Equal(t, ox.Equal(oy) == 1, x.Equal(y))
	})
}

func TestOracleUniform(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBytes(t, 64, "b")
		o, err := ristretto255.NewIdentityElement().SetUniformBytes(b)
		require.NoError(t, err)
		e, err := new(group.Element).SetUniformBytes(b)
		require.NoError(t, err)
		require.Equal(t, o.Bytes(), e.Bytes())
		os, err := ristretto255.NewScalar().SetUniformBytes(b)
		require.NoError(t, err)
		s, err := new(group.Scalar).SetUniformBytes(b)
		require.NoError(t, err)
		require.Equal(t, os.Bytes(), s.Bytes())
	})
}
