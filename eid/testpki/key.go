package testpki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"log/slog"
)

// Key is a private key with its certificate: an eid.Signer without a chip.
type Key struct {
	cert    *x509.Certificate
	private *ecdsa.PrivateKey
}

// NewKey joins a certificate and its private key.
func NewKey(cert *x509.Certificate, private *ecdsa.PrivateKey) *Key { return &Key{cert, private} }

// Certificate is the key's certificate.
func (k *Key) Certificate() *x509.Certificate { return k.cert }

// SignDigest gives r ‖ s, each as long as the curve's order.
func (k *Key) SignDigest(digest []byte) ([]byte, error) {
	r, s, err := ecdsa.Sign(rand.Reader, k.private, digest)
	if err != nil {
		return nil, err
	}
	half := (k.private.Params().N.BitLen() + 7) / 8
	signature := make([]byte, 2*half)
	r.FillBytes(signature[:half])
	s.FillBytes(signature[half:])
	return signature, nil
}

// Private is the private key, for eid.SignCMS.
func (k *Key) Private() crypto.Signer { return k.private }

const redacted = "[redacted]"

// String hides the key.
func (k *Key) String() string { return redacted }

// GoString hides the key.
func (k *Key) GoString() string { return redacted }

// LogValue hides the key.
func (k *Key) LogValue() slog.Value { return slog.StringValue(redacted) }
