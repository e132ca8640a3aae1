package eid

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"slices"
	"time"

	"github.com/smallstep/pkcs7"
)

var oidExtKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 37}

// TimeRules say which time-stamps are evidence of when a vote was signed. No clock
// is read and nobody is asked, so that they hold years later.
type TimeRules struct {
	// Authorities are the certificates of time-stamping authorities, or of the
	// authorities that directly issue those.
	Authorities []*x509.Certificate
	// Tolerance is how far a stamp's time may be from the cast's, with the
	// accuracy that the stamp claims.
	Tolerance time.Duration
	// Settle is how long after the cast a stamp may still be taken.
	Settle time.Duration
}

// VerifyTimeStamp judges a time-stamp (RFC 3161) in DER: that it is of message, by
// an accepted authority, at the time `at` of the cast. It gives the time that the
// authority signed. The errors' codes begin with "time_".
//
// It implements Time.Verify of docs/protocol/eid.md.
func (r *TimeRules) VerifyTimeStamp(token, message []byte, at time.Time) (time.Time, error) {
	t, err := parseTimeStamp(token)
	if err != nil {
		return time.Time{}, err
	}
	for _, check := range []func() error{
		t.checkAlgorithms,
		func() error { return t.checkImprint(message) },
		func() error { return r.checkAuthority(t) },
		t.checkSignature,
		func() error { return r.checkTime(t, at) },
	} {
		if err := check(); err != nil {
			return time.Time{}, err
		}
	}
	return t.info.Time, nil
}

func (t *timeStamp) checkAlgorithms() error {
	signer := t.message.Signers[0]
	if !slices.ContainsFunc(timeAlgorithms, func(pair [2]asn1.ObjectIdentifier) bool {
		return pair[0].Equal(signer.DigestAlgorithm.Algorithm) && pair[1].Equal(signer.DigestEncryptionAlgorithm.Algorithm)
	}) {
		return refuse(CodeTimeAlgorithm, "digest %s with signature %s is not accepted",
			signer.DigestAlgorithm.Algorithm, signer.DigestEncryptionAlgorithm.Algorithm)
	}
	if !t.info.Imprint.isSHA256() {
		return refuse(CodeTimeAlgorithm, "the stamped digest is not SHA-256")
	}
	return nil
}

func (t *timeStamp) checkImprint(message []byte) error {
	digest := sha256.Sum256(message)
	if !bytes.Equal(digest[:], t.info.Imprint.Digest) {
		return refuse(CodeTimeDigest, "the time-stamp is of another signature")
	}
	return nil
}

// checkAuthority finds the signer's certificate, in the stamp or among those
// accepted, and judges it at the stamp's own time.
func (r *TimeRules) checkAuthority(t *timeStamp) error {
	t.message.Certificates = append(t.message.Certificates, r.Authorities...)
	signer := t.message.GetOnlySigner()
	if signer == nil {
		return refuse(CodeTimeAuthority, "the signer's certificate is neither in it nor known")
	}
	if _, err := AlgorithmsOf(signer.PublicKey); err != nil {
		return refuse(CodeTimeAlgorithm, "the authority's key: %w", err)
	}
	issuer, err := r.issuerOf(signer)
	if err != nil {
		return err
	}
	if err := checkTimeUse(signer); err != nil {
		return refuse(CodeTimeUsage, "the authority's certificate: %w", err)
	}
	for _, cert := range []*x509.Certificate{signer, issuer} {
		if !isWithin(t.info.Time, cert.NotBefore, cert.NotAfter) {
			return refuse(CodeTimeAuthorityExpired, "the authority's certificate, or its issuer's, is valid from %s to %s, it stamped at %s",
				stamp(cert.NotBefore), stamp(cert.NotAfter), stamp(t.info.Time))
		}
	}
	return t.checkAttributes(signer)
}

// issuerOf gives the accepted certificate by which signer is accepted: its own, or
// that of the authority that signed it.
func (r *TimeRules) issuerOf(signer *x509.Certificate) (*x509.Certificate, error) {
	if slices.ContainsFunc(r.Authorities, signer.Equal) {
		return signer, nil
	}
	if !isStrong(signer.SignatureAlgorithm) {
		return nil, refuse(CodeTimeAlgorithm, "the authority's certificate is signed with %s", signer.SignatureAlgorithm)
	}
	issuer, err := parentOf(signer, r.Authorities)
	if err != nil {
		return nil, refuse(CodeTimeAuthority, "%w", err)
	}
	if issuer == nil {
		return nil, refuse(CodeTimeAuthority, "the time-stamping authority is not an accepted one")
	}
	return issuer, nil
}

// checkTimeUse: the certificate is for time-stamps alone, and critically so
// (RFC 3161, 2.3): a key that also signs other things could be made to sign what
// reads as a time.
func checkTimeUse(cert *x509.Certificate) error {
	critical := slices.ContainsFunc(cert.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(oidExtKeyUsage) && e.Critical })
	switch {
	case cert.IsCA:
		return errors.New("it is of a certification authority")
	case !critical || len(cert.UnknownExtKeyUsage) != 0 || !slices.Equal(cert.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}):
		return errors.New("it is not critically for time-stamps alone")
	case len(cert.UnhandledCriticalExtensions) != 0:
		return errors.New("it has a critical extension that is not known")
	}
	return nil
}

func (t *timeStamp) checkSignature() error {
	err := t.message.Verify()
	if errors.As(err, new(*pkcs7.SigningTimeNotValidError)) {
		return refuse(CodeTimeAuthorityExpired, "it was signed outside of the validity of the authority's certificate")
	}
	if err != nil {
		return refuse(CodeTimeSignature, "%w", err)
	}
	return nil
}

// checkTime: wherever the true time lies within the accuracy that the authority
// claims, it is near the cast's.
func (r *TimeRules) checkTime(t *timeStamp, at time.Time) error {
	early, late := t.info.Time.Add(-t.info.Accuracy.duration()), t.info.Time.Add(t.info.Accuracy.duration())
	if early.Before(at.Add(-r.Tolerance)) || late.After(at.Add(r.Settle+r.Tolerance)) {
		return refuse(CodeTimeStale, "it is of %s, give or take %s, not near %s", stamp(t.info.Time), t.info.Accuracy.duration(), stamp(at))
	}
	return nil
}
