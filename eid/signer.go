package eid

import (
	"context"
	"crypto/x509"
)

// Signer is one key with its certificate: on a card, in a file, on a phone, at a
// remote service. An adapter of such a thing implements just this: a hash in, a
// signature out.
type Signer interface {
	// Certificate is the certificate of the key.
	Certificate() *x509.Certificate
	// Algorithm is how SignDigest signs: one of AlgorithmsOf the certificate's key.
	Algorithm() Algorithm
	// SignDigest signs a digest of Algorithm().Hash(). For ECDSA the signature is
	// r ‖ s, both big endian and as long as the curve's order (64 or 96 bytes); for
	// RSA it is as long as the modulus. It may wait for a person; ctx ends that.
	SignDigest(ctx context.Context, digest []byte) ([]byte, error)
}

// Authenticator is a person's means to answer a challenge. With a phone the
// certificate is known only with the answer, so there is no Certificate here.
type Authenticator interface {
	// Authenticate signs a message with an authentication key.
	Authenticate(ctx context.Context, message []byte) (*Answer, error)
}

// Answer is a signature of a message, and by which key and how it was made.
type Answer struct {
	Certificate *x509.Certificate
	Algorithm   Algorithm
	Signature   []byte // as from Signer.SignDigest
}

// AuthenticateWith makes an Authenticator of a key whose certificate is known.
func AuthenticateWith(s Signer) Authenticator { return authenticator{s} }

type authenticator struct{ Signer }

func (a authenticator) Authenticate(ctx context.Context, message []byte) (*Answer, error) {
	if err := checkUsage(a.Certificate(), Authentication); err != nil {
		return nil, err
	}
	signature, err := signWith(ctx, a.Signer, message)
	if err != nil {
		return nil, err
	}
	return &Answer{a.Certificate(), a.Algorithm(), signature}, nil
}

// signWith asks the signer and checks the answer at once, so that a broken card or
// driver shows here and not at the receiver.
func signWith(ctx context.Context, s Signer, message []byte) ([]byte, error) {
	if err := s.Algorithm().checkAllowed(s.Certificate()); err != nil {
		return nil, err
	}
	signature, err := s.SignDigest(ctx, s.Algorithm().Digest(message))
	if err != nil {
		return nil, err
	}
	return signature, s.Algorithm().verify(s.Certificate(), message, signature)
}
