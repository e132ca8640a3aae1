package forge

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"strings"

	"valik/eid"
	"valik/eid/testpki"
)

// between gives the place of the text from the first `start` to the next `end`,
// both included.
func between(text, start, end string) (from, to int) {
	from = strings.Index(text, start)
	to = strings.Index(text[from:], end)
	if from < 0 || to < 0 {
		panic("forge: no " + start)
	}
	return from, from + to + len(end)
}

func cut(text, start, end string) string {
	from, to := between(text, start, end)
	return text[from:to]
}

// setContent gives an element, found by its start tag, another content.
func setContent(text, tag, content string) string {
	name, _, _ := strings.Cut(strings.Trim(tag, "<>"), " ")
	from, to := between(text, tag, "</"+name+">")
	return text[:from] + tag + content + "</" + name + ">" + text[to:]
}

const (
	signedInfoStart = "<ds:SignedInfo "
	signedInfoEnd   = "</ds:SignedInfo>"
	propertiesStart = "<xades:SignedProperties "
	propertiesEnd   = "</xades:SignedProperties>"
	digestTag       = "<ds:DigestValue>"
	certDigestTag   = `<ds:DigestValue xmlns:ds="http://www.w3.org/2000/09/xmldsig#">`
	valueTag        = `<ds:SignatureValue Id="S0-value">`
	certificateTag  = "<ds:X509Certificate>"
	timeTag         = "<xades:SigningTime>"
)

// digest gives the SHA-256 of b as it stands in a signature file.
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// setDigests writes the digests of the data and of the properties.
func setDigests(xml string, content []byte) string {
	info := cut(xml, signedInfoStart, signedInfoEnd)
	second := strings.LastIndex(info, digestTag)
	signed := setContent(info[:second], digestTag, digest(content)) +
		setContent(info[second:], digestTag, digest([]byte(cut(xml, propertiesStart, propertiesEnd))))
	return strings.Replace(xml, info, signed, 1)
}

// The signature methods that keys go with, as RFC 9231 writes them.
const (
	moreMethods = "http://www.w3.org/2001/04/xmldsig-more#"
	ecdsa256    = moreMethods + "ecdsa-sha256"
	rsa256      = moreMethods + "rsa-sha256"
	pss256      = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
)

// resign makes all digests and the signature of a changed document right again:
// what is left is a signature that any tool would accept. It signs the text of
// SignedInfo as it stands.
func resign(xml string, content []byte, key *testpki.Key) []byte {
	hash := crypto.SHA256
	if public, ok := key.Certificate().PublicKey.(*ecdsa.PublicKey); ok && public.Curve == elliptic.P384() {
		hash = crypto.SHA384
	}
	return resignWith(xml, content, func(signedInfo []byte) []byte {
		return must(key.SignDigest(context.Background(), hashed(hash, signedInfo)))
	})
}

func hashed(hash crypto.Hash, message []byte) []byte {
	h := hash.New()
	h.Write(message)
	return h.Sum(nil)
}

func resignWith(xml string, content []byte, sign func(signedInfo []byte) []byte) []byte {
	return signInfoWith(setDigests(xml, content), sign)
}

// signInfo signs with a P-256 key and leaves the digests as they are.
func signInfo(xml string, key *testpki.Key) string {
	return string(signInfoWith(xml, func(signedInfo []byte) []byte {
		return must(key.SignDigest(context.Background(), hashed(crypto.SHA256, signedInfo)))
	}))
}

func signInfoWith(xml string, sign func(signedInfo []byte) []byte) []byte {
	signature := sign([]byte(cut(xml, signedInfoStart, signedInfoEnd)))
	return []byte(setContent(xml, valueTag, base64.StdEncoding.EncodeToString(signature)))
}

// withCertificate is a signature file that names another certificate.
func withCertificate(xml string, der []byte) string {
	xml = setContent(xml, certificateTag, base64.StdEncoding.EncodeToString(der))
	return setContent(xml, certDigestTag, digest(der))
}

// setS gives a container's signature the low or the high of its two values s.
func setS(c *eid.Container, high bool) {
	order := elliptic.P256().Params().N
	s := new(big.Int).SetBytes(c.Signature[32:])
	if isHigh := s.Cmp(new(big.Int).Rsh(order, 1)) > 0; isHigh != high {
		s.Sub(order, s)
	}
	s.FillBytes(c.Signature[32:])
}
