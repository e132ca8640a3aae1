package elgamal

import (
	"errors"
	"fmt"

	"valik/crypto/group"
)

// CiphertextSize is the number of bytes of an encoded ciphertext.
const CiphertextSize = 64

// ErrLength refuses an encoding of a wrong length.
var ErrLength = errors.New("elgamal: wrong length")

// Ciphertext is (A, B) = (r·G, M + r·Y). Either may be the identity; proofs that
// need more check it.
type Ciphertext struct {
	A, B group.Element
}

// Encrypt encrypts m with randomness r, in constant time. Two ciphertexts with
// the same r show the difference of their plaintexts: r is used once.
//
// It implements ElGamal.Encrypt of docs/protocol/elgamal.md.
func (pk *PublicKey) Encrypt(m *group.Element, r *group.Scalar) *Ciphertext {
	c := new(Ciphertext)
	c.A.ScalarBaseMult(r)
	c.B.Add(m, pk.Table().Mult(r))
	return c
}

// ReEncrypt returns a ciphertext of the same plaintext as c, with r added to its
// randomness, in constant time.
//
// It implements ElGamal.ReEncrypt of docs/protocol/elgamal.md.
func (pk *PublicKey) ReEncrypt(c *Ciphertext, r *group.Scalar) *Ciphertext {
	e := pk.Encrypt(&c.B, r)
	e.A.Add(&e.A, &c.A)
	return e
}

// Equal reports whether c and d are the same pair of elements, in constant time.
func (c *Ciphertext) Equal(d *Ciphertext) bool {
	a, b := c.A.Equal(&d.A), c.B.Equal(&d.B)
	return a && b
}

// Bytes returns the encodings of A and B, 64 bytes.
func (c *Ciphertext) Bytes() []byte {
	return c.AppendBytes(make([]byte, 0, CiphertextSize))
}

// AppendBytes appends the 64 bytes of c to b.
func (c *Ciphertext) AppendBytes(b []byte) []byte {
	return c.B.AppendBytes(c.A.AppendBytes(b))
}

// ParseCiphertext decodes 64 bytes. It refuses other lengths and non-canonical
// encodings, and allows the identity.
func ParseCiphertext(b []byte) (*Ciphertext, error) {
	if len(b) != CiphertextSize {
		return nil, fmt.Errorf("%w: a ciphertext of %d bytes", ErrLength, len(b))
	}
	c := new(Ciphertext)
	if _, err := c.A.SetBytes(b[:32]); err != nil {
		return nil, fmt.Errorf("elgamal: ciphertext component A: %w", err)
	}
	if _, err := c.B.SetBytes(b[32:]); err != nil {
		return nil, fmt.Errorf("elgamal: ciphertext component B: %w", err)
	}
	return c, nil
}
