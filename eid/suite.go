package eid

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	_ "crypto/sha256" // registers SHA-256 for crypto.Hash
	_ "crypto/sha512" // registers SHA-384 for crypto.Hash
	"crypto/x509"
	"math/big"
)

// suite is everything that follows from the curve of a key. A signature never
// chooses its own algorithms: they are a function of the certificate.
type suite struct {
	curve  elliptic.Curve
	hash   crypto.Hash
	method string // XML signature method, RFC 9231
	half   int    // bytes of r and of s
}

var suites = [...]suite{
	{elliptic.P256(), crypto.SHA256, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", 32},
	{elliptic.P384(), crypto.SHA384, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", 48},
}

// suiteOf finds the suite of a certificate's key; other keys are refused.
func suiteOf(cert *x509.Certificate) (*suite, error) {
	key, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return nil, refuse(CodeCertificateKeyType, "the key is %s, not ECDSA", cert.PublicKeyAlgorithm)
	}
	for i := range suites {
		if suites[i].curve == key.Curve {
			return &suites[i], nil
		}
	}
	return nil, refuse(CodeCertificateKeyType, "the curve is %s, not P-256 or P-384", key.Params().Name)
}

func (s *suite) digest(message []byte) []byte {
	h := s.hash.New()
	h.Write(message)
	return h.Sum(nil)
}

// verify checks signature = r ‖ s over message with the certificate's key.
// Low and high s are both good: see the package comment.
func (s *suite) verify(cert *x509.Certificate, message, signature []byte) error {
	if len(signature) != 2*s.half {
		return refuse(CodeSignatureInvalid, "%d bytes, not r ‖ s of %d", len(signature), 2*s.half)
	}
	key := cert.PublicKey.(*ecdsa.PublicKey)
	r := new(big.Int).SetBytes(signature[:s.half])
	t := new(big.Int).SetBytes(signature[s.half:])
	if !ecdsa.Verify(key, s.digest(message), r, t) {
		return refuse(CodeSignatureInvalid, "it is not of this message and the certificate's key")
	}
	return nil
}

// sign asks the signer and checks the answer at once, so that a broken card or
// driver shows here and not at the receiver.
func (s *suite) sign(signer Signer, message []byte) ([]byte, error) {
	signature, err := signer.SignDigest(s.digest(message))
	if err != nil {
		return nil, err
	}
	return signature, s.verify(signer.Certificate(), message, signature)
}
