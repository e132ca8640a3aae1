package collector

import (
	"context"
	"crypto/x509"
	"errors"
	"time"

	"valik/eid"
	"valik/election"
	"valik/election/processing"
)

// Inquiry asks the services that a manifest's evidence comes from. What it gets is judged
// here: inquiry.Client of package eid/inquiry is one. An error says that there is no answer.
type Inquiry interface {
	// Status gives an OCSP response about a certificate.
	Status(ctx context.Context, cert, issuer *x509.Certificate, nonce []byte) ([]byte, error)
	// CRL gives the issuer's revocation list for a certificate.
	CRL(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error)
	// TimeStamp gives a time-stamp token of a message.
	TimeStamp(ctx context.Context, message []byte) ([]byte, error)
}

// errNoInquiry says that the manifest asks for evidence that this collector cannot get.
var errNoInquiry = errors.New("collector: the manifest demands evidence of certificates, and no service to ask is configured")

func (c *Collector) checkInquiry() error {
	if c.manifest.EID.Evidence != nil && c.config.Inquiry == nil {
		return errNoInquiry
	}
	return nil
}

// evidence asks for all that the manifest demands about a ballot's signature and judges it
// as the count will. nil evidence and a nil error: a service is away, and the manifest
// lets the ballot be taken and its evidence come later.
//
// It implements Collector.Evidence of docs/protocol/casting.md.
func (c *Collector) evidence(ctx context.Context, j *processing.Judge, candidate *processing.Candidate, at time.Time) (*processing.Evidence, error) {
	e, err := c.gather(ctx, j, candidate.Container, at)
	switch {
	case err == nil:
		return e, nil
	case c.manifest.Settles() && !isVerdict(err):
		return nil, nil
	}
	return nil, refusedEvidence(err, candidate)
}

// refusedEvidence makes the refusal of a fault of the evidence. What is no word about the
// certificate at all is a fault of our own, and stays.
func refusedEvidence(err error, candidate *processing.Candidate) error {
	if eid.CodeOf(err) == "" {
		return err
	}
	return refusedBy(processing.RefuseEID(err), candidate)
}

// gather gives evidence that holds, or the reason why there is none; with a verdict, the
// evidence that has it.
func (c *Collector) gather(ctx context.Context, j *processing.Judge, signed *eid.Container, at time.Time) (*processing.Evidence, error) {
	policy := c.manifest.EID.Evidence
	if policy == nil {
		return nil, nil
	}
	e := new(processing.Evidence)
	// The time-stamp comes first: a standard tool wants the status to be younger than it.
	stampErr := c.askTime(ctx, j, e, signed, at)
	if policy.Status != nil {
		if err := c.askStatus(ctx, j, e, signed.Certificate, eid.StatusNonce(signed.Signature), at); err != nil {
			return e, err
		}
	}
	return e, stampErr
}

func (c *Collector) askTime(ctx context.Context, j *processing.Judge, e *processing.Evidence, signed *eid.Container, at time.Time) error {
	if c.manifest.EID.Evidence.Time == nil {
		return nil
	}
	var err error
	if e.TimeStamp, err = c.config.Inquiry.TimeStamp(ctx, signed.SignatureValueElement()); err != nil {
		return err
	}
	return j.TimeStamp(signed, e, at)
}

// askStatus asks the responder, and where that has no proper answer and the manifest allows
// it, looks into the issuer's revocation list.
func (c *Collector) askStatus(ctx context.Context, j *processing.Judge, e *processing.Evidence, cert *x509.Certificate, nonce []byte, at time.Time) error {
	issuers, err := c.manifest.EIDIssuers()
	if err != nil {
		return err
	}
	issuer, err := issuers.IssuerOf(cert)
	if err != nil {
		return err
	}
	e.OCSP, err = c.config.Inquiry.Status(ctx, cert, issuer, nonce)
	if err == nil {
		err = j.Status(cert, nonce, e, at)
	}
	if err == nil || isVerdict(err) || !c.manifest.EID.Evidence.Status.CRL {
		return err
	}
	list, listErr := c.config.Inquiry.CRL(ctx, cert, issuer)
	if listErr != nil {
		return err // the responder's fault comes first: the list only stands in for it
	}
	e.OCSP, e.CRL = nil, list
	return j.Status(cert, nonce, e, at)
}

// isVerdict says whether an error is the issuer's word that the certificate is not good.
// Everything else is no answer: an attacker can make an answer wrong or stale at will.
func isVerdict(err error) bool {
	code := eid.CodeOf(err)
	return code == eid.CodeStatusRevoked || code == eid.CodeStatusUnknown
}

// checkLogin asks for the status of the certificate that a voter signs on with.
func (c *Collector) checkLogin(ctx context.Context, cert *x509.Certificate, nonce []byte) error {
	policy := c.manifest.EID.Evidence
	if policy == nil || policy.Status == nil {
		return nil
	}
	err := c.askStatus(ctx, c.bench.Load().judge, new(processing.Evidence), cert, nonce, c.now().Time())
	if err == nil || c.manifest.Settles() && !isVerdict(err) {
		return nil
	}
	return refusedEvidence(err, nil)
}

// storeEvidence gives the stored form of evidence, and keeps the revocation list that it refers to.
func (c *Collector) storeEvidence(ctx context.Context, e *processing.Evidence) ([]byte, error) {
	if e == nil {
		return nil, nil
	}
	var list *election.Hash
	if e.CRL != nil {
		hash := election.HashOf(e.CRL)
		if err := c.store.PutRevocationList(ctx, hash, e.CRL); err != nil {
			return nil, err
		}
		list = &hash
	}
	return election.NewEvidence(e.OCSP, list, e.TimeStamp).Bytes(), nil
}
