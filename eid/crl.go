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

// RevocationList is an issuer's list of revoked certificates, which it has signed. It
// does not change and may be used by many goroutines: a list stands for many ballots,
// and to read it takes long.
type RevocationList struct {
	issuer                 *x509.Certificate
	thisUpdate, nextUpdate time.Time
	revoked                map[string]time.Time // serial number, as text, to when
}

// ParseRevocationList reads the issuer's revocation list (RFC 5280) in DER and checks
// that the issuer signed it. It must be the whole list. The errors' codes begin with
// "status_".
//
// It implements Status.ReadCRL of docs/protocol/eid.md.
func ParseRevocationList(crl []byte, issuer *x509.Certificate) (*RevocationList, error) {
	if len(crl) == 0 {
		return nil, refuse(CodeStatusMissing, "there is no revocation list")
	}
	list, err := parseCRL(crl)
	if err != nil {
		return nil, err
	}
	if err := checkCRLIssuer(list, issuer); err != nil {
		return nil, err
	}
	revoked, err := readEntries(list)
	if err != nil {
		return nil, err
	}
	return &RevocationList{issuer, list.ThisUpdate, list.NextUpdate, revoked}, nil
}

// VerifyCRL judges a revocation list in place of an OCSP answer: that cert, which the
// list's issuer signed, was good at the time `at` of the cast. The list must be current
// at `at`, or be issued within Settle after it. The errors' codes begin with "status_".
//
// It implements Status.VerifyCRL of docs/protocol/eid.md.
func (r *StatusRules) VerifyCRL(list *RevocationList, cert *x509.Certificate, at time.Time) error {
	if !r.CRL {
		return refuse(CodeStatusMissing, "there is no OCSP response, and no revocation list may stand for it")
	}
	if !bytes.Equal(cert.RawIssuer, list.issuer.RawSubject) {
		return refuse(CodeStatusCRLIssuer, "the list is of another issuer than the certificate")
	}
	if list.thisUpdate.After(at.Add(r.Settle + r.Skew)) {
		return refuse(CodeStatusFuture, "the list is of %s, too late for %s", stamp(list.thisUpdate), stamp(at))
	}
	if list.nextUpdate.Before(at) {
		return refuse(CodeStatusCRLStale, "the list was to be used until %s, not at %s", stamp(list.nextUpdate), stamp(at))
	}
	if revoked, there := list.revoked[cert.SerialNumber.String()]; there {
		return checkRevocation(revoked, at)
	}
	return nil
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

// readEntries refuses an entry that a reader must understand, also of another's
// certificate: it makes the whole list unusable (RFC 5280, 5.3). Of two entries of one
// certificate the earlier decides.
func readEntries(list *x509.RevocationList) (map[string]time.Time, error) {
	revoked := make(map[string]time.Time, len(list.RevokedCertificateEntries))
	for _, entry := range list.RevokedCertificateEntries {
		for _, e := range entry.Extensions {
			if e.Critical {
				return nil, refuse(CodeStatusCRLForm, "an entry has the critical extension %s", e.Id)
			}
		}
		serial := entry.SerialNumber.String()
		if before, twice := revoked[serial]; !twice || entry.RevocationTime.Before(before) {
			revoked[serial] = entry.RevocationTime
		}
	}
	return revoked, nil
}
