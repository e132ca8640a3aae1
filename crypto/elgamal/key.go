// Package elgamal encrypts group elements under the election public key.
//
// A ciphertext of M is (A, B) = (r·G, M + r·Y). See docs/protocol/elgamal.md.
package elgamal

import (
	"errors"
	"fmt"
	"sync"

	"valik/crypto/group"
)

// ErrIdentityKey refuses the identity as a public key: under it every
// ciphertext shows its plaintext.
var ErrIdentityKey = errors.New("elgamal: the public key is the identity")

// PublicKey is the point Y = x·G. It is never the identity. Its methods are safe
// for concurrent use.
type PublicKey struct {
	y        group.Element
	encoding [32]byte
	table    func() *group.Table
}

// NewPublicKey returns the key with point y. It returns [ErrIdentityKey] if y is
// the identity.
func NewPublicKey(y *group.Element) (*PublicKey, error) {
	if y.IsIdentity() {
		return nil, ErrIdentityKey
	}
	pk := &PublicKey{encoding: [32]byte(y.Bytes())}
	pk.y.Set(y)
	pk.table = sync.OnceValue(func() *group.Table { return group.NewTable(&pk.y) })
	return pk, nil
}

// ParsePublicKey decodes 32 bytes. It refuses non-canonical encodings and the
// identity.
func ParsePublicKey(b []byte) (*PublicKey, error) {
	y, err := group.NewElement().SetBytes(b)
	if err != nil {
		return nil, fmt.Errorf("elgamal: public key: %w", err)
	}
	return NewPublicKey(y)
}

// Bytes returns the 32-byte encoding of the key.
func (pk *PublicKey) Bytes() []byte {
	return append([]byte(nil), pk.encoding[:]...)
}

// Element returns a copy of the point Y.
func (pk *PublicKey) Element() *group.Element {
	return group.NewElement().Set(&pk.y)
}

// Table returns the table of multiples of Y. It is built at the first call.
func (pk *PublicKey) Table() *group.Table {
	return pk.table()
}
