package testpki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
)

// Card is a person's eID card: one key that signs and one that authenticates.
type Card struct {
	Signing, Authentication *Key
}

// Issue makes a card with keys on a curve, P-256 or P-384. The code is one of the
// authority's country, with the right checksum: PersonalCode makes Estonian ones,
// LatvianCode Latvian ones.
func (a *Authority) Issue(code, given, surname string, curve elliptic.Curve) (*Card, error) {
	return a.issue(code, given, surname, func(template *x509.Certificate) (*Key, error) { return a.IssueKey(template, curve) })
}

// IssueRSA makes a card with RSA keys of so many bits.
func (a *Authority) IssueRSA(code, given, surname string, bits int) (*Card, error) {
	return a.issue(code, given, surname, func(template *x509.Certificate) (*Key, error) {
		private, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			return nil, err
		}
		return a.Certify(template, private)
	})
}

func (a *Authority) issue(code, given, surname string, certify func(*x509.Certificate) (*Key, error)) (*Card, error) {
	if _, err := a.country.rules.ParseCode(code); err != nil {
		return nil, err
	}
	template := a.Template(code, given, surname)
	signing, err := certify(template)
	if err != nil {
		return nil, err
	}
	authentication, err := certify(AuthenticationTemplate(template))
	if err != nil {
		return nil, err
	}
	return &Card{signing, authentication}, nil
}

// AuthenticationTemplate makes the template of a signing certificate one of the
// same person's authentication certificate.
func AuthenticationTemplate(signing *x509.Certificate) *x509.Certificate {
	template := *signing
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageEmailProtection}
	template.Policies = []x509.OID{policyNCP}
	return &template
}

// The policies of ETSI EN 319 411 that the certificates name, as real ones do.
var (
	policyQCP = mustOID("0.4.0.194112.1.2") // qualified, on a qualified device
	policyNCP = mustOID("0.4.0.2042.1.2")   // normalised, on a secure device
)

func mustOID(text string) x509.OID {
	oid, err := x509.ParseOID(text)
	if err != nil {
		panic(err)
	}
	return oid
}

// Official makes a P-384 key for an official who signs an election's documents
// (eid.SignCMS). The name is the official's; there is no personal code.
func (a *Authority) Official(name string) (*Key, error) {
	template := a.Template("", "", "")
	template.Subject = pkix.Name{Country: []string{"EE"}, OrganizationalUnit: []string{"Election officials"}, CommonName: name}
	return a.IssueKey(template, elliptic.P384())
}

// Template is a person's signing certificate before anybody signs it.
func (a *Authority) Template(code, given, surname string) *x509.Certificate {
	from, to := a.Validity()
	return &x509.Certificate{
		Subject:               a.country.subject(code, given, surname),
		NotBefore:             from,
		NotAfter:              to,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageContentCommitment,
		Policies:              []x509.OID{policyQCP},
	}
}

// IssueKey makes a key on a curve and a certificate for it after a template. The
// curve may be one that eid refuses.
func (a *Authority) IssueKey(template *x509.Certificate, curve elliptic.Curve) (*Key, error) {
	private, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		return nil, err
	}
	return a.Certify(template, private)
}

// Certify makes a certificate for a key after a template. P-256 keys are certified
// by the P-256 authority, all others by the other one.
func (a *Authority) Certify(template *x509.Certificate, private crypto.Signer) (*Key, error) {
	issuer := a.p384
	if key, ok := private.Public().(*ecdsa.PublicKey); ok {
		issuer = a.Issuer(key.Curve)
	}
	cert, err := issuer.Sign(a.addressed(template, issuer), private.Public())
	if err != nil {
		return nil, err
	}
	return NewKey(cert, private), nil
}
