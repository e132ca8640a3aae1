//go:build cgo

package token

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
	"valik/eid/token/tokentest"
)

// TestCurves: a whole card of each curve signs and authenticates. The
// authentication key asks for the PIN once; the signing key every time, and once.
func TestCurves(t *testing.T) {
	w := newWorld(t)
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		t.Run(curve.Params().Name, func(t *testing.T) {
			k := tokentest.New(t)
			insert(t, k, w.card(t, curve))
			m, p := openModule(t), knows(tokentest.PIN)
			authentication := openKey(t, m, eid.Authentication, p)
			w.requireAuthenticates(t, authentication)
			w.requireAuthenticates(t, authentication)
			require.Equal(t, []Prompt{{Token: k.Label, Usage: eid.Authentication}}, p.asked)
			require.NoError(t, authentication.Close())

			p.asked = nil
			signing := openKey(t, m, eid.Signing, p)
			w.requireSigns(t, signing)
			w.requireSigns(t, signing)
			require.Equal(t, []Prompt{{Token: k.Label, Usage: eid.Signing}, {Token: k.Label, Usage: eid.Signing}}, p.asked)
			require.Equal(t, k.Label, signing.Token().Label)
		})
	}
}

// TestRSA: RS256 is preferred; PS256 when it is asked for.
func TestRSA(t *testing.T) {
	w := newWorld(t)
	card, err := w.authority.IssueRSA(testpki.PersonalCode(41), "Mari", "Mets", 2048)
	require.NoError(t, err)
	insert(t, tokentest.New(t), card)
	m, p := openModule(t), knows(tokentest.PIN)
	for _, pss := range []bool{false, true} {
		k, err := m.Key(t.Context(), Choice{Usage: eid.Signing, PSS: pss, PIN: p.ask})
		require.NoError(t, err)
		require.Equal(t, map[bool]eid.Algorithm{false: eid.RS256, true: eid.PS256}[pss], k.Algorithm())
		w.requireSigns(t, k)
		require.NoError(t, k.Close())
	}
}

// TestDocuments: an official's token signs a document by CMS, on today's clock.
func TestDocuments(t *testing.T) {
	authority, err := testpki.NewAuthority("Valik test", time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	require.NoError(t, err)
	official, err := authority.Official("Election authority")
	require.NoError(t, err)
	tokentest.New(t).Import(t, official, "official", "0a", true)
	k := openKey(t, openModule(t), eid.Signing, knows(tokentest.PIN))
	document := []byte("manifest")
	signature, err := eid.SignCMS(t.Context(), document, k)
	require.NoError(t, err)
	cert, err := eid.VerifyCMS(document, signature)
	require.NoError(t, err)
	require.Equal(t, official.Certificate(), cert)
}

// TestKeysByPublicKey: cards whose certificate has another CKA_ID than the key, or
// none, are understood by the public key.
func TestKeysByPublicKey(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"77", ""} {
		t.Run("ECDSA "+id, func(t *testing.T) {
			k, card := tokentest.New(t), w.card(t, elliptic.P256())
			k.ImportKey(t, card.Signing.Private(), "signature", "02", false)
			k.ImportKey(t, card.Authentication.Private(), "other", "03", false)
			k.ImportPublicKey(t, card.Signing.Certificate().PublicKey.(*ecdsa.PublicKey), "signature", "02")
			k.ImportPublicKey(t, card.Authentication.Certificate().PublicKey.(*ecdsa.PublicKey), "other", "03")
			k.ImportCertificate(t, card.Signing.Certificate(), "signature", id)
			w.requireSigns(t, openKey(t, openModule(t), eid.Signing, knows(tokentest.PIN)))
		})
	}
	t.Run("RSA, and another key has the certificate's CKA_ID", func(t *testing.T) {
		k := tokentest.New(t)
		card, err := w.authority.IssueRSA(testpki.PersonalCode(41), "Mari", "Mets", 2048)
		require.NoError(t, err)
		k.ImportKey(t, card.Signing.Private(), "signature", "02", false)
		k.ImportKey(t, card.Authentication.Private(), "other", "77", false)
		k.ImportCertificate(t, card.Signing.Certificate(), "signature", "77")
		w.requireSigns(t, openKey(t, openModule(t), eid.Signing, knows(tokentest.PIN)))
	})
}

func TestCertificateWithoutKey(t *testing.T) {
	w := newWorld(t)
	k := tokentest.New(t)
	card := w.card(t, elliptic.P256())
	k.ImportCertificate(t, card.Signing.Certificate(), "signature", "02")
	k.ImportKey(t, card.Authentication.Private(), "other", "03", false)
	require.ErrorIs(t, sign(t, openKey(t, openModule(t), eid.Signing, knows(tokentest.PIN))), ErrNoKey)
}

// TestRefusedKeys: certificates of keys that package eid does not accept do not fit,
// and the error says why.
func TestRefusedKeys(t *testing.T) {
	w := newWorld(t)
	template := w.authority.Template(testpki.PersonalCode(41), "Mari", "Mets")
	p521, err := w.authority.IssueKey(template, elliptic.P521())
	require.NoError(t, err)
	t.Setenv("GODEBUG", "rsa1024min=0")
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	rsa1024, err := w.authority.Certify(template, short)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		key  *testpki.Key
		text string
	}{"P-521": {p521, "the curve is P-521"}, "RSA": {rsa1024, "1024 bits"}} {
		t.Run(name, func(t *testing.T) {
			tokentest.New(t).Import(t, c.key, "signature", "02", false)
			_, err := openModule(t).Key(t.Context(), Choice{Usage: eid.Signing})
			require.Equal(t, eid.CodeCertificateKeyType, eid.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, c.text)
		})
	}
}

func TestOtherDigests(t *testing.T) {
	w := newWorld(t)
	insert(t, tokentest.New(t), w.card(t, elliptic.P256()))
	p := knows(tokentest.PIN)
	_, err := openKey(t, openModule(t), eid.Signing, p).SignDigest(t.Context(), make([]byte, 48))
	require.ErrorIs(t, err, eid.ErrOtherAlgorithm)
	require.Empty(t, p.asked)
}
