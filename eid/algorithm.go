package eid

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	_ "crypto/sha256" // registers SHA-256 for crypto.Hash
	_ "crypto/sha512" // registers SHA-384 for crypto.Hash
	"crypto/x509"
	"math/big"
	"slices"
)

// Algorithm is how a key signs: kind of key, hash, and padding. The numbers are
// part of the protocol (Login.Sign of docs/protocol/eid.md).
type Algorithm byte

// The algorithms that are accepted. Each curve has one hash, so that only an RSA
// key leaves a choice: of its padding.
const (
	ES256 Algorithm = 1 // ECDSA over P-256 with SHA-256
	ES384 Algorithm = 2 // ECDSA over P-384 with SHA-384
	RS256 Algorithm = 3 // RSA, PKCS #1 v1.5 with SHA-256
	PS256 Algorithm = 4 // RSA, PSS with SHA-256, MGF1 with SHA-256, and a salt of 32 bytes
)

// Bounds of RSA keys. Longer ones than 8192 bits would let a stranger's
// certificate cost more than it is worth to verify.
const (
	minRSABits     = 2048
	maxRSABits     = 8192
	minRSAExponent = 65537
)

// algorithm is everything that follows from an Algorithm.
type algorithm struct {
	name   string
	method string // XML signature method, RFC 9231
	hash   crypto.Hash
	half   int // bytes of r and of s, 0 for RSA
}

var algorithms = map[Algorithm]*algorithm{
	ES256: {"ES256", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", crypto.SHA256, 32},
	ES384: {"ES384", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", crypto.SHA384, 48},
	RS256: {"RS256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", crypto.SHA256, 0},
	PS256: {"PS256", "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", crypto.SHA256, 0},
}

// String gives the name that JSON Web Signatures use (RFC 7518).
func (a Algorithm) String() string {
	if known, ok := algorithms[a]; ok {
		return known.name
	}
	return "unknown"
}

// Hash is the hash whose digests are signed. It panics for an Algorithm that is none.
func (a Algorithm) Hash() crypto.Hash { return algorithms[a].hash }

// Digest hashes a message for the algorithm.
func (a Algorithm) Digest(message []byte) []byte {
	h := a.Hash().New()
	h.Write(message)
	return h.Sum(nil)
}

// AlgorithmsOf lists the algorithms that a public key allows, the preferred one
// first: one for P-256 and P-384, two for RSA. The error's code is
// "certificate_key_type".
func AlgorithmsOf(key crypto.PublicKey) ([]Algorithm, error) {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P256():
			return []Algorithm{ES256}, nil
		case elliptic.P384():
			return []Algorithm{ES384}, nil
		}
		return nil, refuse(CodeCertificateKeyType, "the curve is %s, not P-256 or P-384", k.Params().Name)
	case *rsa.PublicKey:
		if bits := k.N.BitLen(); bits < minRSABits || bits > maxRSABits {
			return nil, refuse(CodeCertificateKeyType, "the RSA key has %d bits, not %d to %d", bits, minRSABits, maxRSABits)
		}
		if k.E < minRSAExponent {
			return nil, refuse(CodeCertificateKeyType, "the RSA key's exponent is %d, less than %d", k.E, minRSAExponent)
		}
		return []Algorithm{RS256, PS256}, nil
	}
	return nil, refuse(CodeCertificateKeyType, "a key of type %T is neither ECDSA nor RSA", key)
}

// checkAllowed refuses an algorithm that is not one of the certificate's key.
func (a Algorithm) checkAllowed(cert *x509.Certificate) error {
	allowed, err := AlgorithmsOf(cert.PublicKey)
	if err != nil {
		return err
	}
	if !slices.Contains(allowed, a) {
		return refuse(CodeSignatureAlgorithm, "%s is not an algorithm of the certificate's key", a)
	}
	return nil
}

// size gives how many bytes a signature by the certificate's key has.
func (a Algorithm) size(cert *x509.Certificate) int {
	if key, ok := cert.PublicKey.(*rsa.PublicKey); ok {
		return key.Size()
	}
	return 2 * algorithms[a].half
}

// verify checks a signature over message with the certificate's key. ECDSA: low
// and high s are both good, see the package comment.
func (a Algorithm) verify(cert *x509.Certificate, message, signature []byte) error {
	if err := a.checkAllowed(cert); err != nil {
		return err
	}
	return a.VerifyDigest(cert, a.Digest(message), signature)
}

// VerifyDigest checks what Signer.SignDigest gave, with the certificate's key. The
// errors' codes are "certificate_key_type", "signature_algorithm" and
// "signature_invalid".
func (a Algorithm) VerifyDigest(cert *x509.Certificate, digest, signature []byte) error {
	if err := a.checkAllowed(cert); err != nil {
		return err
	}
	if len(signature) != a.size(cert) {
		return refuse(CodeSignatureInvalid, "%d bytes, not %d", len(signature), a.size(cert))
	}
	// ecdsa.Verify takes a digest of any length and cuts it.
	if len(digest) != a.Hash().Size() || !a.holds(cert.PublicKey, digest, signature) {
		return refuse(CodeSignatureInvalid, "it is not of this message and the certificate's key")
	}
	return nil
}

func (a Algorithm) holds(key crypto.PublicKey, digest, signature []byte) bool {
	switch a {
	case RS256:
		return rsa.VerifyPKCS1v15(key.(*rsa.PublicKey), a.Hash(), digest, signature) == nil
	case PS256:
		options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
		return rsa.VerifyPSS(key.(*rsa.PublicKey), a.Hash(), digest, signature, options) == nil
	}
	r := new(big.Int).SetBytes(signature[:len(signature)/2])
	s := new(big.Int).SetBytes(signature[len(signature)/2:])
	return ecdsa.Verify(key.(*ecdsa.PublicKey), digest, r, s)
}
