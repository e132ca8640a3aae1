package elgamal_test

import (
	"encoding/hex"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/internal/vectortest"
)

// vectors is vectors/elgamal/elgamal.json. Every string but names is hex.
type vectors struct {
	Seeds       []seedVector       `json:"seeds"`
	Ciphertexts []ciphertextVector `json:"ciphertexts"`
	Refused     []refusedVector    `json:"refused"`
}

type seedVector struct {
	Seed string   `json:"seed"`
	Info []string `json:"info"`
	R    string   `json:"r"`
}

type ciphertextVector struct {
	Y           string `json:"Y"`
	M           string `json:"M"`
	R           string `json:"r"`
	Ciphertext  string `json:"ciphertext"`
	ReEncryptBy string `json:"reencrypt_by"`
	ReEncrypted string `json:"reencrypted"`
}

// refusedVector is what the parser of "public key" or "ciphertext" refuses.
type refusedVector struct {
	Parser string `json:"parser"`
	Reason string `json:"reason"`
	Bytes  string `json:"bytes"`
}

func TestVectors(t *testing.T) {
	random := vectortest.Random("valik/1 vectors elgamal")
	v := vectors{Refused: refused()}
	for _, info := range [][]string{{}, {""}, {"election", "contest", "\x00"}, {"electio", "ncontest", "\x00"}} {
		v.Seeds = append(v.Seeds, newSeedVector(t, random, info))
	}
	for range 4 {
		v.Ciphertexts = append(v.Ciphertexts, newCiphertextVector(t, random))
	}
	vectortest.Compare(t, "elgamal/elgamal.json", v)
}

// TestRefusedVectors parses what the file says must not parse.
func TestRefusedVectors(t *testing.T) {
	for _, r := range refused() {
		b, err := hex.DecodeString(r.Bytes)
		require.NoError(t, err)
		if r.Parser == "public key" {
			_, err = elgamal.ParsePublicKey(b)
		} else {
			_, err = elgamal.ParseCiphertext(b)
		}
		require.Error(t, err, "%s: %s", r.Parser, r.Reason)
	}
}

func newSeedVector(t *testing.T, random io.Reader, info []string) seedVector {
	secret := make([]byte, elgamal.SeedSize)
	_, err := io.ReadFull(random, secret)
	require.NoError(t, err)
	seed, err := elgamal.ParseSeed(secret)
	require.NoError(t, err)
	v := seedVector{Seed: hex.EncodeToString(secret), Info: []string{}}
	var parts [][]byte
	for _, part := range info {
		parts = append(parts, []byte(part))
		v.Info = append(v.Info, hex.EncodeToString([]byte(part)))
	}
	v.R = hex.EncodeToString(seed.Scalar(parts...).Bytes())
	return v
}

func newCiphertextVector(t *testing.T, random io.Reader) ciphertextVector {
	scalar := func() *group.Scalar {
		s, err := group.ReadScalar(random)
		require.NoError(t, err)
		return s
	}
	point := func() *group.Element { return group.NewElement().ScalarBaseMult(scalar()) }
	pk, err := elgamal.NewPublicKey(point())
	require.NoError(t, err)
	m, r, s := point(), scalar(), scalar()
	c := pk.Encrypt(m, r)
	return ciphertextVector{
		Y:           hex.EncodeToString(pk.Bytes()),
		M:           hex.EncodeToString(m.Bytes()),
		R:           hex.EncodeToString(r.Bytes()),
		Ciphertext:  hex.EncodeToString(c.Bytes()),
		ReEncryptBy: hex.EncodeToString(s.Bytes()),
		ReEncrypted: hex.EncodeToString(pk.ReEncrypt(c, s).Bytes()),
	}
}

func refused() []refusedVector {
	g := group.NewGenerator().Bytes()
	join := func(parts ...[]byte) string {
		var b []byte
		for _, p := range parts {
			b = append(b, p...)
		}
		return hex.EncodeToString(b)
	}
	return []refusedVector{
		{"public key", "the identity", join(identityBytes)},
		{"public key", "31 bytes", join(g[:31])},
		{"public key", "33 bytes", join(g, g[:1])},
		{"public key", "not below p", join(noElement)},
		{"ciphertext", "nothing", ""},
		{"ciphertext", "63 bytes", join(g, g[:31])},
		{"ciphertext", "65 bytes", join(g, g, g[:1])},
		{"ciphertext", "A not below p", join(noElement, g)},
		{"ciphertext", "B not below p", join(g, noElement)},
	}
}
