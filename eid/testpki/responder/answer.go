package responder

import (
	"context"
	"crypto"
	_ "crypto/sha1" // registers SHA-1 for the names of issuers
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"

	"golang.org/x/crypto/ocsp"

	"valik/eid"
	"valik/eid/testpki"
)

// Answer is an OCSP response before it is signed, sound or not: negative tests
// want odd ones. The library's CreateResponse writes neither a nonce nor another
// time than the present.
type Answer struct {
	Issuer    *x509.Certificate
	Serial    *big.Int
	Hash      crypto.Hash // names the issuer; 0 is SHA-1
	Status    int         // ocsp.Good, ocsp.Revoked, ocsp.Unknown
	RevokedAt time.Time
	Reason    int

	ThisUpdate, NextUpdate, ProducedAt time.Time // a zero NextUpdate is left out

	Nonce      []byte           // nil: none
	Extensions []pkix.Extension // of the response, beside the nonce
	Single     []pkix.Extension // of the answer about the certificate
	Times      int              // how many answers, 0 is one

	ByKey        bool                // name the responder by its key
	Responder    *x509.Certificate   // the one that is named, nil is the signer
	Certificates []*x509.Certificate // sent along
	Algorithm    asn1.ObjectIdentifier
}

// Object identifiers of RFC 6960 and of the algorithms.
var (
	oidBasic        = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
	oidNonce        = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}
	oidSHA1         = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	oidSHA256       = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA384       = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	oidECDSA256     = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidECDSA384     = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}
	oidRSA256       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	null            = asn1.RawValue{FullBytes: asn1.NullBytes}
	classContext    = asn1.ClassContextSpecific
	signatureOIDs   = map[eid.Algorithm]asn1.ObjectIdentifier{eid.ES256: oidECDSA256, eid.ES384: oidECDSA384, eid.RS256: oidRSA256}
	digestOIDs      = map[crypto.Hash]asn1.ObjectIdentifier{crypto.SHA1: oidSHA1, crypto.SHA256: oidSHA256, crypto.SHA384: oidSHA384}
	responseSuccess = asn1.Enumerated(ocsp.Success)
)

type (
	response struct {
		Status asn1.Enumerated
		Bytes  typedBytes `asn1:"explicit,tag:0"`
	}
	typedBytes struct {
		Type  asn1.ObjectIdentifier
		Bytes []byte
	}
	basic struct {
		Data         asn1.RawValue
		Algorithm    pkix.AlgorithmIdentifier
		Signature    asn1.BitString
		Certificates []asn1.RawValue `asn1:"explicit,tag:0,optional,omitempty"`
	}
	data struct {
		Responder  asn1.RawValue
		ProducedAt time.Time `asn1:"generalized"`
		Answers    []single
		Extensions []pkix.Extension `asn1:"explicit,tag:1,optional,omitempty"`
	}
	single struct {
		ID         certID
		Status     asn1.RawValue
		ThisUpdate time.Time        `asn1:"generalized"`
		NextUpdate time.Time        `asn1:"generalized,explicit,tag:0,optional"`
		Extensions []pkix.Extension `asn1:"explicit,tag:1,optional,omitempty"`
	}
	certID struct {
		Algorithm         pkix.AlgorithmIdentifier
		NameHash, KeyHash []byte
		Serial            *big.Int
	}
	revoked struct {
		Time   time.Time       `asn1:"generalized"`
		Reason asn1.Enumerated `asn1:"explicit,tag:0,optional"`
	}
)

// Sign makes the response in DER.
func (a Answer) Sign(key *testpki.Key) ([]byte, error) {
	data, err := a.data(key)
	if err != nil {
		return nil, err
	}
	signature, err := sign(key, data)
	if err != nil {
		return nil, err
	}
	algorithm := signatureOIDs[key.Algorithm()]
	if a.Algorithm != nil {
		algorithm = a.Algorithm
	}
	b := basic{
		Data:      asn1.RawValue{FullBytes: data},
		Algorithm: pkix.AlgorithmIdentifier{Algorithm: algorithm},
		Signature: asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)},
	}
	for _, cert := range a.Certificates {
		b.Certificates = append(b.Certificates, asn1.RawValue{FullBytes: cert.Raw})
	}
	inner, err := asn1.Marshal(b)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(response{responseSuccess, typedBytes{oidBasic, inner}})
}

func (a Answer) data(key *testpki.Key) ([]byte, error) {
	named := a.Responder
	if named == nil {
		named = key.Certificate()
	}
	responder := asn1.RawValue{Class: classContext, Tag: 1, IsCompound: true, Bytes: named.RawSubject}
	if a.ByKey {
		hash, err := asn1.Marshal(digest(crypto.SHA1, keyBits(named)))
		if err != nil {
			return nil, err
		}
		responder = asn1.RawValue{Class: classContext, Tag: 2, IsCompound: true, Bytes: hash}
	}
	s, err := a.single()
	if err != nil {
		return nil, err
	}
	d := data{Responder: responder, ProducedAt: a.ProducedAt.UTC(), Answers: []single{s}, Extensions: a.Extensions}
	for range a.Times - 1 {
		d.Answers = append(d.Answers, s)
	}
	if a.Nonce != nil {
		value, err := asn1.Marshal(a.Nonce)
		if err != nil {
			return nil, err
		}
		d.Extensions = append(d.Extensions, pkix.Extension{Id: oidNonce, Value: value})
	}
	return asn1.Marshal(d)
}

func (a Answer) single() (single, error) {
	hash := a.Hash
	if hash == 0 {
		hash = crypto.SHA1
	}
	status := asn1.RawValue{Class: classContext, Tag: a.Status}
	if a.Status == ocsp.Revoked {
		inner, err := asn1.MarshalWithParams(revoked{a.RevokedAt.UTC(), asn1.Enumerated(a.Reason)}, "tag:1")
		if err != nil {
			return single{}, err
		}
		status = asn1.RawValue{FullBytes: inner}
	}
	return single{
		ID: certID{
			Algorithm: pkix.AlgorithmIdentifier{Algorithm: digestOIDs[hash], Parameters: null},
			NameHash:  digest(hash, a.Issuer.RawSubject),
			KeyHash:   digest(hash, keyBits(a.Issuer)),
			Serial:    a.Serial,
		},
		Status:     status,
		ThisUpdate: a.ThisUpdate.UTC(),
		NextUpdate: a.NextUpdate.UTC(),
		Extensions: a.Single,
	}, nil
}

// sign signs with any key of testpki, in the form of certificates.
func sign(key *testpki.Key, message []byte) ([]byte, error) {
	signer := eid.CryptoSigner(context.Background(), key)
	hash := key.Algorithm().Hash()
	return signer.Sign(nil, digest(hash, message), hash)
}

func digest(hash crypto.Hash, b []byte) []byte {
	h := hash.New()
	h.Write(b)
	return h.Sum(nil)
}

func keyBits(cert *x509.Certificate) []byte {
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(cert.RawSubjectPublicKeyInfo, &info); err != nil {
		panic(err) // the certificate was parsed
	}
	return info.Key.RightAlign()
}
