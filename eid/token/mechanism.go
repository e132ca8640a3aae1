package token

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"math/big"

	"valik/eid"
)

// digestInfoSHA256 comes before a SHA-256 digest in PKCS #1 v1.5 (RFC 8017, 9.2,
// note 1): CKM_RSA_PKCS pads what it is given, and names no hash itself.
var digestInfoSHA256 = []byte{
	0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
}

func mechanismOf(a eid.Algorithm) uint {
	switch a {
	case eid.RS256:
		return mechanismRSA
	case eid.PS256:
		return mechanismPSS
	}
	return mechanismECDSA
}

// input is what the mechanism of an algorithm signs for a digest.
func input(a eid.Algorithm, digest []byte) []byte {
	if a == eid.RS256 {
		return append(digestInfoSHA256[:len(digestInfoSHA256):len(digestInfoSHA256)], digest...)
	}
	return digest
}

// output makes a module's signature one of eid.Signer. PKCS #11 wants r ‖ s of
// ECDSA, and some modules give ASN.1. The error's code is "signature_form".
func output(cert *x509.Certificate, signature []byte) ([]byte, error) {
	key, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return signature, nil
	}
	half := (key.Params().N.BitLen() + 7) / 8
	if len(signature) == 2*half {
		return signature, nil
	}
	return eid.DecodeECDSA(signature, half)
}

// publicPart is the attribute of a key object, and its values, by which a public key
// is known: the modulus, or the point, which modules give with and without the
// OCTET STRING around it that the standard wants.
func publicPart(cert *x509.Certificate) (attribute uint, values [][]byte) {
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		return attributeModulus, [][]byte{key.N.Bytes()}
	case *ecdsa.PublicKey:
		point, err := key.Bytes()
		if err != nil {
			return attributePoint, nil
		}
		wrapped, err := asn1.Marshal(point)
		if err != nil {
			return attributePoint, [][]byte{point}
		}
		return attributePoint, [][]byte{wrapped, point}
	}
	return attributeModulus, nil
}

// equalPart compares numbers, which some modules pad with zeros.
func equalPart(attribute uint, a, b []byte) bool {
	if attribute == attributeModulus {
		return new(big.Int).SetBytes(a).Cmp(new(big.Int).SetBytes(b)) == 0
	}
	return string(a) == string(b)
}
