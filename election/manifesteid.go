package election

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"slices"

	"valik/eid"
)

// EID is how an election knows its voters: the country's profile, whose
// certificates are accepted, and which evidence a ballot needs that its signer's
// certificate was good.
type EID struct {
	Profile  eid.Profile     `json:"profile"`
	Issuers  [][]byte        `json:"issuers"`            // DER certificates of accepted issuers
	Evidence *EvidencePolicy `json:"evidence,omitempty"` // absent: the certificate alone decides
}

// EvidencePolicy says which evidence stands with every ballot, and what the
// collector does when a service that gives it is away.
type EvidencePolicy struct {
	Status *StatusPolicy `json:"status,omitempty"`
	Time   *TimePolicy   `json:"time,omitempty"`
	Away   string        `json:"away"`   // AwayRefuse or AwaySettle
	Settle int           `json:"settle"` // seconds after the cast within which evidence must be there; 0 with AwayRefuse
}

// What a collector does with a ballot while a service is away.
const (
	AwayRefuse = "refuse" // it refuses the ballot; the voter tries again
	AwaySettle = "settle" // it takes the ballot; without evidence in time it does not count
)

// StatusPolicy says which answers about a certificate's status are believed.
type StatusPolicy struct {
	Responders [][]byte `json:"responders"` // DER certificates that answer for all issuers, beside those that an issuer names itself
	Freshness  int      `json:"freshness"`  // seconds: an answer is at most so much older than the cast
	Nonce      bool     `json:"nonce"`      // an OCSP answer is bound to the ballot's signature
	CRL        bool     `json:"crl"`        // a revocation list may stand in for an OCSP answer
}

// TimePolicy says whose time-stamps are believed.
type TimePolicy struct {
	Authorities [][]byte `json:"authorities"` // DER certificates of time-stamping authorities, or of their issuers
	Tolerance   int      `json:"tolerance"`   // seconds between the stamp and the collector's clock
}

// Bounds of a policy: evidence older or later than this proves nothing about a cast.
const (
	maxSettle    = 30 * 24 * 3600
	maxFreshness = 7 * 24 * 3600
	maxTolerance = 3600
)

func (m *Manifest) validateEID(v *validator) {
	rules, err := eid.NewRules(&m.EID.Profile)
	v.must("eid.profile", err)
	v.check(len(m.EID.Issuers) > 0, "eid.issuers", "at least one is needed")
	certs := v.certificates("eid.issuers", m.EID.Issuers)
	for i, c := range certs {
		v.check(c.IsCA, indexed("eid.issuers", i), "not a certificate of an issuer")
	}
	if v.err == nil {
		_, err = eid.NewIssuers(rules, certs)
		v.must("eid.issuers", err)
	}
	if p := m.EID.Evidence; p != nil {
		p.validate(v)
	}
}

func (p *EvidencePolicy) validate(v *validator) {
	v.check(p.Status != nil || p.Time != nil, "eid.evidence", "it demands neither a status nor a time")
	v.check(p.Away == AwayRefuse || p.Away == AwaySettle, "eid.evidence.away", "%.40q is neither %s nor %s", p.Away, AwayRefuse, AwaySettle)
	within := func(field string, n, least, most int) {
		v.check(n >= least && n <= most, "eid.evidence."+field, "%d is not from %d to %d", n, least, most)
	}
	if p.Away == AwaySettle {
		within("settle", p.Settle, 1, maxSettle)
	} else {
		within("settle", p.Settle, 0, 0)
	}
	if s := p.Status; s != nil {
		within("status.freshness", s.Freshness, 1, maxFreshness)
		v.certificates("eid.evidence.status.responders", s.Responders)
	}
	if t := p.Time; t != nil {
		within("time.tolerance", t.Tolerance, 1, maxTolerance)
		v.check(len(t.Authorities) > 0, "eid.evidence.time.authorities", "at least one is needed")
		v.certificates("eid.evidence.time.authorities", t.Authorities)
	}
}

func (m *Manifest) validateAuthority(v *validator) {
	a := m.Authority
	v.check(len(a.Officials) >= 1 && len(a.Officials) <= maxOfficials, "authority.officials", "%d officials, not 1 to %d", len(a.Officials), maxOfficials)
	v.check(a.Signatures >= 1 && a.Signatures <= len(a.Officials), "authority.signatures", "%d is not from 1 to the number of officials, %d", a.Signatures, len(a.Officials))
	certs := v.certificates("authority.officials", a.Officials)
	for i, c := range certs {
		sameKey := func(other *x509.Certificate) bool {
			return bytes.Equal(other.RawSubjectPublicKeyInfo, c.RawSubjectPublicKeyInfo)
		}
		v.check(!slices.ContainsFunc(certs[:i], sameKey), indexed("authority.officials", i), "the key is another official's: one person would be two")
	}
}

// maxOfficials bounds who signs for the authority.
const maxOfficials = 16

// certificates reads a list of different certificates.
func (v *validator) certificates(field string, ders [][]byte) []*x509.Certificate {
	certs := make([]*x509.Certificate, 0, len(ders))
	for i, der := range ders {
		c, err := x509.ParseCertificate(der)
		v.check(err == nil, indexed(field, i), "not a certificate: %v", err)
		if err != nil {
			return nil
		}
		v.check(!slices.ContainsFunc(certs, c.Equal), indexed(field, i), "the certificate is there twice")
		certs = append(certs, c)
	}
	return certs
}

// realm is what follows from an EID: all by which a voter's certificate is judged.
type realm struct {
	rules   *eid.Rules
	issuers *eid.Issuers
	err     error
}

func newRealm(e *EID) realm {
	r := realm{}
	if r.rules, r.err = eid.NewRules(&e.Profile); r.err != nil {
		return r
	}
	certs, err := parseCertificates(e.Issuers)
	if err != nil {
		r.err = err
		return r
	}
	r.issuers, r.err = eid.NewIssuers(r.rules, certs)
	return r
}

func parseCertificates(ders [][]byte) ([]*x509.Certificate, error) {
	certs := make([]*x509.Certificate, len(ders))
	for i, der := range ders {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("election: certificate %d: %w", i, err)
		}
		certs[i] = c
	}
	return certs, nil
}

// EIDRules returns the rules of the country's profile.
func (m *Manifest) EIDRules() *eid.Rules { return m.facts().realm().rules }

// EIDIssuers returns the accepted issuers of voters' certificates.
func (m *Manifest) EIDIssuers() (*eid.Issuers, error) {
	r := m.facts().realm()
	return r.issuers, r.err
}

// ParseCode checks that s is a personal code by the manifest's profile.
func (m *Manifest) ParseCode(s string) (string, error) { return m.EIDRules().ParseCode(s) }
