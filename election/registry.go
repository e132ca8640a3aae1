package election

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"errors"
)

var errRegistry = errors.New("no ECDSA key on P-256 or P-384 as DER SubjectPublicKeyInfo")

// ParseRegistryKey reads the public key of an election information system: ECDSA on
// P-256 or P-384, as DER SubjectPublicKeyInfo (RFC 5480) in its one encoding.
func ParseRegistryKey(der []byte) (*ecdsa.PublicKey, error) {
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, errRegistry
	}
	key, ok := parsed.(*ecdsa.PublicKey)
	if !ok || (key.Curve != elliptic.P256() && key.Curve != elliptic.P384()) {
		return nil, errRegistry
	}
	// One key has one fingerprint: what encodes again in other bytes is not taken.
	if again, err := x509.MarshalPKIXPublicKey(key); err != nil || !bytes.Equal(again, der) {
		return nil, errRegistry
	}
	return key, nil
}

// RegistryKey returns the key that signs voter lists and revocations, nil if the
// election's come without signatures.
func (m *Manifest) RegistryKey() *ecdsa.PublicKey {
	if m.Registry == nil {
		return nil
	}
	key, _ := ParseRegistryKey(m.Registry) // Validate parsed it
	return key
}

func (m *Manifest) validateRegistry(v *validator) {
	if m.Registry == nil {
		return
	}
	_, err := ParseRegistryKey(m.Registry)
	v.must("registry", err)
}
