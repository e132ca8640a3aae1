package eid

import (
	"crypto/x509"
	"encoding/base64"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Evidence is what a receiver adds to a container, so that it can be judged when
// the services that answered are gone. Everything is in DER, and nothing of it is
// signed by the voter.
type Evidence struct {
	// TimeStamp is a time-stamp token (RFC 3161) of Container.SignatureValueElement,
	// or nil.
	TimeStamp []byte
	// Certificates are the ones that a later reader needs beside the signer's: the
	// issuer's, and that of a responder whose response lacks it. One at least.
	Certificates []*x509.Certificate
	// CRLs are revocation lists (RFC 5280) and OCSPs are responses (RFC 6960). One
	// of either at least.
	CRLs, OCSPs [][]byte
}

// The fields of the evidence; the certificate's name is the signature's field too.
const (
	fieldTimeStamp = "timestamp"
	fieldCRL       = "crl"
	fieldOCSP      = "ocsp"
)

func (e *Evidence) fields() map[string][]string {
	values := make(map[string][]string)
	add := func(field string, der []byte) {
		values[field] = append(values[field], base64.StdEncoding.EncodeToString(der))
	}
	if e.TimeStamp != nil {
		add(fieldTimeStamp, e.TimeStamp)
	}
	for _, cert := range e.Certificates {
		add(fieldCertificate, cert.Raw)
	}
	for _, der := range e.CRLs {
		add(fieldCRL, der)
	}
	for _, der := range e.OCSPs {
		add(fieldOCSP, der)
	}
	return values
}

// read takes the evidence out of the unsigned properties.
func (e *Evidence) read(text string) error {
	values, err := unsignedOutline.read(text)
	if err != nil {
		return refuse(CodeEvidenceForm, "%w", err)
	}
	ders := make(map[string][][]byte)
	for field, list := range values {
		for i, value := range list {
			der, err := decode64(value)
			if err != nil {
				return refuse(CodeEvidenceForm, "%s %d: %w", field, i+1, err)
			}
			ders[field] = append(ders[field], der)
		}
	}
	if len(ders[fieldTimeStamp]) > 1 {
		return refuse(CodeEvidenceForm, "it has %d time-stamps", len(ders[fieldTimeStamp]))
	}
	for _, der := range ders[fieldTimeStamp] {
		e.TimeStamp = der
	}
	for i, der := range ders[fieldCertificate] {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return refuse(CodeEvidenceForm, "certificate %d: %w", i+1, err)
		}
		e.Certificates = append(e.Certificates, cert)
	}
	e.CRLs, e.OCSPs = ders[fieldCRL], ders[fieldOCSP]
	return e.check()
}

// check asks for one certificate and one word on revocation at least, and that
// everything looks like DER from outside.
func (e *Evidence) check() error {
	if len(e.Certificates) == 0 {
		return refuse(CodeEvidenceMissing, "there is no certificate")
	}
	if len(e.CRLs)+len(e.OCSPs) == 0 {
		return refuse(CodeEvidenceMissing, "there is neither a revocation list nor an OCSP response")
	}
	if e.TimeStamp != nil && !isSequence(e.TimeStamp) {
		return refuse(CodeEvidenceForm, "the time-stamp is not one sequence in DER")
	}
	for i, der := range slices.Concat(e.CRLs, e.OCSPs) {
		if !isSequence(der) {
			return refuse(CodeEvidenceForm, "value %d of the revocation lists and OCSP responses is not one sequence in DER", i+1)
		}
	}
	return nil
}

// isSequence looks only at the outermost value: the rest is for who verifies it.
func isSequence(der []byte) bool {
	rest, content := cryptobyte.String(der), cryptobyte.String(nil)
	return rest.ReadASN1(&content, asn1.SEQUENCE) && rest.Empty()
}
