// Package testpki is an eID issuer in files, for the demo and for tests only.
//
// Its certificates have the shape of real ones, but nobody checks who asks for
// one and every private key lies in a file. An election that accepts it as an
// issuer is a game. Its personal codes belong to people born after 2100, so that
// none is a living person's.
package testpki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"

	"valik/eid"
)

// Authority is a root with two issuing authorities below it, one that signs with
// P-256 for P-256 cards and one with P-384 for P-384 cards. It does not change
// and may be used by many goroutines.
type Authority struct {
	root, p256, p384 *Key
	country          *country
	base             string // see Online; "" for cards without addresses
}

// NewAuthority makes the keys and certificates of an authority. Everything it
// issues is valid from validFrom to validTo.
func NewAuthority(name string, validFrom, validTo time.Time) (*Authority, error) {
	root, err := newAuthorityKey(name+" Root", elliptic.P384(), validFrom, validTo, nil)
	if err != nil {
		return nil, err
	}
	p256, err := newAuthorityKey(name+" Issuing P-256", elliptic.P256(), validFrom, validTo, root)
	if err != nil {
		return nil, err
	}
	p384, err := newAuthorityKey(name+" Issuing P-384", elliptic.P384(), validFrom, validTo, root)
	if err != nil {
		return nil, err
	}
	return &Authority{root: root, p256: p256, p384: p384, country: estonia}, nil
}

// Under gives the same authority, issuing to the persons of another profile's
// country instead of Estonia's.
func (a *Authority) Under(p *eid.Profile) (*Authority, error) {
	c, err := newCountry(p)
	if err != nil {
		return nil, err
	}
	under := *a
	under.country = c
	return &under, nil
}

// Certificates lists the root and the two issuing authorities: what a manifest
// accepts and eid.NewIssuers takes.
func (a *Authority) Certificates() []*x509.Certificate {
	return []*x509.Certificate{a.root.cert, a.p256.cert, a.p384.cert}
}

// Issuer is the issuing authority for cards of a curve, P-256 or P-384.
func (a *Authority) Issuer(curve elliptic.Curve) *Key {
	if curve == elliptic.P384() {
		return a.p384
	}
	return a.p256
}

// Sign signs any certificate with an authority's key, sound or not: negative
// tests want odd ones.
func (k *Key) Sign(template *x509.Certificate, public crypto.PublicKey) (*x509.Certificate, error) {
	return certify(template, k.cert, public, k.private)
}

// Validity gives the period in which the authority's certificates are valid.
func (a *Authority) Validity() (from, to time.Time) {
	return a.root.cert.NotBefore, a.root.cert.NotAfter
}

func newAuthorityKey(name string, curve elliptic.Curve, from, to time.Time, parent *Key) (*Key, error) {
	private, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{Country: []string{"EE"}, Organization: []string{"Valik test, trust nothing signed by it"}, CommonName: name},
		NotBefore:             from,
		NotAfter:              to,
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        parent != nil,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	issuer, signer := template, crypto.Signer(private)
	if parent != nil {
		issuer, signer = parent.cert, parent.private
	}
	cert, err := certify(template, issuer, private.Public(), signer)
	if err != nil {
		return nil, err
	}
	return NewKey(cert, private), nil
}

// certify signs a certificate under a random serial number.
func certify(template, issuer *x509.Certificate, public crypto.PublicKey, signer crypto.Signer) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	unsigned := *template
	unsigned.SerialNumber = serial.Add(serial, big.NewInt(1)) // RFC 5280: positive
	der, err := x509.CreateCertificate(rand.Reader, &unsigned, issuer, public, signer)
	if err != nil {
		return nil, fmt.Errorf("testpki: %w", err)
	}
	return x509.ParseCertificate(der)
}

var _ eid.Signer = (*Key)(nil)
