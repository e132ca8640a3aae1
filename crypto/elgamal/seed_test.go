package elgamal_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha512"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"valik/crypto/elgamal"
	"valik/crypto/group"
)

func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha512.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// TestSeedByHand derives a scalar by HMAC alone, after the text of RFC 5869.
func TestSeedByHand(t *testing.T) {
	secret := bytes.Repeat([]byte{7}, 32)
	seed, err := elgamal.ParseSeed(secret)
	require.NoError(t, err)

	var info []byte
	for _, part := range []string{"election", "", "slot"} {
		info = binary.BigEndian.AppendUint64(info, uint64(len(part)))
		info = append(info, part...)
	}
	prk := mac([]byte("valik/1 seed"), secret)
	want, err := group.NewScalar(0).SetUniformBytes(mac(prk, info, []byte{1}))
	require.NoError(t, err)
	require.True(t, want.Equal(seed.Scalar([]byte("election"), nil, []byte("slot"))))
}

// TestSeedKeepsListsApart: two lists give the same scalar only if they are the
// same list.
func TestSeedKeepsListsApart(t *testing.T) {
	seed := elgamal.NewSeed()
	list := rapid.SliceOfN(rapid.SliceOfN(rapid.ByteRange(0, 1), 0, 3), 0, 3)
	rapid.Check(t, func(rt *rapid.T) {
		a, b := list.Draw(rt, "a"), list.Draw(rt, "b")
		same := len(a) == len(b)
		for i := 0; same && i < len(a); i++ {
			same = bytes.Equal(a[i], b[i])
		}
		require.Equal(rt, same, seed.Scalar(a...).Equal(seed.Scalar(b...)))
	})
}

func TestSeedsDiffer(t *testing.T) {
	a, b := elgamal.NewSeed(), elgamal.NewSeed()
	require.NotEqual(t, a.SecretBytes(), b.SecretBytes())
	require.False(t, a.Scalar().Equal(b.Scalar()))
	again, err := elgamal.ParseSeed(a.SecretBytes())
	require.NoError(t, err)
	require.True(t, a.Scalar([]byte("x")).Equal(again.Scalar([]byte("x"))))
}

func TestSeedDoesNotPrint(t *testing.T) {
	seed, err := elgamal.ParseSeed(bytes.Repeat([]byte("S"), 32))
	require.NoError(t, err)
	encoded, err := json.Marshal(map[string]any{"seed": seed})
	require.NoError(t, err)
	require.Equal(t, `{"seed":{}}`, string(encoded))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		require.Equal(t, "[redacted]", fmt.Sprintf(verb, seed), verb)
		require.Equal(t, "[redacted]", fmt.Sprintf(verb, *seed), verb)
		hidden := fmt.Sprintf(verb, struct{ s elgamal.Seed }{*seed})
		for _, secret := range []string{"SSSS", "83 83", "0x53, 0x53", "5353"} {
			require.NotContains(t, hidden, secret, verb)
		}
	}
	require.Equal(t, "[redacted]", seed.String())
	require.Equal(t, "[redacted]", seed.GoString())
}

func FuzzParseSeed(f *testing.F) {
	f.Add(make([]byte, 32))
	f.Add(make([]byte, 31))
	f.Fuzz(func(t *testing.T, b []byte) {
		seed, err := elgamal.ParseSeed(b)
		if len(b) != elgamal.SeedSize {
			require.ErrorIs(t, err, elgamal.ErrLength)
			return
		}
		require.Equal(t, b, seed.SecretBytes())
	})
}
