package processing

import (
	"crypto/x509"
	"time"

	"valik/eid"
	"valik/election"
)

// Evidence is what stands with a ballot about its signer's certificate, as the
// services gave it. What the manifest does not ask for is not looked at.
type Evidence struct {
	OCSP      []byte // OCSPResponse, DER
	CRL       []byte // the issuer's revocation list, DER; looked at if there is no OCSP
	TimeStamp []byte // TimeStampToken, DER
}

// clockSkew is how far the clocks of a responder and of the collector may differ.
const clockSkew = time.Minute

// evidenceRules are the manifest's policy in the terms of package eid. A nil part is
// not demanded.
type evidenceRules struct {
	issuers *eid.Issuers
	status  *eid.StatusRules
	time    *eid.TimeRules
	lists   lists
}

func newEvidenceRules(m *election.Manifest, issuers *eid.Issuers) (*evidenceRules, error) {
	r := &evidenceRules{issuers: issuers}
	policy := m.EID.Evidence
	if policy == nil {
		return r, nil
	}
	settle := seconds(policy.Settle)
	if s := policy.Status; s != nil {
		responders, err := parseCertificates(s.Responders)
		if err != nil {
			return nil, err
		}
		r.status = &eid.StatusRules{
			Responders: responders, Freshness: seconds(s.Freshness), Settle: settle, Skew: clockSkew, Nonce: s.Nonce, CRL: s.CRL,
		}
	}
	if t := policy.Time; t != nil {
		authorities, err := parseCertificates(t.Authorities)
		if err != nil {
			return nil, err
		}
		r.time = &eid.TimeRules{Authorities: authorities, Tolerance: seconds(t.Tolerance), Settle: settle}
	}
	return r, nil
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

func parseCertificates(ders [][]byte) ([]*x509.Certificate, error) {
	certs := make([]*x509.Certificate, len(ders))
	for i, der := range ders {
		var err error
		if certs[i], err = x509.ParseCertificate(der); err != nil {
			return nil, err
		}
	}
	return certs, nil
}

// Evidence checks that the signer's certificate was good, and the signature made, at
// the moment at, when the collector took the ballot. e may be nil.
//
// It implements Processing.Evidence of docs/protocol/processing.md.
func (j *Judge) Evidence(c *Candidate, e *Evidence, at time.Time) *Refusal {
	if e == nil {
		e = new(Evidence)
	}
	if err := j.Status(c.Container.Certificate, eid.StatusNonce(c.Container.Signature), e, at); err != nil {
		return RefuseEID(err)
	}
	if err := j.TimeStamp(c.Container, e, at); err != nil {
		return RefuseEID(err)
	}
	return nil
}

// Status checks the evidence that a certificate was good at the moment at, to a
// question with this nonce. The errors are those of eid.StatusRules.
func (j *Judge) Status(cert *x509.Certificate, nonce []byte, e *Evidence, at time.Time) error {
	if j.evidence.status == nil {
		return nil
	}
	issuer, err := j.evidence.issuers.IssuerOf(cert)
	if err != nil {
		return err
	}
	if len(e.OCSP) == 0 && len(e.CRL) > 0 {
		list, err := j.evidence.lists.read(e.CRL, issuer)
		if err != nil {
			return err
		}
		return j.evidence.status.VerifyCRL(list, cert, at)
	}
	return j.evidence.status.VerifyOCSP(e.OCSP, cert, issuer, nonce, at)
}

// TimeStamp checks the evidence that a container was signed at about the moment at. The
// errors are those of eid.TimeRules.
func (j *Judge) TimeStamp(c *eid.Container, e *Evidence, at time.Time) error {
	if j.evidence.time == nil {
		return nil
	}
	_, err := j.evidence.time.VerifyTimeStamp(e.TimeStamp, c.SignatureValueElement(), at)
	return err
}
