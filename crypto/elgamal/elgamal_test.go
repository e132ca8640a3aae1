package elgamal_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
)

// identityBytes is the encoding of the identity.
var identityBytes = make([]byte, 32)

// noElement is 32 bytes that no element encodes to: p, which is not reduced.
var noElement = append(append([]byte{0xed}, ones(30)...), 0x7f)

func ones(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = 0xff
	}
	return b
}

func newKey(t require.TestingT) (*group.Scalar, *elgamal.PublicKey) {
	x := group.RandomScalar()
	pk, err := elgamal.NewPublicKey(group.NewElement().ScalarBaseMult(x))
	require.NoError(t, err)
	return x, pk
}

// decrypt returns B - x·A.
func decrypt(x *group.Scalar, c *elgamal.Ciphertext) *group.Element {
	shared := group.NewElement().ScalarMult(x, &c.A)
	return shared.Subtract(&c.B, shared)
}

func TestEncryptThenDecrypt(t *testing.T) {
	x, pk := newKey(t)
	for _, m := range []*group.Element{group.NewElement(), group.NewGenerator(), group.HashToElement("valik/1 test")} {
		r := group.RandomScalar()
		c := pk.Encrypt(m, r)
		require.True(t, c.A.Equal(group.NewElement().ScalarBaseMult(r)))
		require.True(t, decrypt(x, c).Equal(m))
	}
}

func TestReEncrypt(t *testing.T) {
	x, pk := newKey(t)
	m, r, s := group.HashToElement("valik/1 test"), group.RandomScalar(), group.RandomScalar()
	c := pk.Encrypt(m, r)
	d := pk.ReEncrypt(c, s)
	require.False(t, d.A.Equal(&c.A))
	require.False(t, d.B.Equal(&c.B))
	require.True(t, decrypt(x, d).Equal(m))
	require.True(t, d.Equal(pk.Encrypt(m, r.Add(r, s))), "the randomness adds up")
}

func TestEqualComparesBothComponents(t *testing.T) {
	_, pk := newKey(t)
	c := pk.Encrypt(group.NewGenerator(), group.RandomScalar())
	d := *c
	require.True(t, c.Equal(&d))
	d.A.Double(&c.A)
	require.False(t, c.Equal(&d))
	d = *c
	d.B.Double(&c.B)
	require.False(t, c.Equal(&d))
}

func TestPublicKeyRefusesTheIdentity(t *testing.T) {
	_, err := elgamal.NewPublicKey(group.NewElement())
	require.ErrorIs(t, err, elgamal.ErrIdentityKey)
	_, err = elgamal.ParsePublicKey(identityBytes)
	require.ErrorIs(t, err, elgamal.ErrIdentityKey)
	for _, b := range [][]byte{nil, identityBytes[:31], noElement} {
		_, err = elgamal.ParsePublicKey(b)
		require.ErrorIs(t, err, group.ErrElement)
	}
}

// TestPublicKeyIsNotAliased: what a caller does to its point or to the bytes it
// got does not reach the key.
func TestPublicKeyIsNotAliased(t *testing.T) {
	y := group.NewElement().Set(group.NewGenerator())
	pk, err := elgamal.NewPublicKey(y)
	require.NoError(t, err)
	y.Double(y)
	pk.Element().Double(y)
	pk.Bytes()[0] ^= 1
	require.True(t, pk.Element().Equal(group.NewGenerator()))
	require.Equal(t, group.NewGenerator().Bytes(), pk.Bytes())
	require.True(t, pk.Table().Mult(group.NewScalar(3)).Equal(group.NewElement().ScalarBaseMult(group.NewScalar(3))))
}

func TestParseCiphertext(t *testing.T) {
	_, pk := newKey(t)
	good := pk.Encrypt(group.NewGenerator(), group.RandomScalar())
	c, err := elgamal.ParseCiphertext(good.Bytes())
	require.NoError(t, err)
	require.True(t, c.Equal(good))

	_, err = elgamal.ParseCiphertext(make([]byte, 64))
	require.NoError(t, err, "the identity decodes")

	a, b := good.Bytes()[:32], good.Bytes()[32:]
	bad := map[string]struct {
		bytes []byte
		err   error
		text  string
	}{
		"empty":    {nil, elgamal.ErrLength, "0 bytes"},
		"short":    {good.Bytes()[:63], elgamal.ErrLength, "63 bytes"},
		"long":     {append(good.Bytes(), 0), elgamal.ErrLength, "65 bytes"},
		"A is bad": {append(append([]byte{}, noElement...), b...), group.ErrElement, "component A"},
		"B is bad": {append(append([]byte{}, a...), noElement...), group.ErrElement, "component B"},
	}
	for name, test := range bad {
		_, err := elgamal.ParseCiphertext(test.bytes)
		require.ErrorIs(t, err, test.err, name)
		require.ErrorContains(t, err, test.text, name)
	}
}

func FuzzParseCiphertext(f *testing.F) {
	f.Add(make([]byte, 64))
	f.Add(append(group.NewGenerator().Bytes(), noElement...))
	f.Add(append(group.NewGenerator().Bytes(), group.NewGenerator().Bytes()...))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := elgamal.ParseCiphertext(b); err == nil {
			require.Equal(t, b, c.Bytes())
		}
	})
}

func FuzzParsePublicKey(f *testing.F) {
	f.Add(identityBytes)
	f.Add(group.NewGenerator().Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if pk, err := elgamal.ParsePublicKey(b); err == nil {
			require.Equal(t, b, pk.Bytes())
			require.Equal(t, b, pk.Element().Bytes())
		}
	})
}

func BenchmarkEncrypt(b *testing.B) {
	_, pk := newKey(b)
	m, r := group.HashToElement("valik/1 test"), group.RandomScalar()
	pk.Table()
	for b.Loop() {
		pk.Encrypt(m, r)
	}
}
