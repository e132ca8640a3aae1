package group_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"valik/crypto/group"
)

func TestFourPointsAreOneElement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q := drawElement(t, "P"), drawElement(t, "Q")
		z := rapid.Uint32().Draw(t, "Z")
		for k := range 4 {
			other := group.InCoset(p, k, z)
			require.True(t, other.Equal(p))
			require.Equal(t, p.Bytes(), other.Bytes())
			require.Equal(t, p.IsIdentity(), other.IsIdentity())
			require.Equal(t, p.Equal(q), other.Equal(q))
		}
	})
}

func TestGroupLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q, r := drawElement(t, "P"), drawElement(t, "Q"), drawElement(t, "R")
		a, b := new(group.Element), new(group.Element)
		require.True(t, a.Add(p, q).Equal(b.Add(q, p)))
		a.Add(a.Add(p, q), r)
		b.Add(p, b.Add(q, r))
		require.True(t, a.Equal(b))
		require.True(t, a.Add(p, group.NewElement()).Equal(p))
		require.True(t, a.Subtract(p, p).IsIdentity())
		require.True(t, a.Add(p, b.Negate(p)).IsIdentity())
		require.True(t, a.Add(p, p).Equal(b.Double(p)))
	})
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawElement(t, "P")
		got, err := new(group.Element).SetBytes(p.Bytes())
		require.NoError(t, err)
		require.True(t, got.Equal(p))
		require.Equal(t, p.Bytes(), got.AppendBytes(nil))
		require.Equal(t, append([]byte{7}, p.Bytes()...), got.AppendBytes([]byte{7}))
	})
}

func TestReceiverMayBeArgument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q, s := drawElement(t, "P"), drawElement(t, "Q"), drawScalar(t, "s")
		for name, op := range map[string]func(e, p, q *group.Element) *group.Element{
			"Add":        (*group.Element).Add,
			"Subtract":   (*group.Element).Subtract,
			"Double":     func(e, p, _ *group.Element) *group.Element { return e.Double(p) },
			"Negate":     func(e, p, _ *group.Element) *group.Element { return e.Negate(p) },
			"ScalarMult": func(e, p, _ *group.Element) *group.Element { return e.ScalarMult(s, p) },
		} {
			want := op(new(group.Element), p, q)
			a, b, c := *p, *q, *p
			require.True(t, op(&a, &a, q).Equal(want), name)
			require.True(t, op(&b, p, &b).Equal(want), name)
			require.True(t, op(&c, &c, &c).Equal(op(new(group.Element), p, p)), name)
		}
	})
}

func TestZeroValuePanics(t *testing.T) {
	g, zero := group.NewGenerator(), new(group.Element)
	one := []group.Scalar{*group.NewScalar(1)}
	for name, use := range map[string]func(){
		"Equal":       func() { g.Equal(zero) },
		"Equal left":  func() { zero.Equal(g) },
		"IsIdentity":  func() { zero.IsIdentity() },
		"Bytes":       func() { zero.Bytes() },
		"Add":         func() { new(group.Element).Add(g, zero) },
		"Subtract":    func() { new(group.Element).Subtract(zero, g) },
		"Negate":      func() { new(group.Element).Negate(zero) },
		"Double":      func() { new(group.Element).Double(zero) },
		"Select":      func() { new(group.Element).Select(g, zero, 1) },
		"ScalarMult":  func() { new(group.Element).ScalarMult(&one[0], zero) },
		"MSM":         func() { new(group.Element).MultiScalarMult(one, []group.Element{*zero}) },
		"VarTimeMSM":  func() { new(group.Element).VarTimeMultiScalarMult(one, []group.Element{*zero}) },
		"NewTable":    func() { group.NewTable(zero) },
		"EncodeAll":   func() { group.EncodeAll([]group.Element{*zero}) },
		"DoubleAnd":   func() { group.DoubleAndEncodeAll([]group.Element{*zero}) },
		"Sum":         func() { group.NewSum(nil).Add(&one[0], zero) },
		"Sum, fixed":  func() { group.NewSum(nil).AddFixed(&one[0], zero) },
		"lengths":     func() { new(group.Element).MultiScalarMult(one, nil) },
		"lengths too": func() { new(group.Element).VarTimeMultiScalarMult(nil, []group.Element{*g}) },
	} {
		require.Panics(t, use, name)
	}
}
