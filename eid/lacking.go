package eid

import (
	"crypto/x509"
	"slices"
)

// ChainOf gives the accepted issuer that signed cert and, after it, the authorities above
// it as far as they are listed. The error's code is "certificate_untrusted".
func (is *Issuers) ChainOf(cert *x509.Certificate) ([]*x509.Certificate, error) {
	issuer, err := is.IssuerOf(cert)
	if err != nil {
		return nil, err
	}
	return append([]*x509.Certificate{issuer}, is.above[string(issuer.Raw)]...), nil
}

// Lacking gives the certificate that a reader of an OCSP response needs beside it and
// beside the issuer's: that of the accepted responder, where the response does not bring
// it along. Whether the response is good is not judged. The errors' codes begin with
// "status_".
func (r *StatusRules) Lacking(response []byte, issuer *x509.Certificate) ([]*x509.Certificate, error) {
	a, err := parseAnswer(response)
	if err != nil {
		return nil, err
	}
	if len(a.certificates) > 0 {
		return nil, nil
	}
	signers, err := r.signers(a, issuer)
	if err != nil {
		return nil, err
	}
	for _, signer := range signers {
		switch {
		case a.CheckSignatureFrom(signer) != nil:
		case signer.Equal(issuer):
			return nil, nil
		default:
			return []*x509.Certificate{signer}, nil
		}
	}
	return nil, refuse(CodeStatusSignature, "it is not signed by the responder that it names")
}

// Lacking gives the certificates that a reader of a time-stamp needs beside it: those of
// the authority and of its accepted issuer which it does not bring along. Whether the
// time-stamp is good is not judged. The errors' codes begin with "time_".
func (r *TimeRules) Lacking(token []byte) ([]*x509.Certificate, error) {
	t, err := parseTimeStamp(token)
	if err != nil {
		return nil, err
	}
	inside := slices.Clone(t.message.Certificates)
	t.message.Certificates = append(t.message.Certificates, r.Authorities...)
	signer := t.message.GetOnlySigner()
	if signer == nil {
		return nil, refuse(CodeTimeAuthority, "the signer's certificate is neither in it nor known")
	}
	accepted, err := r.issuerOf(signer)
	if err != nil {
		return nil, err
	}
	var lacking []*x509.Certificate
	for _, cert := range []*x509.Certificate{signer, accepted} {
		if !slices.ContainsFunc(append(inside, lacking...), cert.Equal) {
			lacking = append(lacking, cert)
		}
	}
	return lacking, nil
}
