package group_test

import (
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
)

// value is the integer Σ digits[i]·2^(c·i), negated if asked, modulo ℓ.
func value[D int8 | int16](digits []D, c int, negative bool) *big.Int {
	v := new(big.Int)
	for _, d := range slices.Backward(digits) {
		v.Lsh(v, uint(c))
		v.Add(v, big.NewInt(int64(d)))
	}
	if negative {
		v.Neg(v)
	}
	return v.Mod(v, order)
}

func requireValue(t *testing.T, s *group.Scalar, v *big.Int) {
	t.Helper()
	require.Equal(t, s.Bytes(), littleEndian(v, 32))
}

func TestSignedDigits(t *testing.T) {
	scalars := append(group.RandomScalars(20), edges...)
	for c := 3; c <= 15; c++ {
		for i := range scalars {
			negative, digits := group.SignedDigits(&scalars[i], c)
			for _, d := range digits {
				// Each digit has a bucket.
				require.LessOrEqual(t, max(d, -d), int16(1)<<(c-1))
			}
			requireValue(t, &scalars[i], value(digits, c, negative))
		}
	}
}

func TestShortScalarsHaveFewDigits(t *testing.T) {
	for _, s := range shortScalars(20) {
		for _, x := range []*group.Scalar{&s, new(group.Scalar).Negate(&s)} {
			_, digits := group.SignedDigits(x, 8)
			require.Len(t, digits, 17)
			_, naf := group.NAF(x)
			require.LessOrEqual(t, len(naf), 129)
		}
	}
}

func TestNAF(t *testing.T) {
	for _, s := range append(group.RandomScalars(20), edges...) {
		negative, digits := group.NAF(&s)
		last := -5
		for i, d := range digits {
			if d == 0 {
				continue
			}
			require.Equal(t, int8(1), d&1)
			require.LessOrEqual(t, max(d, -d), int8(15))
			require.GreaterOrEqual(t, i, last+5)
			last = i
		}
		requireValue(t, &s, value(digits, 1, negative))
	}
}

func TestRadix16(t *testing.T) {
	for _, s := range append(group.RandomScalars(20), edges...) {
		digits := group.Radix16(&s)
		for _, d := range digits {
			require.LessOrEqual(t, max(d, -d), int8(8))
		}
		requireValue(t, &s, value(digits[:], 4, false))
	}
}
