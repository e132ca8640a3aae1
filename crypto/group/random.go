package group

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
)

// errZeros says that a source of randomness gave zeros only: it is broken, and
// reading on for ever would hide it.
var errZeros = errors.New("group: the source of randomness gives only zeros")

// RandomScalar returns a uniform scalar other than 0 from crypto/rand.
func RandomScalar() *Scalar {
	s, err := ReadScalar(rand.Reader)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return s
}

// RandomScalars returns n independent uniform scalars other than 0 from
// crypto/rand. It reads in bulk: many at once are much cheaper than one by one.
func RandomScalars(n int) []Scalar {
	const block = 64
	var buf [64 * block]byte
	defer clear(buf[:])
	out := make([]Scalar, n)
	for i := range out {
		if i%block == 0 {
			// crypto/rand.Read never returns an error.
			_, _ = rand.Read(buf[:64*min(block, n-i)])
		}
		j := 64 * (i % block)
		if _, err := out[i].SetUniformBytes(buf[j : j+64]); err != nil {
			panic(err)
		}
		if out[i].IsZero() {
			out[i].Set(RandomScalar())
		}
	}
	return out
}

// ReadScalar returns a scalar other than 0, reduced from 64 bytes of r; zero is
// refused by reading again. It fails if r does. For a secret, r must be a
// secret source.
func ReadScalar(r io.Reader) (*Scalar, error) {
	var buf [64]byte
	defer clear(buf[:])
	return readNonZero(r, buf[:], func(s *Scalar) error {
		_, err := s.SetUniformBytes(buf[:])
		return err
	})
}

// ReadShortScalar returns a scalar between 1 and 2^128 − 1 from 16 bytes of r,
// little endian; zero is refused by reading again. It fails if r does. Such a
// scalar is for a verifier's private batching weights: with coefficients that
// the prover knows before it answers, 128 bits would be too short.
func ReadShortScalar(r io.Reader) (*Scalar, error) {
	var buf [ScalarSize]byte
	return readNonZero(r, buf[:16], func(s *Scalar) error {
		_, err := s.SetBytes(buf[:])
		return err
	})
}

// readNonZero fills buf from r and sets the scalar by set, until it is not 0.
func readNonZero(r io.Reader, buf []byte, set func(*Scalar) error) (*Scalar, error) {
	s := new(Scalar)
	// The second try is never needed with a source that works.
	for range 8 {
		if _, err := io.ReadFull(r, buf); err != nil {
			return nil, fmt.Errorf("group: reading randomness: %w", err)
		}
		if err := set(s); err != nil {
			return nil, err
		}
		if !s.IsZero() {
			return s, nil
		}
	}
	return nil, errZeros
}
