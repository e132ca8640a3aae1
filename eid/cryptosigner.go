package eid

import (
	"context"
	"crypto"
	"crypto/rsa"
	"errors"
	"io"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// ErrOtherAlgorithm is returned by a CryptoSigner that is asked for a hash or a
// padding which is not its key's.
var ErrOtherAlgorithm = errors.New("eid: the key does not sign by this algorithm")

// CryptoSigner makes a Signer usable where the standard library wants a key: for
// TLS and CMS. ctx ends every wait for the person who holds it.
func CryptoSigner(ctx context.Context, s Signer) crypto.Signer { return cryptoSigner{ctx, s} }

type cryptoSigner struct {
	ctx context.Context
	s   Signer
}

func (c cryptoSigner) Public() crypto.PublicKey { return c.s.Certificate().PublicKey }

// Sign gives what crypto.Signer promises: ASN.1 for ECDSA, a number for RSA.
func (c cryptoSigner) Sign(_ io.Reader, digest []byte, options crypto.SignerOpts) ([]byte, error) {
	a := c.s.Algorithm()
	_, pss := options.(*rsa.PSSOptions)
	if options.HashFunc() != a.Hash() || len(digest) != a.Hash().Size() || pss != (a == PS256) {
		return nil, ErrOtherAlgorithm
	}
	signature, err := c.s.SignDigest(c.ctx, digest)
	if err != nil || algorithms[a].half == 0 {
		return signature, err
	}
	return encodeECDSA(signature)
}

// encodeECDSA writes r ‖ s as the SEQUENCE that X.509 and TLS use.
func encodeECDSA(signature []byte) ([]byte, error) {
	half := len(signature) / 2
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(new(big.Int).SetBytes(signature[:half]))
		b.AddASN1BigInt(new(big.Int).SetBytes(signature[half:]))
	})
	return b.Bytes()
}

// DecodeECDSA gives r ‖ s, each half bytes long, of the ASN.1 form in which
// crypto.Signer, TLS and many cards' middlewares give ECDSA signatures.
func DecodeECDSA(signature []byte, half int) ([]byte, error) {
	r, s := new(big.Int), new(big.Int)
	input, inner := cryptobyte.String(signature), cryptobyte.String(nil)
	if !input.ReadASN1(&inner, asn1.SEQUENCE) || !input.Empty() ||
		!inner.ReadASN1Integer(r) || !inner.ReadASN1Integer(s) || !inner.Empty() ||
		r.Sign() <= 0 || s.Sign() <= 0 || r.BitLen() > 8*half || s.BitLen() > 8*half {
		return nil, refuse(CodeSignatureForm, "it is not an ECDSA signature in ASN.1")
	}
	out := make([]byte, 2*half)
	r.FillBytes(out[:half])
	s.FillBytes(out[half:])
	return out, nil
}
