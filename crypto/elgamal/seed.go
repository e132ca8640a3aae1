package elgamal

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha512"
	"encoding/binary"
	"fmt"

	"valik/crypto/group"
)

// SeedSize is the number of bytes of a seed.
const SeedSize = 32

// seedSalt separates these derivations from all other uses of HKDF.
const seedSalt = "valik/1 seed"

const redacted = "[redacted]"

// Seed is the secret from which all randomness of one ballot follows. Whoever
// has it can read the ballot. It prints as [redacted].
type Seed struct {
	// In a function, so that package fmt finds only an address where it cannot
	// call Format: in an unexported field of another struct.
	secret func() []byte
}

// NewSeed draws a seed from the system's generator.
func NewSeed() *Seed {
	secret := make([]byte, SeedSize)
	_, _ = rand.Read(secret) // never fails
	return newSeed(secret)
}

// ParseSeed takes the 32 bytes of a seed.
func ParseSeed(b []byte) (*Seed, error) {
	if len(b) != SeedSize {
		return nil, fmt.Errorf("%w: a seed of %d bytes", ErrLength, len(b))
	}
	return newSeed(bytes.Clone(b)), nil
}

func newSeed(secret []byte) *Seed {
	return &Seed{func() []byte { return secret }}
}

// SecretBytes returns the 32 bytes of the seed, for the second device alone.
func (s *Seed) SecretBytes() []byte {
	return bytes.Clone(s.secret())
}

// Scalar derives the non-zero scalar that belongs to the list info. Different
// lists give independent scalars, however their bytes are split.
//
// It implements Seed.Scalar of docs/protocol/elgamal.md.
func (s *Seed) Scalar(info ...[]byte) *group.Scalar {
	okm, err := hkdf.Key(sha512.New, s.secret(), []byte(seedSalt), string(encodeInfo(info)), 128)
	if err != nil {
		panic("elgamal: " + err.Error()) // the length is within the limits of RFC 5869
	}
	scalar, err := group.ReadScalar(bytes.NewReader(okm))
	if err != nil {
		panic("elgamal: two zero blocks of HKDF") // probability 2^-504
	}
	return scalar
}

// encodeInfo is injective: every part stands behind its length.
func encodeInfo(info [][]byte) []byte {
	var b []byte
	for _, part := range info {
		b = binary.BigEndian.AppendUint64(b, uint64(len(part)))
		b = append(b, part...)
	}
	return b
}

// String returns "[redacted]".
func (s Seed) String() string { return redacted }

// GoString returns "[redacted]".
func (s Seed) GoString() string { return redacted }

// Format prints "[redacted]" for every verb.
func (s Seed) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }
