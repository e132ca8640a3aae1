package group

import (
	"encoding/binary"
	"errors"
	"fmt"

	"filippo.io/edwards25519"
)

// ScalarSize is the length of an encoded scalar in bytes.
const ScalarSize = 32

// ErrScalar says that bytes are not the canonical encoding of a scalar.
var ErrScalar = errors.New("group: not a canonical scalar")

// Scalar is an integer modulo ℓ. The zero value is the scalar 0. A scalar may
// be a secret: it never prints its value, and all its methods are constant time.
type Scalar struct {
	// Scalars cannot be compared with ==, which would not be constant time.
	_ [0]func()

	s edwards25519.Scalar
}

// NewScalar returns the scalar v.
func NewScalar(v uint64) *Scalar {
	var b [ScalarSize]byte
	binary.LittleEndian.PutUint64(b[:], v)
	s, err := new(Scalar).SetBytes(b[:])
	if err != nil {
		panic(err)
	}
	return s
}

// Set sets s = x.
func (s *Scalar) Set(x *Scalar) *Scalar {
	*s = *x
	return s
}

// Add sets s = x + y mod ℓ.
func (s *Scalar) Add(x, y *Scalar) *Scalar {
	s.s.Add(&x.s, &y.s)
	return s
}

// Subtract sets s = x − y mod ℓ.
func (s *Scalar) Subtract(x, y *Scalar) *Scalar {
	s.s.Subtract(&x.s, &y.s)
	return s
}

// Negate sets s = −x mod ℓ.
func (s *Scalar) Negate(x *Scalar) *Scalar {
	s.s.Negate(&x.s)
	return s
}

// Multiply sets s = x·y mod ℓ.
func (s *Scalar) Multiply(x, y *Scalar) *Scalar {
	s.s.Multiply(&x.s, &y.s)
	return s
}

// MultiplyAdd sets s = x·y + z mod ℓ.
func (s *Scalar) MultiplyAdd(x, y, z *Scalar) *Scalar {
	s.s.MultiplyAdd(&x.s, &y.s, &z.s)
	return s
}

// Invert sets s = 1/x mod ℓ, and s = 0 for x = 0.
func (s *Scalar) Invert(x *Scalar) *Scalar {
	s.s.Invert(&x.s)
	return s
}

// SetBytes sets s to the scalar with the canonical encoding b: 32 bytes, little
// endian, below ℓ. On anything else it returns nil and an error that wraps
// ErrScalar, and s is unchanged. Zero is accepted: who must not meet it checks
// IsZero.
//
// It implements Group.DecodeScalar of docs/protocol/group.md.
func (s *Scalar) SetBytes(b []byte) (*Scalar, error) {
	if _, err := s.s.SetCanonicalBytes(b); err != nil {
		return nil, ErrScalar
	}
	return s, nil
}

// SetUniformBytes sets s to the 64-byte little endian integer b modulo ℓ, which
// is uniform (within 2^-259) if b is. On any other length it returns nil and an
// error, and s is unchanged.
//
// It implements Group.ReduceScalar of docs/protocol/group.md.
func (s *Scalar) SetUniformBytes(b []byte) (*Scalar, error) {
	if len(b) != 64 {
		return nil, errors.New("group: a scalar is reduced from 64 bytes")
	}
	if _, err := s.s.SetUniformBytes(b); err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return s, nil
}

// Bytes returns the canonical encoding of s: 32 bytes, little endian.
func (s *Scalar) Bytes() []byte {
	return s.s.Bytes()
}

// AppendBytes appends the canonical encoding of s to b.
func (s *Scalar) AppendBytes(b []byte) []byte {
	return append(b, s.s.Bytes()...)
}

// Equal reports whether s and t are the same scalar. The answer is public; the
// time does not depend on it.
func (s *Scalar) Equal(t *Scalar) bool {
	return s.s.Equal(&t.s) == 1
}

// IsZero reports whether s is 0, in constant time as Equal.
func (s *Scalar) IsZero() bool {
	return s.Equal(&Scalar{})
}

// String hides the value.
func (s Scalar) String() string { return "[redacted]" }

// GoString hides the value.
func (s Scalar) GoString() string { return "[redacted]" }

// Format hides the value from every verb of package fmt.
func (s Scalar) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[redacted]") }
