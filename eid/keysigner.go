package eid

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"log/slog"
)

// KeySigner is a Signer whose key lies in memory: of a PKCS #12 file, or a test's.
// It prints as [redacted].
type KeySigner struct {
	cert      *x509.Certificate
	algorithm Algorithm
	private   crypto.Signer
}

// NewKeySigner joins a certificate and its private key, to sign by an algorithm
// of AlgorithmsOf the key. The errors' codes are "certificate_key_type" and
// "signature_algorithm".
func NewKeySigner(cert *x509.Certificate, private crypto.Signer, a Algorithm) (*KeySigner, error) {
	if err := a.checkAllowed(cert); err != nil {
		return nil, err
	}
	if !isKeyOf(cert, private.Public()) {
		return nil, refuse(CodeCertificateKeyType, "the certificate is not of this key")
	}
	return &KeySigner{cert, a, private}, nil
}

// isKeyOf says whether a certificate is of a public key.
func isKeyOf(cert *x509.Certificate, public crypto.PublicKey) bool {
	key, ok := cert.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	return ok && key.Equal(public)
}

// Certificate is the key's certificate.
func (k *KeySigner) Certificate() *x509.Certificate { return k.cert }

// Algorithm is how SignDigest signs.
func (k *KeySigner) Algorithm() Algorithm { return k.algorithm }

// SignDigest signs a digest.
func (k *KeySigner) SignDigest(_ context.Context, digest []byte) ([]byte, error) {
	var options crypto.SignerOpts = k.algorithm.Hash()
	if k.algorithm == PS256 {
		options = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: k.algorithm.Hash()}
	}
	signature, err := k.private.Sign(rand.Reader, digest, options)
	half := algorithms[k.algorithm].half
	if err != nil || half == 0 {
		return signature, err
	}
	return DecodeECDSA(signature, half)
}

const redacted = "[redacted]"

// String hides the key.
func (k *KeySigner) String() string { return redacted }

// GoString hides the key.
func (k *KeySigner) GoString() string { return redacted }

// LogValue hides the key.
func (k *KeySigner) LogValue() slog.Value { return slog.StringValue(redacted) }
