package eid

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
	"time"
)

// checkSigner: the response is signed by one who may answer for the issuer, with
// an accepted algorithm, and was then valid.
func (r *StatusRules) checkSigner(a *answer, issuer *x509.Certificate) error {
	if !isStrong(a.SignatureAlgorithm) {
		return refuse(CodeStatusAlgorithm, "it is signed with %s", a.SignatureAlgorithm)
	}
	signers, err := r.signers(a, issuer)
	if err != nil {
		return err
	}
	var unfit error
	for _, signer := range signers {
		if _, err := AlgorithmsOf(signer.PublicKey); err != nil {
			unfit = refuse(CodeStatusAlgorithm, "the responder's key: %w", err)
			continue
		}
		if a.CheckSignatureFrom(signer) == nil {
			return checkResponderValidity(signer, a.ProducedAt)
		}
	}
	if unfit != nil {
		return unfit
	}
	return refuse(CodeStatusSignature, "it is not signed by the responder that it names")
}

// signers lists the certificates whose key may have made the signature: the one
// inside, or else the known ones that the response names.
func (r *StatusRules) signers(a *answer, issuer *x509.Certificate) ([]*x509.Certificate, error) {
	known := append([]*x509.Certificate{issuer}, r.Responders...)
	if len(a.certificates) == 0 {
		named := slices.DeleteFunc(known, func(cert *x509.Certificate) bool { return !a.names(cert) })
		if len(named) == 0 {
			return nil, refuse(CodeStatusResponder, "the responder is not known, and sends no certificate")
		}
		return named, nil
	}
	signer := a.certificates[0]
	if !a.names(signer) {
		return nil, refuse(CodeStatusResponder, "it names another responder than its certificate")
	}
	if slices.ContainsFunc(known, signer.Equal) {
		return []*x509.Certificate{signer}, nil
	}
	if err := checkDelegated(signer, issuer); err != nil {
		return nil, err
	}
	return []*x509.Certificate{signer}, nil
}

// checkDelegated: the issuer itself made the certificate, for answering
// (RFC 6960, 4.2.2.2). One made below the issuer would speak for whoever made it.
func checkDelegated(signer, issuer *x509.Certificate) error {
	if !isStrong(signer.SignatureAlgorithm) {
		return refuse(CodeStatusAlgorithm, "the responder's certificate is signed with %s", signer.SignatureAlgorithm)
	}
	if !bytes.Equal(signer.RawIssuer, issuer.RawSubject) {
		return refuse(CodeStatusResponder, "another than the certificate's issuer made the responder's certificate")
	}
	if err := signer.CheckSignatureFrom(issuer); err != nil {
		return refuse(CodeStatusResponder, "the issuer did not sign the responder's certificate: %w", err)
	}
	if err := checkResponderUse(signer); err != nil {
		return refuse(CodeStatusResponder, "the responder's certificate: %w", err)
	}
	return nil
}

func checkResponderUse(signer *x509.Certificate) error {
	switch {
	case signer.IsCA:
		return errors.New("it is of an authority")
	case !slices.Contains(signer.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning):
		return errors.New("it is not for OCSP")
	case signer.KeyUsage != 0 && signer.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0:
		return errors.New("its key is not for signatures")
	case len(signer.UnhandledCriticalExtensions) != 0:
		return errors.New("it has a critical extension that is not known")
	}
	return nil
}

func checkResponderValidity(signer *x509.Certificate, at time.Time) error {
	if !isWithin(at, signer.NotBefore, signer.NotAfter) {
		return refuse(CodeStatusResponderExpired, "the responder's certificate is valid from %s to %s, it answered at %s",
			stamp(signer.NotBefore), stamp(signer.NotAfter), stamp(at))
	}
	return nil
}

// isWithin says whether from ≤ t ≤ to.
func isWithin(t, from, to time.Time) bool { return !t.Before(from) && !t.After(to) }
