package eid_test

import (
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"

	"valik/eid"
	"valik/eid/testpki"
	"valik/eid/testpki/responder"
)

// TestChainOf: the issuer comes first, and the list alone decides how far it goes.
func TestChainOf(t *testing.T) {
	authority, _ := newAuthority(t)
	certs := authority.Certificates() // root, P-256, P-384
	cert := newCard(t, authority, elliptic.P384()).Signing.Certificate()
	for _, test := range []struct{ list, want []*x509.Certificate }{
		{certs, []*x509.Certificate{certs[2], certs[0]}},
		{certs[1:], []*x509.Certificate{certs[2]}},
	} {
		issuers, err := eid.NewIssuers(testpki.Rules(), test.list)
		require.NoError(t, err)
		chain, err := issuers.ChainOf(cert)
		require.NoError(t, err)
		require.Equal(t, test.want, chain)
	}
	issuers, err := eid.NewIssuers(testpki.Rules(), certs[1:2])
	require.NoError(t, err)
	_, err = issuers.ChainOf(cert)
	require.Equal(t, eid.CodeCertificateUntrusted, eid.CodeOf(err))
}

// TestResponseLacks: only the certificate of a listed responder that signed and does not
// come along is lacking.
func TestResponseLacks(t *testing.T) {
	authority, _ := newAuthority(t)
	issuer := authority.Issuer(elliptic.P256())
	listed, err := authority.StatusResponder(elliptic.P256())
	require.NoError(t, err)
	stranger, err := authority.StatusResponder(elliptic.P256())
	require.NoError(t, err)
	rules := &eid.StatusRules{Responders: []*x509.Certificate{listed.Certificate()}}
	serial := newCard(t, authority, elliptic.P256()).Signing.Certificate().SerialNumber
	sign := func(key *testpki.Key, byKey bool, inside ...*x509.Certificate) []byte {
		der, err := responder.Answer{
			Issuer: issuer.Certificate(), Serial: serial, Status: ocsp.Good, ThisUpdate: now, ProducedAt: now, ByKey: byKey, Certificates: inside,
		}.Sign(key)
		require.NoError(t, err)
		return der
	}
	for name, test := range map[string]struct {
		response []byte
		want     []*x509.Certificate
		code     string
	}{
		"comes along":        {sign(stranger, false, stranger.Certificate()), nil, ""},
		"by the issuer":      {sign(issuer, false), nil, ""},
		"listed":             {sign(listed, false), rules.Responders, ""},
		"listed, by its key": {sign(listed, true), rules.Responders, ""},
		"nobody's":           {sign(stranger, true), nil, eid.CodeStatusResponder},
		"another's key":      {sign(stranger, false), nil, eid.CodeStatusSignature}, // their names are equal
		"none":               {nil, nil, eid.CodeStatusMissing},
		"garbage":            {[]byte("garbage"), nil, eid.CodeStatusForm},
	} {
		lacking, err := rules.Lacking(test.response, issuer.Certificate())
		require.Equal(t, test.code, eid.CodeOf(err), "%s: %v", name, err)
		require.Equal(t, test.want, lacking, name)
	}
}

// TestTimeStampLacks: of the authority and its listed issuer what does not come along.
func TestTimeStampLacks(t *testing.T) {
	authority, _ := newAuthority(t)
	issuer := authority.Issuer(elliptic.P256()).Certificate()
	key, err := authority.TimeStamper()
	require.NoError(t, err)
	own := key.Certificate()
	sign := func(omit bool) []byte {
		digest := sha256.Sum256([]byte("message"))
		der, err := responder.Stamp{Digest: digest[:], Time: now.Truncate(time.Second), Omit: omit}.Sign(key)
		require.NoError(t, err)
		return der
	}
	for name, test := range map[string]struct {
		token        []byte
		listed, want []*x509.Certificate
		code         string
	}{
		"comes along, listed":       {sign(false), []*x509.Certificate{own}, nil, ""},
		"comes along, issuer is":    {sign(false), []*x509.Certificate{issuer}, []*x509.Certificate{issuer}, ""},
		"does not come along":       {sign(true), []*x509.Certificate{own}, []*x509.Certificate{own}, ""},
		"nor is it listed":          {sign(true), []*x509.Certificate{issuer}, nil, eid.CodeTimeAuthority},
		"comes along, nobody knows": {sign(false), authority.Certificates()[:1], nil, eid.CodeTimeAuthority},
		"garbage":                   {[]byte("garbage"), []*x509.Certificate{own}, nil, eid.CodeTimeForm},
	} {
		rules := &eid.TimeRules{Authorities: test.listed}
		lacking, err := rules.Lacking(test.token)
		require.Equal(t, test.code, eid.CodeOf(err), "%s: %v", name, err)
		require.Equal(t, test.want, lacking, name)
	}
}
