package testpki

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"log/slog"

	"valik/eid"
)

// Key is a private key with its certificate: an eid.Signer without a chip. Unlike
// eid.KeySigner it signs with keys that eid refuses, for negative tests.
type Key struct {
	cert    *x509.Certificate
	private crypto.Signer
	pss     bool
}

// NewKey joins a certificate and its private key, ECDSA or RSA.
func NewKey(cert *x509.Certificate, private crypto.Signer) *Key {
	return &Key{cert: cert, private: private}
}

// PSS is the same RSA key, signing by PS256 instead of RS256.
func (k *Key) PSS() *Key { return &Key{k.cert, k.private, true} }

// Certificate is the key's certificate.
func (k *Key) Certificate() *x509.Certificate { return k.cert }

// Algorithm is how SignDigest signs: as if it were P-256 for curves that eid refuses.
func (k *Key) Algorithm() eid.Algorithm {
	switch key := k.private.Public().(type) {
	case *rsa.PublicKey:
		if k.pss {
			return eid.PS256
		}
		return eid.RS256
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P384() {
			return eid.ES384
		}
	}
	return eid.ES256
}

// SignDigest gives r ‖ s, each as long as the curve's order, or an RSA signature.
func (k *Key) SignDigest(_ context.Context, digest []byte) ([]byte, error) {
	var options crypto.SignerOpts = k.Algorithm().Hash()
	if k.pss {
		options = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	}
	signature, err := k.private.Sign(rand.Reader, digest, options)
	key, ok := k.private.Public().(*ecdsa.PublicKey)
	if err != nil || !ok {
		return signature, err
	}
	return eid.DecodeECDSA(signature, (key.Params().N.BitLen()+7)/8)
}

// Private is the private key.
func (k *Key) Private() crypto.Signer { return k.private }

const redacted = "[redacted]"

// String hides the key.
func (k *Key) String() string { return redacted }

// GoString hides the key.
func (k *Key) GoString() string { return redacted }

// LogValue hides the key.
func (k *Key) LogValue() slog.Value { return slog.StringValue(redacted) }
