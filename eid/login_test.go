package eid_test

import (
	"bytes"
	"context"
	"crypto/elliptic"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
)

const (
	origin  = "https://vote.example.ee"
	purpose = "vote in EP2029"
)

func question(c eid.Challenge) *eid.Question {
	return &eid.Question{Origin: origin, Purpose: purpose, Challenge: c}
}

func TestLogin(t *testing.T) {
	authority, issuers := newAuthority(t)
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		challenge := eid.NewChallenge()
		login, err := question(challenge).Sign(context.Background(), eid.AuthenticateWith(newCard(t, authority, curve).Authentication))
		require.NoError(t, err)
		received, err := eid.ParseLogin(login.Bytes())
		require.NoError(t, err)
		person, err := received.Verify(issuers, question(challenge), now)
		require.NoError(t, err)
		require.Equal(t, testpki.PersonalCode(41), person.Code)
	}
}

// TestLoginIsBound: an answer is good at one place, for one purpose, to one
// challenge, at a time when the certificate is valid.
func TestLoginIsBound(t *testing.T) {
	authority, issuers := newAuthority(t)
	stranger, strange := newAuthority(t)
	card, challenge := newCard(t, authority, elliptic.P256()), eid.NewChallenge()
	good, err := question(challenge).Sign(context.Background(), eid.AuthenticateWith(card.Authentication))
	require.NoError(t, err)
	other := *good
	other.Certificate = newCard(t, authority, elliptic.P256()).Authentication.Certificate()
	short := *good
	short.Signature = good.Signature[1:]
	signing := *good
	signing.Certificate = card.Signing.Certificate()
	for _, test := range []struct {
		name            string
		login           *eid.Login
		issuers         *eid.Issuers
		origin, purpose string
		challenge       eid.Challenge
		at              time.Time
		code            string
	}{
		{"good", good, issuers, origin, purpose, challenge, now, ""},
		{"origin", good, issuers, origin + ".", purpose, challenge, now, eid.CodeSignatureInvalid},
		{"purpose", good, issuers, origin, "vote in EP2030", challenge, now, eid.CodeSignatureInvalid},
		{"moved border", good, issuers, origin + purpose[:1], purpose[1:], challenge, now, eid.CodeSignatureInvalid},
		{"challenge", good, issuers, origin, purpose, eid.NewChallenge(), now, eid.CodeSignatureInvalid},
		{"no origin", good, issuers, "", purpose, challenge, now, eid.CodeLoginForm},
		{"no purpose", good, issuers, origin, "", challenge, now, eid.CodeLoginForm},
		{"long origin", good, issuers, strings.Repeat("o", 256), purpose, challenge, now, eid.CodeLoginForm},
		{"other certificate", &other, issuers, origin, purpose, challenge, now, eid.CodeSignatureInvalid},
		{"signing certificate", &signing, issuers, origin, purpose, challenge, now, eid.CodeCertificateKeyUsage},
		{"short signature", &short, issuers, origin, purpose, challenge, now, eid.CodeSignatureInvalid},
		{"other issuers", good, strange, origin, purpose, challenge, now, eid.CodeCertificateUntrusted},
		{"expired", good, issuers, origin, purpose, challenge, validTo.Add(time.Second), eid.CodeCertificateExpired},
		{"not yet", good, issuers, origin, purpose, challenge, validFrom.Add(-time.Second), eid.CodeCertificateNotYetValid},
	} {
		asked := &eid.Question{Origin: test.origin, Purpose: test.purpose, Challenge: test.challenge}
		_, err := test.login.Verify(test.issuers, asked, test.at)
		require.Equal(t, test.code, eid.CodeOf(err), "%s: %v", test.name, err)
	}
	_, err = question(challenge).Sign(context.Background(), eid.AuthenticateWith(newCard(t, stranger, elliptic.P256()).Signing))
	require.Equal(t, eid.CodeCertificateKeyUsage, eid.CodeOf(err))
	long := &eid.Question{Origin: origin, Purpose: strings.Repeat("p", 256), Challenge: challenge}
	_, err = long.Sign(context.Background(), eid.AuthenticateWith(card.Authentication))
	require.Equal(t, eid.CodeLoginForm, eid.CodeOf(err))
}

func TestChallengeText(t *testing.T) {
	challenge := eid.NewChallenge()
	require.NotEqual(t, challenge, eid.NewChallenge())
	parsed, err := eid.ParseChallenge(challenge.String())
	require.NoError(t, err)
	require.Equal(t, challenge, parsed)
	for _, bad := range []string{"", "00", strings.Repeat("0", 63), strings.Repeat("0", 65), strings.Repeat("AB", 32), strings.Repeat("xy", 32)} {
		_, err := eid.ParseChallenge(bad)
		require.Equal(t, eid.CodeLoginForm, eid.CodeOf(err), bad)
	}
}

func TestParseLoginRefuses(t *testing.T) {
	authority, _ := newAuthority(t)
	login, err := question(eid.NewChallenge()).Sign(context.Background(), eid.AuthenticateWith(newCard(t, authority, elliptic.P256()).Authentication))
	require.NoError(t, err)
	good := login.Bytes()
	odd, err := authority.IssueKey(authority.Template("", "", ""), elliptic.P521())
	require.NoError(t, err)
	longer := bytes.Clone(good)
	longer[2]++
	for name, test := range map[string]struct {
		b    []byte
		code string
	}{
		"nothing":               {nil, eid.CodeLoginForm},
		"half a length":         {good[:1], eid.CodeLoginForm},
		"half a certificate":    {good[:100], eid.CodeLoginForm},
		"no signature":          {good[:len(good)-64], eid.CodeLoginForm},
		"a short signature":     {good[:len(good)-1], eid.CodeLoginForm},
		"a long signature":      {append(bytes.Clone(good), 0), eid.CodeLoginForm},
		"a longer certificate":  {longer, eid.CodeCertificateForm},
		"no certificate":        {slices.Concat([]byte{1}, make([]byte, 66)), eid.CodeCertificateForm},
		"a key of another kind": {(&eid.Login{Answer: eid.Answer{Certificate: odd.Certificate(), Algorithm: eid.ES256, Signature: make([]byte, 132)}}).Bytes(), eid.CodeCertificateKeyType},
	} {
		_, err := eid.ParseLogin(test.b)
		require.Equal(t, test.code, eid.CodeOf(err), "%s: %v", name, err)
	}
}

func FuzzParseLogin(f *testing.F) {
	authority, _ := newAuthority(f)
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		login, err := question(eid.NewChallenge()).Sign(context.Background(), eid.AuthenticateWith(newCard(f, authority, curve).Authentication))
		require.NoError(f, err)
		f.Add(login.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if login, err := eid.ParseLogin(b); err == nil {
			require.Equal(t, b, login.Bytes())
		}
	})
}

func FuzzParseChallenge(f *testing.F) {
	f.Add(eid.NewChallenge().String())
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		if challenge, err := eid.ParseChallenge(s); err == nil {
			require.Equal(t, s, challenge.String())
		}
	})
}
