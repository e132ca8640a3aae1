package forge

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1" // registers SHA-1 for crypto.Hash
	"encoding/base64"
	"math/big"

	"valik/eid"
	"valik/eid/testpki"
)

func newRSA(bits int) *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, bits)) }

// newRSA3 makes a key whose exponent is 3, which the library does not.
func newRSA3(bits int) *rsa.PrivateKey {
	one, three := big.NewInt(1), big.NewInt(3)
	prime := func() *big.Int {
		for {
			p := must(rand.Prime(rand.Reader, bits/2))
			if new(big.Int).Mod(p, three).Int64() == 2 { // else 3 has no inverse
				return p
			}
		}
	}
	p, q := prime(), prime()
	order := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 3},
		D:         new(big.Int).ModInverse(three, order), Primes: []*big.Int{p, q},
	}
	key.Precompute()
	return key
}

func (w *world) certifyRSA(private *rsa.PrivateKey) *testpki.Key {
	return must(w.authority.Certify(w.authority.Template(testpki.PersonalCode(4), "Peeter", "Tamm"), private))
}

// sealUntil makes PSS signatures, each with another salt, until one is as wanted.
func (w *world) sealUntil(wanted func(*eid.Container, *rsa.PublicKey) bool) *eid.Container {
	public := w.rsa.Private().Public().(*rsa.PublicKey)
	for {
		if c := w.seal(w.rsa.PSS()); wanted(c, public) {
			return c
		}
	}
}

func hasLeadingZero(c *eid.Container, _ *rsa.PublicKey) bool { return c.Signature[0] == 0 }

// hasRoom: signature + modulus is still no longer than the modulus.
func hasRoom(c *eid.Container, key *rsa.PublicKey) bool {
	return plusModulus(c, key).BitLen() <= 8*key.Size()
}

func plusModulus(c *eid.Container, key *rsa.PublicKey) *big.Int {
	return new(big.Int).Add(new(big.Int).SetBytes(c.Signature), key.N)
}

// rsaKeys are good signatures by keys that are not accepted.
func (w *world) rsaKeys() []Vector {
	judged := func(private *rsa.PrivateKey) []byte { return w.judged(w.certifyRSA(private)) }
	return []Vector{
		{Name: "key-rsa-1024", Fault: "an RSA key of 1024 bits", Code: eid.CodeCertificateKeyType, Bytes: judged(newRSA(1024))},
		{Name: "key-rsa-2047", Fault: "an RSA key of 2047 bits", Code: eid.CodeCertificateKeyType, Bytes: judged(newRSA(2047))},
		{Name: "key-rsa-exponent", Fault: "an RSA key with the exponent 3", Code: eid.CodeCertificateKeyType, Bytes: judged(newRSA3(2048))},
	}
}

// rsaSignatures are wrong in the method or in the value of an RSA signature.
func (w *world) rsaSignatures() []Vector {
	key, public := w.rsa.Private(), w.rsa.Private().Public().(*rsa.PublicKey)
	c, above, zero := w.seal(w.rsa), w.sealUntil(hasRoom), w.sealUntil(hasLeadingZero)
	// value is a container with another signature value.
	value := func(c *eid.Container, signature []byte) []byte {
		return rebuilt(c, func(xml string) string {
			return setContent(xml, valueTag, base64.StdEncoding.EncodeToString(signature))
		})
	}
	// by is a container that says one method and is signed by another.
	by := func(method string, hash crypto.Hash, options crypto.SignerOpts) []byte {
		return rebuilt(c, func(xml string) string {
			return string(resignWith(replace(rsa256, method)(xml), data, func(signedInfo []byte) []byte {
				return must(key.Sign(rand.Reader, hashed(hash, signedInfo), options))
			}))
		})
	}
	pss := func(hash crypto.Hash, salt int) crypto.SignerOpts {
		return &rsa.PSSOptions{SaltLength: salt, Hash: hash}
	}
	flipped := append([]byte(nil), c.Signature...)
	flipped[len(flipped)-1] ^= 1
	ecdsaSigned := must(w.voter.Signing.SignDigest(context.Background(), hashed(crypto.SHA256, nil)))
	return []Vector{
		{Name: "method-ecdsa-on-rsa", Fault: "an ECDSA method with an RSA certificate", Code: eid.CodeSignatureAlgorithm, Bytes: by(ecdsa256, crypto.SHA256, crypto.SHA256)},
		{Name: "method-rsa-on-ecdsa", Fault: "an RSA method with an ECDSA certificate", Code: eid.CodeSignatureAlgorithm, Bytes: w.signedAgain(replace(ecdsa256, rsa256))},
		{Name: "method-rsa-sha1", Fault: "RSA with SHA-1, signed", Code: eid.CodeSignatureAlgorithm, Bytes: by("http://www.w3.org/2000/09/xmldsig#rsa-sha1", crypto.SHA1, crypto.SHA1)},
		{Name: "method-rsa-sha512", Fault: "RSA with SHA-512, signed", Code: eid.CodeSignatureAlgorithm, Bytes: by(moreMethods+"rsa-sha512", crypto.SHA512, crypto.SHA512)},
		{Name: "method-pss-sha512", Fault: "RSA-PSS with SHA-512, signed", Code: eid.CodeSignatureAlgorithm, Bytes: by("http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1", crypto.SHA512, pss(crypto.SHA512, 64))},
		{Name: "method-pss-parameters", Fault: "the method of RSA-PSS whose parameters are given apart, signed", Code: eid.CodeSignatureAlgorithm, Bytes: by("http://www.w3.org/2007/05/xmldsig-more#rsa-pss", crypto.SHA256, pss(crypto.SHA256, 32))},
		{Name: "rsa-pkcs1-for-pss", Fault: "a PKCS #1 v1.5 signature under the PSS method", Code: eid.CodeSignatureInvalid, Bytes: by(pss256, crypto.SHA256, crypto.SHA256)},
		{Name: "rsa-pss-for-pkcs1", Fault: "a PSS signature under the PKCS #1 v1.5 method", Code: eid.CodeSignatureInvalid, Bytes: by(rsa256, crypto.SHA256, pss(crypto.SHA256, 32))},
		{Name: "rsa-pss-no-salt", Fault: "a PSS signature without salt", Code: eid.CodeSignatureInvalid, Bytes: by(pss256, crypto.SHA256, pss(crypto.SHA256, 0))},
		{Name: "rsa-pss-long-salt", Fault: "a PSS signature with a salt of 64 bytes", Code: eid.CodeSignatureInvalid, Bytes: by(pss256, crypto.SHA256, pss(crypto.SHA256, 64))},
		{Name: "rsa-other-hash", Fault: "a PKCS #1 v1.5 signature that says SHA-1 under the method with SHA-256", Code: eid.CodeSignatureInvalid, Bytes: by(rsa256, crypto.SHA1, crypto.SHA1)},
		{Name: "rsa-bit", Fault: "one bit of an RSA signature is another", Code: eid.CodeSignatureInvalid, Bytes: value(c, flipped)},
		{Name: "rsa-short", Fault: "the last byte of an RSA signature is missing", Code: eid.CodeSignatureForm, Bytes: value(c, c.Signature[:255])},
		{Name: "rsa-long", Fault: "a byte 0 before an RSA signature", Code: eid.CodeSignatureForm, Bytes: value(c, append([]byte{0}, c.Signature...))},
		{Name: "rsa-trailing", Fault: "a byte 0 after an RSA signature", Code: eid.CodeSignatureForm, Bytes: value(c, append(c.Signature[:256:256], 0))},
		{Name: "rsa-zero-dropped", Fault: "an RSA signature without the 0 that it begins with", Code: eid.CodeSignatureForm, Bytes: value(zero, zero.Signature[1:])},
		{Name: "rsa-above-modulus", Fault: "an RSA signature plus the modulus", Code: eid.CodeSignatureInvalid, Bytes: value(above, plusModulus(above, public).FillBytes(make([]byte, 256)))},
		{Name: "rsa-modulus", Fault: "the modulus as an RSA signature", Code: eid.CodeSignatureInvalid, Bytes: value(c, public.N.Bytes())},
		{Name: "rsa-zero", Fault: "zero as an RSA signature", Code: eid.CodeSignatureInvalid, Bytes: value(c, make([]byte, 256))},
		{Name: "rsa-one", Fault: "one as an RSA signature", Code: eid.CodeSignatureInvalid, Bytes: value(c, append(make([]byte, 255), 1))},
		{Name: "rsa-ecdsa-value", Fault: "r ‖ s with an RSA certificate", Code: eid.CodeSignatureForm, Bytes: value(c, ecdsaSigned)},
	}
}
