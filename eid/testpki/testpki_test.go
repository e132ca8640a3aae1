package testpki_test

import (
	"context"
	"crypto/elliptic"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
)

var (
	from = time.Date(2029, time.January, 1, 0, 0, 0, 0, time.UTC)
	to   = from.AddDate(1, 0, 0)
)

func newAuthority(tb testing.TB) *testpki.Authority {
	tb.Helper()
	authority, err := testpki.NewAuthority("Test", from, to)
	require.NoError(tb, err)
	return authority
}

// TestChain: crypto/x509 builds the path to the root alone, by its own rules.
func TestChain(t *testing.T) {
	authority := newAuthority(t)
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for i, cert := range authority.Certificates() {
		if i == 0 {
			roots.AddCert(cert)
		} else {
			between.AddCert(cert)
		}
	}
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		card, err := authority.Issue(testpki.PersonalCode(0), "Mari", "Mets", curve)
		require.NoError(t, err)
		for _, key := range []*testpki.Key{card.Signing, card.Authentication} {
			chains, err := key.Certificate().Verify(x509.VerifyOptions{
				Roots: roots, Intermediates: between, CurrentTime: from, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
			})
			require.NoError(t, err)
			require.Len(t, chains, 1)
			require.Len(t, chains[0], 3)
		}
		require.Equal(t, x509.KeyUsageContentCommitment, card.Signing.Certificate().KeyUsage)
		require.Equal(t, x509.KeyUsageDigitalSignature, card.Authentication.Certificate().KeyUsage)
	}
}

func TestIssueRefuses(t *testing.T) {
	_, err := newAuthority(t).Issue("70001010012", "Mari", "Mets", elliptic.P256())
	require.Equal(t, eid.CodePersonalCode, eid.CodeOf(err))
}

func TestPersonalCode(t *testing.T) {
	seen := make(map[string]bool)
	for i := range 3000 {
		code := testpki.PersonalCode(i)
		_, err := testpki.Rules().ParseCode(code)
		require.NoError(t, err)
		require.Contains(t, "78", code[:1], "a living person could have it")
		require.False(t, seen[code])
		seen[code] = true
	}
	require.Equal(t, "70001010019", testpki.PersonalCode(1), "the codes are the same for ever")
	last := testpki.PersonalCode(36_499_999)
	require.Equal(t, "9912", last[1:5], last)
	require.Panics(t, func() { testpki.PersonalCode(36_500_000) })
	require.Panics(t, func() { testpki.PersonalCode(-1) })
}

// TestOtherCountry: one authority serves persons of several countries.
func TestOtherCountry(t *testing.T) {
	authority := newAuthority(t)
	latvian, err := authority.Under(eid.Latvia())
	require.NoError(t, err)
	require.Equal(t, authority.Certificates(), latvian.Certificates())
	card, err := latvian.IssueRSA(testpki.LatvianCode(5), "Anna", "Kalniņa", 2048)
	require.NoError(t, err)
	rules, err := eid.NewRules(eid.Latvia())
	require.NoError(t, err)
	for _, key := range []*testpki.Key{card.Signing, card.Authentication} {
		person, err := rules.IdentityOf(key.Certificate())
		require.NoError(t, err)
		require.Equal(t, testpki.LatvianCode(5), person.Code)
		require.Equal(t, "Anna Kalniņa", person.Name)
		require.Equal(t, []string{"LV"}, key.Certificate().Subject.Country)
	}
	_, err = latvian.Issue(testpki.PersonalCode(5), "Mari", "Mets", elliptic.P256())
	require.Equal(t, eid.CodePersonalCode, eid.CodeOf(err))
	_, err = authority.Issue(testpki.LatvianCode(5), "Anna", "Kalniņa", elliptic.P256())
	require.Equal(t, eid.CodePersonalCode, eid.CodeOf(err))
}

// TestSaveAndLoad: files come back as they were, and only their owner reads them.
func TestSaveAndLoad(t *testing.T) {
	authority := newAuthority(t)
	card, err := authority.Issue(testpki.PersonalCode(7), "Mari", "Mets", elliptic.P384())
	require.NoError(t, err)
	official, err := authority.Official("Head of the election")
	require.NoError(t, err)
	folder := t.TempDir()
	path := func(name string) string { return filepath.Join(folder, name) }
	require.NoError(t, os.WriteFile(path("card"), []byte("an older card"), 0o644))

	require.NoError(t, authority.Save(path("authority")))
	require.NoError(t, card.Save(path("card")))
	require.NoError(t, official.Save(path("official")))
	for _, name := range []string{"authority", "card", "official"} {
		info, err := os.Stat(path(name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}

	authority2, err := testpki.LoadAuthority(path("authority"))
	require.NoError(t, err)
	require.Equal(t, authority.Certificates(), authority2.Certificates())
	card2, err := testpki.LoadCard(path("card"))
	require.NoError(t, err)
	official2, err := testpki.LoadKey(path("official"))
	require.NoError(t, err)
	require.Equal(t, official.Certificate(), official2.Certificate())

	// The loaded card still signs, and the loaded authority still issues.
	_, err = eid.Seal(context.Background(), "a", nil, card2.Signing, from)
	require.NoError(t, err)
	issuers, err := eid.NewIssuers(testpki.Rules(), authority.Certificates())
	require.NoError(t, err)
	again, err := authority2.Issue(testpki.PersonalCode(8), "Jaan", "Kask", elliptic.P256())
	require.NoError(t, err)
	require.NoError(t, issuers.Verify(again.Signing.Certificate(), eid.Signing, from))
}

func TestLoadRefuses(t *testing.T) {
	authority := newAuthority(t)
	card, err := authority.Issue(testpki.PersonalCode(7), "Mari", "Mets", elliptic.P256())
	require.NoError(t, err)
	signing, err := card.Signing.PEM()
	require.NoError(t, err)
	authentication, err := card.Authentication.PEM()
	require.NoError(t, err)
	cert := string(testpki.EncodeCertificates(card.Signing.Certificate()))
	otherKey := strings.TrimPrefix(string(authentication), string(testpki.EncodeCertificates(card.Authentication.Certificate())))
	for name, text := range map[string]string{
		"nothing":        "",
		"no key":         cert,
		"key first":      otherKey + cert,
		"another's key":  cert + otherKey,
		"two keys":       string(signing) + string(authentication),
		"no certificate": strings.Replace(string(signing), "MII", "AII", 1),
	} {
		_, err := testpki.ParseKey([]byte(text))
		require.Error(t, err, name)
	}
	_, err = testpki.ParseCard(signing)
	require.Error(t, err)
	_, err = testpki.ParseAuthority(append(signing, authentication...))
	require.Error(t, err)
}

func TestKeyIsHidden(t *testing.T) {
	card, err := newAuthority(t).Issue(testpki.PersonalCode(7), "Mari", "Mets", elliptic.P256())
	require.NoError(t, err)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("card", "key", card.Signing)
	require.Contains(t, log.String(), "[redacted]")
	for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
		require.Equal(t, "[redacted]", fmt.Sprintf(form, card.Signing))
	}
}

// BenchmarkIssue is the cost of a voter for the demo.
func BenchmarkIssue(b *testing.B) {
	authority := newAuthority(b)
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		b.Run(curve.Params().Name, func(b *testing.B) {
			for b.Loop() {
				if _, err := authority.Issue(testpki.PersonalCode(7), "Mari", "Mets", curve); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
