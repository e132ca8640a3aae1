package group_test

import (
	"fmt"
	"runtime"
	"testing"

	"filippo.io/edwards25519"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"valik/crypto/group"
)

func TestVarTimeMultiScalarMult(t *testing.T) {
	for _, n := range []int{0, 1, 2, 31, 127, 128, 129, 130, 257, 800} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			p := group.Generators("msm test", n)
			for name, s := range map[string][]group.Scalar{
				"long":  group.RandomScalars(n),
				"short": shortScalars(n),
				"edges": repeat(edges, n),
				"mixed": mixed(n),
				"zero":  make([]group.Scalar, n),
			} {
				got := new(group.Element).VarTimeMultiScalarMult(s, p)
				require.Equal(t, oracleSum(t, s, p), got.Bytes(), name)
			}
		})
	}
}

func TestMultiScalarMults(t *testing.T) {
	// Every way gives the same, for any representation of the elements.
	rapid.Check(t, func(t *rapid.T) {
		s, p := drawTerms(t, rapid.IntRange(0, 12).Draw(t, "n"))
		want := group.NewElement()
		for i := range s {
			want.Add(want, new(group.Element).ScalarMult(&s[i], &p[i]))
		}
		require.True(t, new(group.Element).MultiScalarMult(s, p).Equal(want))
		require.True(t, new(group.Element).VarTimeMultiScalarMult(s, p).Equal(want))
		require.True(t, group.Straus(s, p).Equal(want))
		if len(s) > 0 {
			require.True(t, group.Pippenger(s, p).Equal(want))
		}
	})
}

func TestEqualPoints(t *testing.T) {
	// All terms meet in the same buckets, next to negatives and identities.
	const n = 600
	s, p := repeat(edges, n), make([]group.Element, n)
	total := new(group.Scalar)
	for i := range p {
		switch i % 3 {
		case 0:
			p[i].Set(group.InCoset(group.NewGenerator(), i, uint32(i)))
			total.Add(total, &s[i])
		case 1:
			p[i].Negate(group.NewGenerator())
			total.Subtract(total, &s[i])
		default:
			p[i].Set(group.InCoset(group.NewElement(), i, 5))
		}
	}
	got := new(group.Element).VarTimeMultiScalarMult(s, p)
	require.True(t, got.Equal(new(group.Element).ScalarBaseMult(total)))
}

func TestBlocks(t *testing.T) {
	s, p := mixed(400), group.Generators("msm test", 400)
	want := new(group.Element).VarTimeMultiScalarMult(s, p)
	for _, block := range []int{1, 7, 199, 200, 399, 400, 401} {
		require.True(t, group.MultiScalarMultInBlocks(s, p, block).Equal(want), block)
	}
}

func TestAnyNumberOfCores(t *testing.T) {
	s, p := mixed(300), group.Generators("msm test", 300)
	want := oracleSum(t, s, p)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, cores := range []int{1, 3, 16, 61, 400} {
		runtime.GOMAXPROCS(cores)
		require.Equal(t, want, new(group.Element).VarTimeMultiScalarMult(s, p).Bytes(), cores)
	}
}

func TestReceiverInTheSum(t *testing.T) {
	s := group.RandomScalars(200)
	for _, n := range []int{2, 200} {
		p := append([]group.Element{}, group.Generators("msm test", n)...)
		want := oracleSum(t, s[:n], p)
		require.Equal(t, want, p[1].VarTimeMultiScalarMult(s[:n], p).Bytes())
	}
	p := append([]group.Element{}, group.Generators("msm test", 3)...)
	want := oracleSum(t, s[:3], p)
	require.Equal(t, want, p[1].MultiScalarMult(s[:3], p).Bytes())
}

// TestUsedReceiver is for CVE-2026-26958: before v1.2.0 of edwards25519,
// MultiScalarMult began from what the receiver held before.
func TestUsedReceiver(t *testing.T) {
	s, p := group.RandomScalars(3), group.Generators("msm test", 3)
	want := oracleSum(t, s, p)
	used := group.NewGenerator()
	require.Equal(t, want, used.MultiScalarMult(s, p).Bytes())
	require.Equal(t, want, used.MultiScalarMult(s, p).Bytes())
	require.Equal(t, want, used.VarTimeMultiScalarMult(s, p).Bytes())
	require.True(t, used.MultiScalarMult(nil, nil).IsIdentity())

	// The library itself, so that a downgrade shows even if our calls change.
	two, err := edwards25519.NewScalar().SetCanonicalBytes(group.NewScalar(2).Bytes())
	require.NoError(t, err)
	g := edwards25519.NewGeneratorPoint()
	double := new(edwards25519.Point).Add(g, g)
	receiver := edwards25519.NewGeneratorPoint()
	receiver.MultiScalarMult([]*edwards25519.Scalar{two}, []*edwards25519.Point{g})
	require.Equal(t, 1, receiver.Equal(double))
	receiver.VarTimeMultiScalarMult([]*edwards25519.Scalar{two}, []*edwards25519.Point{g})
	require.Equal(t, 1, receiver.Equal(double))
}

// repeat returns n scalars that go through the list in an uneven order.
func repeat(s []group.Scalar, n int) []group.Scalar {
	out := make([]group.Scalar, n)
	for i := range out {
		out[i].Set(&s[i*7%len(s)])
	}
	return out
}

// mixed returns long and short scalars, negatives of short ones and edges.
func mixed(n int) []group.Scalar {
	out, long, short := repeat(edges, n), group.RandomScalars(n), shortScalars(n)
	for i := range out {
		switch i % 4 {
		case 0:
			out[i].Set(&long[i])
		case 1:
			out[i].Set(&short[i])
		case 2:
			out[i].Negate(&short[i])
		}
	}
	return out
}
