package processing

import (
	"crypto/x509"
	"slices"

	"valik/eid"
)

// LongTerm puts the evidence that the manifest asks for into a container, with the
// certificates that a reader needs beside it: the signer's issuer and those above it as
// far as they are listed, and of responder and time-stamping authority what is neither in
// their answers nor there already. The evidence is not judged, so that a reader sees also
// the answer because of which a ballot does not count. e may be nil. The errors' codes are
// those of package eid: "evidence_missing" where there is no word on the status,
// "container_too_large", "certificate_untrusted", and codes of answers of which it cannot
// be said who gave them.
func (j *Judge) LongTerm(c *eid.Container, e *Evidence) (*eid.LongTerm, error) {
	chain, err := j.issuers.ChainOf(c.Certificate)
	if err != nil {
		return nil, err
	}
	out := eid.Evidence{Certificates: chain}
	if e == nil {
		return c.Extend(out) // which says what is missing
	}
	if err := j.addStatus(&out, e, chain[0]); err != nil {
		return nil, err
	}
	if err := j.addTimeStamp(&out, e); err != nil {
		return nil, err
	}
	return c.Extend(out)
}

func (j *Judge) addStatus(out *eid.Evidence, e *Evidence, issuer *x509.Certificate) error {
	rules := j.evidence.status
	switch {
	case rules == nil:
		return nil
	case len(e.OCSP) > 0:
		lacking, err := rules.Lacking(e.OCSP, issuer)
		if err != nil {
			return err
		}
		out.OCSPs = [][]byte{e.OCSP}
		addCertificates(out, lacking)
	case len(e.CRL) > 0: // its signer is the issuer
		out.CRLs = [][]byte{e.CRL}
	}
	return nil
}

func (j *Judge) addTimeStamp(out *eid.Evidence, e *Evidence) error {
	if j.evidence.time == nil || len(e.TimeStamp) == 0 {
		return nil
	}
	lacking, err := j.evidence.time.Lacking(e.TimeStamp)
	if err != nil {
		return err
	}
	out.TimeStamp = e.TimeStamp
	addCertificates(out, lacking)
	return nil
}

// addCertificates adds those that are not there yet: an authority may have several offices.
func addCertificates(out *eid.Evidence, certs []*x509.Certificate) {
	for _, cert := range certs {
		if !slices.ContainsFunc(out.Certificates, cert.Equal) {
			out.Certificates = append(out.Certificates, cert)
		}
	}
}
