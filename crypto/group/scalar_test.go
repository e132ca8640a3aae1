package group_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"valik/crypto/group"
)

var order, _ = new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)

// littleEndian is x in n bytes.
func littleEndian(x *big.Int, n int) []byte {
	b := x.FillBytes(make([]byte, n))
	slices.Reverse(b)
	return b
}

func TestScalarEncoding(t *testing.T) {
	add := func(d int64) []byte { return littleEndian(new(big.Int).Add(order, big.NewInt(d)), 32) }
	for name, b := range map[string][]byte{
		"zero": make([]byte, 32), "ℓ−1": add(-1), "ℓ−2": add(-2),
	} {
		s, err := new(group.Scalar).SetBytes(b)
		require.NoError(t, err, name)
		require.Equal(t, b, s.Bytes(), name)
		require.Equal(t, append([]byte{1}, b...), s.AppendBytes([]byte{1}), name)
	}
	for name, b := range map[string][]byte{
		"ℓ": add(0), "ℓ+1": add(1), "2^256−1": bytes.Repeat([]byte{255}, 32),
		"empty": nil, "short": make([]byte, 31), "long": make([]byte, 33),
	} {
		s := group.NewScalar(5)
		got, err := s.SetBytes(b)
		require.ErrorIs(t, err, group.ErrScalar, name)
		require.Nil(t, got)
		require.True(t, s.Equal(group.NewScalar(5)), "the receiver changed: %s", name)
	}
	_, err := new(group.Scalar).SetUniformBytes(make([]byte, 63))
	require.Error(t, err)
}

func TestScalarReduction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBytes(t, 64, "b")
		s, err := new(group.Scalar).SetUniformBytes(b)
		require.NoError(t, err)
		slices.Reverse(b)
		want := new(big.Int).Mod(new(big.Int).SetBytes(b), order)
		require.Equal(t, littleEndian(want, 32), s.Bytes())
	})
}

func TestScalarInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawScalar(t, "x")
		product := new(group.Scalar).Invert(x)
		product.Multiply(product, x)
		if x.IsZero() {
			require.True(t, product.IsZero())
		} else {
			require.True(t, product.Equal(group.NewScalar(1)))
		}
	})
}

func TestScalarIsHidden(t *testing.T) {
	s := group.NewScalar(0x1234567)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
		require.Equal(t, "[redacted]", fmt.Sprintf(verb, s), verb)
		require.Equal(t, "[redacted]", fmt.Sprintf(verb, *s), verb)
	}
	require.Equal(t, "{[redacted]}", fmt.Sprintf("%v", struct{ S group.Scalar }{*s}))
	require.Equal(t, "[redacted]", s.String())
	require.Equal(t, "[redacted]", s.GoString())
}

func TestReadScalar(t *testing.T) {
	// Zeros are passed over: ℓ in 64 bytes is 0 as well.
	zeros := append(make([]byte, 64), littleEndian(order, 64)...)
	s, err := group.ReadScalar(bytes.NewReader(append(zeros, littleEndian(big.NewInt(9), 64)...)))
	require.NoError(t, err)
	require.True(t, s.Equal(group.NewScalar(9)))

	s, err = group.ReadShortScalar(bytes.NewReader(append(make([]byte, 16), littleEndian(big.NewInt(9), 16)...)))
	require.NoError(t, err)
	require.True(t, s.Equal(group.NewScalar(9)))

	s, err = group.ReadShortScalar(bytes.NewReader(bytes.Repeat([]byte{255}, 16)))
	require.NoError(t, err)
	require.Equal(t, append(bytes.Repeat([]byte{255}, 16), make([]byte, 16)...), s.Bytes())
}

func TestReadScalarErrors(t *testing.T) {
	broken := errors.New("broken")
	for name, read := range map[string]func(io.Reader) (*group.Scalar, error){
		"long": group.ReadScalar, "short": group.ReadShortScalar,
	} {
		_, err := read(iotest.ErrReader(broken))
		require.ErrorIs(t, err, broken, name)
		_, err = read(bytes.NewReader(make([]byte, 15)))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, name)
		// A source that is stuck at zero must not hang its reader.
		_, err = read(bytes.NewReader(make([]byte, 1<<16)))
		require.Error(t, err, name)
	}
}

func TestRandomScalars(t *testing.T) {
	require.Empty(t, group.RandomScalars(0))
	seen := make(map[string]bool)
	for _, n := range []int{1, 63, 64, 65, 200} {
		s := group.RandomScalars(n)
		require.Len(t, s, n)
		for i := range s {
			require.False(t, s[i].IsZero())
			seen[string(s[i].Bytes())] = true
		}
	}
	seen[string(group.RandomScalar().Bytes())] = true
	require.Len(t, seen, 1+63+64+65+200+1)
}

func shortScalars(n int) []group.Scalar {
	out := make([]group.Scalar, n)
	for i := range out {
		s, err := group.ReadShortScalar(rand.Reader)
		if err != nil {
			panic(err)
		}
		out[i].Set(s)
	}
	return out
}
