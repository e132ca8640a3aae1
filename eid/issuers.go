package eid

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
	"time"
)

// Usage is what a certificate's key may be used for.
type Usage int

const (
	// Signing is the key that signs ballots and documents: key usage
	// nonRepudiation, which RFC 5280 also calls contentCommitment.
	Signing Usage = iota + 1
	// Authentication is the key that answers challenges: key usage
	// digitalSignature.
	Authentication
)

// String names the usage.
func (u Usage) String() string {
	if u == Authentication {
		return "authentication"
	}
	return "signing"
}

// Issuers is the list of certification authorities that an election accepts, and
// the rules for the certificates that they issue. It does not change after
// NewIssuers and may be used by many goroutines.
type Issuers struct {
	rules   *Rules
	list    []*x509.Certificate
	anchors *x509.CertPool
	above   map[string][]*x509.Certificate // raw issuer -> the listed authorities above it
}

// NewIssuers makes the list. Each certificate is a trust anchor by itself: what
// it signed is accepted, so that nothing outside of the list takes part in a
// decision. Where the authority above an issuer is listed too, that link's
// signature is checked here, once; its validity period is checked again for
// every certificate. The error's code is "issuer_invalid".
//
// It implements Eid.Issuers of docs/protocol/eid.md.
func NewIssuers(rules *Rules, certs []*x509.Certificate) (*Issuers, error) {
	if len(certs) == 0 {
		return nil, refuse(CodeIssuerInvalid, "the list is empty")
	}
	is := &Issuers{rules: rules, list: slices.Clone(certs), anchors: x509.NewCertPool(), above: make(map[string][]*x509.Certificate)}
	for i, cert := range certs {
		if _, twice := is.above[string(cert.Raw)]; twice {
			return nil, refuse(CodeIssuerInvalid, "issuer %d is listed twice", i+1)
		}
		if err := checkIssuer(cert); err != nil {
			return nil, refuse(CodeIssuerInvalid, "issuer %d, %s: %w", i+1, cert.Subject, err)
		}
		above, err := authoritiesAbove(cert, certs)
		if err != nil {
			return nil, refuse(CodeIssuerInvalid, "issuer %d, %s: %w", i+1, cert.Subject, err)
		}
		is.anchors.AddCert(cert)
		is.above[string(cert.Raw)] = above
	}
	return is, nil
}

func checkIssuer(cert *x509.Certificate) error {
	if !cert.BasicConstraintsValid || !cert.IsCA {
		return errors.New("it is not a certification authority")
	}
	if cert.KeyUsage&x509.KeyUsageCertSign == 0 {
		return errors.New("its key may not sign certificates")
	}
	return checkAlgorithm(cert)
}

// authoritiesAbove follows the chain from cert upwards as far as the list goes.
func authoritiesAbove(cert *x509.Certificate, list []*x509.Certificate) ([]*x509.Certificate, error) {
	var above []*x509.Certificate
	for !bytes.Equal(cert.RawSubject, cert.RawIssuer) {
		parent, err := parentOf(cert, list)
		if err != nil {
			return nil, err
		}
		// Two authorities that certified each other make a circle, not a chain.
		if parent == nil || slices.Contains(above, parent) {
			return above, nil
		}
		above = append(above, parent)
		cert = parent
	}
	if err := cert.CheckSignatureFrom(cert); err != nil {
		return nil, err
	}
	return above, nil
}

// parentOf finds the listed authority that signed cert; nil if none bears its
// issuer's name. Authorities of one name are several keys of one authority.
func parentOf(cert *x509.Certificate, list []*x509.Certificate) (*x509.Certificate, error) {
	var failure error
	for _, candidate := range list {
		if !bytes.Equal(candidate.RawSubject, cert.RawIssuer) {
			continue
		}
		if failure = cert.CheckSignatureFrom(candidate); failure == nil {
			return candidate, nil
		}
	}
	return nil, failure
}

// Verify judges an end-entity certificate at the time `at`: kind and algorithm
// of its keys, usage, validity, and the signature of an accepted issuer that was
// itself valid. The errors' codes begin with "certificate_".
//
// It implements Eid.Certificate of docs/protocol/eid.md.
func (is *Issuers) Verify(cert *x509.Certificate, usage Usage, at time.Time) error {
	if err := is.rules.checkKey(cert.PublicKey); err != nil {
		return err
	}
	if err := checkAlgorithm(cert); err != nil {
		return err
	}
	if err := checkUsage(cert, usage); err != nil {
		return err
	}
	if err := is.rules.checkExtended(cert, usage); err != nil {
		return err
	}
	if err := checkValidity("it", cert, at); err != nil {
		return err
	}
	return is.checkChain(cert, usage, at)
}

// IssuerOf gives the accepted issuer that signed cert, whom to ask for its status.
// The error's code is "certificate_untrusted".
func (is *Issuers) IssuerOf(cert *x509.Certificate) (*x509.Certificate, error) {
	issuer, err := parentOf(cert, is.list)
	if err != nil {
		return nil, refuse(CodeCertificateUntrusted, "%w", err)
	}
	if issuer == nil {
		return nil, refuse(CodeCertificateUntrusted, "no accepted issuer bears its issuer's name")
	}
	return issuer, nil
}

// checkAlgorithm refuses certificates whose own signature is weak: crypto/x509
// does too, but inside an error that looks like an unknown issuer.
func checkAlgorithm(cert *x509.Certificate) error {
	if !isStrong(cert.SignatureAlgorithm) {
		return refuse(CodeCertificateAlgorithm, "it is signed with %s", cert.SignatureAlgorithm)
	}
	return nil
}

// isStrong says whether an authority's signature by the algorithm is accepted, on
// a certificate, a revocation list or a statement of status.
func isStrong(algorithm x509.SignatureAlgorithm) bool {
	switch algorithm {
	case x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512,
		x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA,
		x509.SHA256WithRSAPSS, x509.SHA384WithRSAPSS, x509.SHA512WithRSAPSS:
		return true
	}
	return false
}

// checkUsage also refuses certificates of authorities: crypto/x509 accepts a
// listed authority as the end of its own chain, and then whoever runs it would
// be a voter.
func checkUsage(cert *x509.Certificate, usage Usage) error {
	if cert.IsCA || cert.KeyUsage&(x509.KeyUsageCertSign|x509.KeyUsageCRLSign) != 0 {
		return refuse(CodeCertificateNotEndEntity, "it is of a certification authority")
	}
	need, name := x509.KeyUsageContentCommitment, "nonRepudiation"
	if usage == Authentication {
		need, name = x509.KeyUsageDigitalSignature, "digitalSignature"
	}
	if cert.KeyUsage&need == 0 {
		return refuse(CodeCertificateKeyUsage, "it lacks %s", name)
	}
	return nil
}

// checkValidity names the certificate by its role: a subject is personal data.
func checkValidity(role string, cert *x509.Certificate, at time.Time) error {
	if at.Before(cert.NotBefore) {
		return refuse(CodeCertificateNotYetValid, "%s is valid from %s, judged at %s", role, stamp(cert.NotBefore), stamp(at))
	}
	if at.After(cert.NotAfter) {
		return refuse(CodeCertificateExpired, "%s was valid until %s, judged at %s", role, stamp(cert.NotAfter), stamp(at))
	}
	return nil
}

// checkChain builds the path by the rules of RFC 5280. All anchors are given as
// roots, so that a path is one signature: those above were checked by NewIssuers.
func (is *Issuers) checkChain(cert *x509.Certificate, usage Usage, at time.Time) error {
	chains, err := is.chainsOf(cert, usage, at)
	if err != nil {
		return err
	}
	for _, chain := range chains {
		if err = is.checkAbove(chain[len(chain)-1], at); err == nil {
			return nil
		}
	}
	return err
}

// chainsOf asks crypto/x509 for paths under a policy of the profile. It looks at
// policies only where a certificate of the path requires one (RFC 5280,
// 4.2.1.11), so it is given a copy of the certificate that does.
func (is *Issuers) chainsOf(cert *x509.Certificate, usage Usage, at time.Time) ([][]*x509.Certificate, error) {
	options := x509.VerifyOptions{
		Roots:               is.anchors,
		CurrentTime:         at, // never zero: checkValidity refused a time before NotBefore
		KeyUsages:           []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
		CertificatePolicies: is.rules.purposes[usage].policies,
	}
	explicit := *cert
	explicit.RequireExplicitPolicyZero = len(options.CertificatePolicies) > 0
	chains, err := explicit.Verify(options)
	if err == nil {
		return chains, nil
	}
	options.CertificatePolicies = nil
	if _, other := cert.Verify(options); other != nil {
		return nil, chainError(other, at)
	}
	return nil, refuse(CodeCertificatePolicy, "it is not issued for %s under a policy of the profile: %w", usage, err)
}

func (is *Issuers) checkAbove(issuer *x509.Certificate, at time.Time) error {
	for _, authority := range is.above[string(issuer.Raw)] {
		if err := checkValidity("an authority above its issuer", authority, at); err != nil {
			return err
		}
	}
	return nil
}

func chainError(err error, at time.Time) error {
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) {
		switch invalid.Reason {
		case x509.Expired: // crypto/x509 says so for "not yet valid" too
			return checkValidity("its issuer", invalid.Cert, at)
		}
	}
	if errors.As(err, new(x509.UnhandledCriticalExtension)) {
		return refuse(CodeCertificateForm, "%w", err)
	}
	return refuse(CodeCertificateUntrusted, "%w", err)
}

func stamp(t time.Time) string { return t.UTC().Format(timeForm) }
