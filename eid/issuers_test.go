package eid_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
)

func TestNewIssuersRefuses(t *testing.T) {
	authority, _ := newAuthority(t)
	certs := authority.Certificates()
	root, p256 := certs[0], certs[1]
	namesake, _ := newAuthority(t) // the same names, other keys
	for name, list := range map[string][]*x509.Certificate{
		"empty":        nil,
		"twice":        {root, p256, root},
		"a voter":      {root, newCard(t, authority, elliptic.P256()).Signing.Certificate()},
		"a false link": {namesake.Certificates()[0], p256},
		"weak":         {oddAuthority(t, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 })},
		"no signing":   {oddAuthority(t, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign })},
		"a false name": {oddAuthority(t, func(c *x509.Certificate) { c.Subject.CommonName = "Above" })},
	} {
		_, err := eid.NewIssuers(testpki.Rules(), list)
		require.Equal(t, eid.CodeIssuerInvalid, eid.CodeOf(err), name)
	}
}

// oddAuthority is odd in one thing. It is signed by the authority "Above", which
// nobody lists.
func oddAuthority(t *testing.T, edit func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	above := authorityKey(t, "Above", nil, func(*x509.Certificate) {})
	return authorityKey(t, "Odd", above, edit).Certificate()
}

// authorityKey is an authority, below parent if there is one.
func authorityKey(t *testing.T, name string, parent *testpki.Key, edit func(*x509.Certificate)) *testpki.Key {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: name},
		NotBefore: validFrom, NotAfter: validTo,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	edit(template)
	if parent == nil {
		parent = testpki.NewKey(template, private)
	}
	cert, err := parent.Sign(template, private.Public())
	require.NoError(t, err)
	return testpki.NewKey(cert, private)
}

// TestOnlyListedIssuers: a voter is as good as the issuer, and the root alone
// does not bring its authorities in.
func TestOnlyListedIssuers(t *testing.T) {
	authority, _ := newAuthority(t)
	certs := authority.Certificates()
	voter := newCard(t, authority, elliptic.P256()).Signing.Certificate()
	for _, test := range []struct {
		name string
		list []*x509.Certificate
		code string
	}{
		{"all", certs, ""},
		{"the issuer alone", certs[1:2], ""},
		{"the root alone", certs[:1], eid.CodeCertificateUntrusted},
		{"the root and the other issuer", []*x509.Certificate{certs[0], certs[2]}, eid.CodeCertificateUntrusted},
	} {
		issuers, err := eid.NewIssuers(testpki.Rules(), test.list)
		require.NoError(t, err, test.name)
		require.Equal(t, test.code, eid.CodeOf(issuers.Verify(voter, eid.Signing, now)), test.name)
	}
}

// TestUsages: each key of a card is good for its own usage and for no other.
func TestUsages(t *testing.T) {
	authority, issuers := newAuthority(t)
	card := newCard(t, authority, elliptic.P256())
	signing, authentication := card.Signing.Certificate(), card.Authentication.Certificate()
	require.NoError(t, issuers.Verify(signing, eid.Signing, now))
	require.NoError(t, issuers.Verify(authentication, eid.Authentication, now))
	for _, err := range []error{
		issuers.Verify(signing, eid.Authentication, now),
		issuers.Verify(authentication, eid.Signing, now),
	} {
		require.Equal(t, eid.CodeCertificateKeyUsage, eid.CodeOf(err))
	}

	template := authority.Template(testpki.PersonalCode(1), "A", "B")
	template.KeyUsage, template.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	server, err := authority.IssueKey(template, elliptic.P256())
	require.NoError(t, err)
	require.Equal(t, eid.CodeCertificateKeyUsage, eid.CodeOf(issuers.Verify(server.Certificate(), eid.Authentication, now)))
}

// TestAuthoritiesAbove: a listed authority above the issuer must be valid too,
// at the time of judgement.
func TestAuthoritiesAbove(t *testing.T) {
	root := authorityKey(t, "Root", nil, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = validFrom.AddDate(0, 0, 1), validTo.AddDate(0, 0, -1)
	})
	issuer := authorityKey(t, "Issuer", root, func(*x509.Certificate) {})
	authority, _ := newAuthority(t)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	voter, err := issuer.Sign(authority.Template(testpki.PersonalCode(1), "A", "B"), private.Public())
	require.NoError(t, err)

	both, err := eid.NewIssuers(testpki.Rules(), []*x509.Certificate{issuer.Certificate(), root.Certificate()})
	require.NoError(t, err)
	require.NoError(t, both.Verify(voter, eid.Signing, now))
	require.Equal(t, eid.CodeCertificateExpired, eid.CodeOf(both.Verify(voter, eid.Signing, validTo)))
	require.Equal(t, eid.CodeCertificateNotYetValid, eid.CodeOf(both.Verify(voter, eid.Signing, validFrom)))

	alone, err := eid.NewIssuers(testpki.Rules(), []*x509.Certificate{issuer.Certificate()})
	require.NoError(t, err)
	require.NoError(t, alone.Verify(voter, eid.Signing, validTo))
	require.NoError(t, alone.Verify(voter, eid.Signing, validFrom))
}

// TestCircleOfAuthorities: two authorities that certified each other end.
func TestCircleOfAuthorities(t *testing.T) {
	a := authorityKey(t, "A", nil, func(*x509.Certificate) {})
	b := authorityKey(t, "B", nil, func(*x509.Certificate) {})
	aByB, err := b.Sign(a.Certificate(), a.Private().Public())
	require.NoError(t, err)
	bByA, err := a.Sign(b.Certificate(), b.Private().Public())
	require.NoError(t, err)
	issuers, err := eid.NewIssuers(testpki.Rules(), []*x509.Certificate{aByB, bByA})
	require.NoError(t, err)
	require.NotNil(t, issuers)
}

// TestNewKeyOfAnIssuer: an authority may be listed with its old and its new key.
func TestNewKeyOfAnIssuer(t *testing.T) {
	before, _ := newAuthority(t)
	after, _ := newAuthority(t)
	issuers, err := eid.NewIssuers(testpki.Rules(), append(before.Certificates(), after.Certificates()...))
	require.NoError(t, err)
	for _, authority := range []*testpki.Authority{before, after} {
		require.NoError(t, issuers.Verify(newCard(t, authority, elliptic.P256()).Signing.Certificate(), eid.Signing, now))
	}
}

// TestNoTimeIsNotNow: crypto/x509 takes a zero time for the present.
func TestNoTimeIsNotNow(t *testing.T) {
	present := time.Now()
	authority, err := testpki.NewAuthority("Now", present.Add(-time.Hour), present.Add(time.Hour))
	require.NoError(t, err)
	issuers, err := eid.NewIssuers(testpki.Rules(), authority.Certificates())
	require.NoError(t, err)
	voter := newCard(t, authority, elliptic.P256()).Signing.Certificate()
	require.NoError(t, issuers.Verify(voter, eid.Signing, present))
	require.Equal(t, eid.CodeCertificateNotYetValid, eid.CodeOf(issuers.Verify(voter, eid.Signing, time.Time{})))
}

func TestIdentityOf(t *testing.T) {
	authority, _ := newAuthority(t)
	oid := func(last int) asn1.ObjectIdentifier { return asn1.ObjectIdentifier{2, 5, 4, last} }
	code := pkix.AttributeTypeAndValue{Type: oid(5), Value: "PNOEE-" + testpki.PersonalCode(1)}
	for _, test := range []struct {
		subject []pkix.AttributeTypeAndValue
		name    string
	}{
		{[]pkix.AttributeTypeAndValue{code, {Type: oid(42), Value: "Õie"}, {Type: oid(4), Value: "Sääsk"}}, "Õie Sääsk"},
		{[]pkix.AttributeTypeAndValue{code, {Type: oid(3), Value: "SÄÄSK,ÕIE"}}, "SÄÄSK,ÕIE"},
		{[]pkix.AttributeTypeAndValue{code, {Type: oid(4), Value: "Sääsk"}, {Type: oid(3), Value: "SÄÄSK"}}, "SÄÄSK"},
		{[]pkix.AttributeTypeAndValue{code}, ""},
	} {
		template := authority.Template("", "", "")
		template.Subject = pkix.Name{ExtraNames: test.subject}
		key, err := authority.IssueKey(template, elliptic.P256())
		require.NoError(t, err)
		person, err := testpki.Rules().IdentityOf(key.Certificate())
		if test.name == "" {
			require.Equal(t, eid.CodePersonName, eid.CodeOf(err))
			continue
		}
		require.NoError(t, err)
		require.Equal(t, test.name, person.Name)
		require.Equal(t, testpki.PersonalCode(1), person.Code)
	}
}
