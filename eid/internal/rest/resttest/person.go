package resttest

import (
	"context"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"strings"

	"valik/eid/testpki"
)

// PersonalCode is the personal code of a card's holder.
func PersonalCode(card *testpki.Card) string {
	return strings.TrimPrefix(card.Signing.Certificate().Subject.SerialNumber, "PNOEE-")
}

// strangerIndex is of the personal code of whom OtherPerson answers for.
const strangerIndex = 36_000_000

// Keys are what a server signs with: the key of the purpose and the person's other one.
func Keys(card *testpki.Card, purpose string) (key, other *testpki.Key) {
	if purpose == "authentication" {
		return card.Authentication, card.Signing
	}
	return card.Signing, card.Authentication
}

// Liar gives the key with which a server answers under a lie instead of the right one.
func Liar(a *testpki.Authority, card *testpki.Card, purpose string, lie Lie) (*testpki.Key, error) {
	key, other := Keys(card, purpose)
	switch lie {
	case OtherPurpose:
		return other, nil
	case OtherPerson:
		stranger, err := a.Issue(testpki.PersonalCode(strangerIndex), "Stranger", "Test", elliptic.P256())
		if err != nil {
			return nil, err
		}
		key, _ = Keys(stranger, purpose)
		return key, nil
	case TwoPersons, OtherCertificate:
		template := *key.Certificate()
		template.Subject = pkix.Name{ExtraNames: template.Subject.Names}
		template.RawSubject = nil // it would be taken instead of the names
		if lie == TwoPersons {
			second := pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{2, 5, 4, 5}, Value: "PNOEE-" + testpki.PersonalCode(strangerIndex)}
			template.Subject.ExtraNames = append(template.Subject.ExtraNames, second)
		}
		return a.Certify(&template, key.Private())
	}
	return key, nil
}

// EncodeCertificate gives a key's certificate as the answers have it.
func EncodeCertificate(key *testpki.Key, lie Lie) string {
	if lie == BadCertificate {
		return base64.StdEncoding.EncodeToString([]byte("no certificate"))
	}
	return base64.StdEncoding.EncodeToString(key.Certificate().Raw)
}

// Signature is the signature of an answer.
type Signature struct {
	Value     string `json:"value"`
	Algorithm string `json:"algorithm"`
}

// Sign signs a hash of a kind such as SHA256 with a key, as the documents say: r ‖ s or
// PKCS #1 v1.5.
func Sign(key *testpki.Key, hash []byte, kind string, lie Lie) (*Signature, error) {
	if lie == WrongSignature {
		hash = append([]byte{hash[0] ^ 1}, hash[1:]...)
	}
	value, err := key.SignDigest(context.Background(), hash)
	if err != nil {
		return nil, err
	}
	suffix := "WithECEncryption"
	if _, ok := key.Private().Public().(*rsa.PublicKey); ok != (lie == OtherKey) {
		suffix = "WithRSAEncryption"
	}
	if lie == OtherAlgorithm {
		kind = "SHA512"
	}
	encoded := base64.StdEncoding.EncodeToString(value)
	if lie == BadBase64 {
		encoded = strings.TrimRight(encoded, "=") + "\n"
	}
	return &Signature{encoded, kind + suffix}, nil
}
