package eid

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"time"
)

// Extensions that make a revocation list one of a part of the certificates, or of
// other issuers' (RFC 5280, 5.2.4 and 5.2.5).
var (
	oidDeltaCRL          = asn1.ObjectIdentifier{2, 5, 29, 27}
	oidDistributionPoint = asn1.ObjectIdentifier{2, 5, 29, 28}
)

// VerifyCRL judges the issuer's revocation list (RFC 5280) in DER, in place of an
// OCSP answer: that cert, which issuer signed, was good at the time `at` of the
// cast. The list must be the whole one and current at `at`. The errors' codes
// begin with "status_".
//
// It implements Status.VerifyCRL of docs/protocol/eid.md.
func (r *StatusRules) VerifyCRL(crl []byte, cert, issuer *x509.Certificate, at time.Time) error {
	if !r.CRL || len(crl) == 0 {
		return refuse(CodeStatusMissing, "there is no OCSP response, and no revocation list that may stand for it")
	}
	list, err := parseCRL(crl)
	if err != nil {
		return err
	}
	if err := checkCRLIssuer(list, issuer); err != nil {
		return err
	}
	if list.ThisUpdate.After(at.Add(r.Skew)) {
		return refuse(CodeStatusFuture, "the list is of %s, judged at %s", stamp(list.ThisUpdate), stamp(at))
	}
	if list.NextUpdate.Before(at) {
		return refuse(CodeStatusCRLStale, "the list was to be used until %s, not at %s", stamp(list.NextUpdate), stamp(at))
	}
	return checkEntries(list, cert, at)
}

// parseCRL refuses lists of which a reader must know more than the entries.
func parseCRL(crl []byte) (*x509.RevocationList, error) {
	if len(crl) > CRLLimit {
		return nil, refuse(CodeStatusCRLForm, "%d bytes, the limit is %d", len(crl), CRLLimit)
	}
	list, err := x509.ParseRevocationList(crl)
	if err != nil {
		return nil, refuse(CodeStatusCRLForm, "%w", err)
	}
	if len(list.Raw) != len(crl) || list.NextUpdate.IsZero() {
		return nil, refuse(CodeStatusCRLForm, "more follows the list, or it has no end")
	}
	for _, e := range list.Extensions {
		if e.Critical || e.Id.Equal(oidDeltaCRL) || e.Id.Equal(oidDistributionPoint) {
			return nil, refuse(CodeStatusCRLForm, "it has the extension %s: it is not the whole list, or more than it", e.Id)
		}
	}
	return list, nil
}

func checkCRLIssuer(list *x509.RevocationList, issuer *x509.Certificate) error {
	if !isStrong(list.SignatureAlgorithm) {
		return refuse(CodeStatusAlgorithm, "the list is signed with %s", list.SignatureAlgorithm)
	}
	if !bytes.Equal(list.RawIssuer, issuer.RawSubject) {
		return refuse(CodeStatusCRLIssuer, "the list is of another issuer")
	}
	if !issuer.IsCA || issuer.KeyUsage&x509.KeyUsageCRLSign == 0 {
		return refuse(CodeStatusCRLIssuer, "the issuer's key may not sign lists")
	}
	if err := list.CheckSignatureFrom(issuer); err != nil {
		return refuse(CodeStatusSignature, "the issuer did not sign the list: %w", err)
	}
	return nil
}

// checkEntries also looks at the others' entries: one that a reader must
// understand makes the whole list unusable (RFC 5280, 5.3).
func checkEntries(list *x509.RevocationList, cert *x509.Certificate, at time.Time) error {
	var verdict error
	for _, entry := range list.RevokedCertificateEntries {
		for _, e := range entry.Extensions {
			if e.Critical {
				return refuse(CodeStatusCRLForm, "an entry has the critical extension %s", e.Id)
			}
		}
		if verdict == nil && entry.SerialNumber.Cmp(cert.SerialNumber) == 0 {
			verdict = checkRevocation(entry.RevocationTime, at)
		}
	}
	return verdict
}
