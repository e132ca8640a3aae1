package eid

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// LongTermLimit is the greatest size of a container with evidence in bytes: as
// much again as a voter may send. An issuer's whole revocation list of some
// megabytes is no evidence to keep with every ballot.
const LongTermLimit = 2 * Limit

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

// LongTerm is a container with evidence, XAdES level B-LT (B-LT asks for a
// time-stamp too; without one the receiver's own record has the time). Its bytes
// are a function of the container and the evidence.
type LongTerm struct {
	Evidence
	container *Container
}

// SignatureValueElement is what a time-stamp of the signature covers: the element
// SignatureValue in exclusive C14N.
func (c *Container) SignatureValueElement() []byte { return signatureValueForm.fill(c.fields()) }

// Extend adds evidence to a container. It judges only the form of the evidence.
// The errors' codes are "evidence_missing", "evidence_form" and
// "container_too_large".
//
// It implements Envelope.Extend of docs/protocol/envelope.md.
func (c *Container) Extend(e Evidence) (*LongTerm, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	l := &LongTerm{e, c}
	if size := len(l.Bytes()); size > LongTermLimit {
		return nil, refuse(CodeContainerTooLarge, "%d bytes, the limit is %d", size, LongTermLimit)
	}
	return l, nil
}

// Container is the container that the signer made, with the bytes that it had.
func (l *LongTerm) Container() *Container { return l.container }

// Bytes builds the container with the evidence.
func (l *LongTerm) Bytes() []byte {
	entries := l.container.entries()
	base := string(entries[signaturesIndex].data)
	before, after, _ := strings.Cut(base, evidencePlace)
	entries[signaturesIndex].data = []byte(before + evidenceBefore + unsignedOutline.fill(l.fields()) + evidenceAfter + after)
	return writeZip(entries)
}

// ParseLongTerm reads a container with evidence, which must be byte for byte the
// one that Bytes builds. Without the evidence it must be a container that
// ParseContainer takes. Whether the evidence is good is not judged.
//
// It implements Envelope.ParseLongTerm of docs/protocol/envelope.md.
func ParseLongTerm(b []byte) (*LongTerm, error) {
	if len(b) > LongTermLimit {
		return nil, refuse(CodeContainerTooLarge, "%d bytes, the limit is %d", len(b), LongTermLimit)
	}
	entries, err := readZip(b)
	if err != nil {
		return nil, err
	}
	base, evidence, found := cutEvidence(string(entries[signaturesIndex].data))
	if !found {
		return nil, refuse(CodeEvidenceMissing, "the signature has no unsigned properties")
	}
	entries[signaturesIndex].data = []byte(base)
	l := &LongTerm{}
	if l.container, err = ParseContainer(writeZip(entries)); err != nil {
		return nil, err
	}
	if err := l.read(evidence); err != nil {
		return nil, err
	}
	if !bytes.Equal(l.Bytes(), b) {
		return nil, refuse(CodeContainerForm, "built again from its fields it has other bytes")
	}
	return l, nil
}

// The evidence stands between the signed properties and the end of all properties.
const (
	evidenceBefore = "</xades:SignedProperties>\n"
	evidenceAfter  = "</xades:QualifyingProperties>\n"
	evidencePlace  = evidenceBefore + evidenceAfter
	evidenceStart  = "<xades:UnsignedProperties>\n"
)

// cutEvidence parts a signature file into the one that the signer made and the
// evidence. The values of a form have no '<', so that the first place is the only
// one in a file that is right; any other is refused when it is read.
func cutEvidence(signatures string) (base, evidence string, found bool) {
	before, rest, found := strings.Cut(signatures, evidenceBefore+evidenceStart)
	if !found {
		return signatures, "", false
	}
	inner, after, _ := strings.Cut(rest, evidenceAfter)
	return before + evidencePlace + after, evidenceStart + inner, true
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
