package threshold

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"valik/crypto/group"
)

func TestInterpolation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		degree := rapid.IntRange(1, 8).Draw(t, "t")
		indices := rapid.SliceOfNDistinct(rapid.IntRange(1, MaxTrustees), degree, degree, rapid.ID).Draw(t, "indices")
		x := rapid.IntRange(0, MaxTrustees).Draw(t, "x")
		f := polynomial(group.RandomScalars(degree))
		sum := group.NewScalar(0)
		for k, lambda := range lagrange(indices, x) {
			sum.MultiplyAdd(&lambda, f.at(indices[k]), sum)
		}
		require.True(t, sum.Equal(f.at(x)))
	})
}

func TestEvaluationInTheExponent(t *testing.T) {
	f := polynomial(group.RandomScalars(5))
	for _, j := range []int{0, 1, 2, 63, 64} {
		expected := group.NewElement().ScalarBaseMult(f.at(j))
		require.True(t, expected.Equal(evaluateVarTime(f.commit(), j)))
	}
}

func TestPolynomialAtSmallValues(t *testing.T) {
	// f(x) = 5 + 7x + 2x²
	f := polynomial{*group.NewScalar(5), *group.NewScalar(7), *group.NewScalar(2)}
	require.True(t, f.at(0).Equal(group.NewScalar(5)))
	require.True(t, f.at(3).Equal(group.NewScalar(44)))
}
