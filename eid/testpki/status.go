package testpki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"
)

// Paths below the address of Online, which package responder serves.
const (
	StatusPath = "/ocsp"
	TimePath   = "/tsa"
	CRLPath256 = "/p256.crl"
	CRLPath384 = "/p384.crl"
)

// Online is the same authority, whose cards from now on tell where their status is
// found: at an address such as "http://127.0.0.1:8080". PEM does not keep it.
func (a *Authority) Online(base string) *Authority {
	online := *a
	online.base = base
	return &online
}

// addressed puts the addresses of Online into a certificate.
func (a *Authority) addressed(template *x509.Certificate, issuer *Key) *x509.Certificate {
	if a.base == "" {
		return template
	}
	path := CRLPath256
	if issuer == a.p384 {
		path = CRLPath384
	}
	online := *template
	online.OCSPServer = []string{a.base + StatusPath}
	online.CRLDistributionPoints = []string{a.base + path}
	return &online
}

// Extensions that crypto/x509 does not write as these certificates need them.
var (
	oidNoCheck     = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5} // RFC 6960, 4.2.2.2.1
	oidExtKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 37}
	timeStamping   = []byte{0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 8} // id-kp-timeStamping alone
)

// ResponderTemplate is the certificate of one who answers OCSP for an issuer.
func (a *Authority) ResponderTemplate() *x509.Certificate {
	template := a.service("Status")
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}
	template.ExtraExtensions = []pkix.Extension{{Id: oidNoCheck, Value: asn1.NullBytes}}
	return template
}

// StampTemplate is the certificate of a time-stamping authority.
func (a *Authority) StampTemplate() *x509.Certificate {
	template := a.service("Time")
	template.ExtraExtensions = []pkix.Extension{{Id: oidExtKeyUsage, Critical: true, Value: timeStamping}}
	return template
}

func (a *Authority) service(name string) *x509.Certificate {
	template := a.Template("", "", "")
	template.Subject = pkix.Name{Country: []string{"EE"}, Organization: []string{"Valik test, trust nothing signed by it"}, CommonName: name}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.Policies = nil
	return template
}

// StatusResponder makes a key to which the issuing authority of a curve delegates
// the answers about its cards.
func (a *Authority) StatusResponder(curve elliptic.Curve) (*Key, error) {
	return a.Issuer(curve).Issue(a.ResponderTemplate(), elliptic.P256())
}

// TimeStamper makes the key of a time-stamping authority, certified by the P-256
// authority.
func (a *Authority) TimeStamper() (*Key, error) {
	return a.p256.Issue(a.StampTemplate(), elliptic.P256())
}

// Issue makes a key on a curve and a certificate for it after a template, sound or
// not, signed by this authority's key.
func (k *Key) Issue(template *x509.Certificate, curve elliptic.Curve) (*Key, error) {
	private, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		return nil, err
	}
	cert, err := k.Sign(template, private.Public())
	if err != nil {
		return nil, err
	}
	return NewKey(cert, private), nil
}

// RevocationList makes the issuing authority's list of revoked certificates, in
// DER, to be used from thisUpdate to nextUpdate.
func (k *Key) RevocationList(revoked []x509.RevocationListEntry, thisUpdate, nextUpdate time.Time) ([]byte, error) {
	return x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number:                    big.NewInt(thisUpdate.Unix()),
		ThisUpdate:                thisUpdate,
		NextUpdate:                nextUpdate,
		RevokedCertificateEntries: revoked,
	}, k.cert, k.private)
}
