package pkcs12_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	library "software.sslmate.com/src/go-pkcs12"

	"valik/eid"
	"valik/eid/pkcs12"
	"valik/eid/secret"
	"valik/eid/testpki"
)

// The tests live in one day, so that they do not grow old.
var (
	validFrom = time.Date(2029, time.March, 1, 0, 0, 0, 0, time.UTC)
	validTo   = time.Date(2029, time.March, 31, 0, 0, 0, 0, time.UTC)
	now       = time.Date(2029, time.March, 4, 10, 30, 0, 0, time.UTC)
)

const passphrase = "plantedõKq7ZtR4vXw9m"

func says(text string) pkcs12.Ask {
	return func(context.Context) (secret.Text, error) { return secret.New([]byte(text)), nil }
}

func newAuthority(tb testing.TB) *testpki.Authority {
	tb.Helper()
	a, err := testpki.NewAuthority("Valik test", validFrom, validTo)
	require.NoError(tb, err)
	return a
}

func newCard(tb testing.TB, a *testpki.Authority) *testpki.Card {
	tb.Helper()
	card, err := a.Issue(testpki.PersonalCode(41), "Mari", "Mets", elliptic.P384())
	require.NoError(tb, err)
	return card
}

// openssl makes a file of a PEM file; everything but the passphrase is in args.
func openssl(t *testing.T, pem []byte, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("openssl")
	require.NoError(t, err, "install Debian's package openssl")
	folder := t.TempDir()
	in, out := filepath.Join(folder, "in.pem"), filepath.Join(folder, "out.p12")
	require.NoError(t, os.WriteFile(in, pem, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "pass"), []byte(passphrase), 0o600))
	args = append([]string{"pkcs12", "-export", "-in", in, "-out", out, "-passout", "file:" + filepath.Join(folder, "pass")}, args...)
	said, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput()
	require.NoError(t, err, "%s", said)
	der, err := os.ReadFile(out)
	require.NoError(t, err)
	return der
}

func pemOf(t *testing.T, key *testpki.Key, more ...*x509.Certificate) []byte {
	t.Helper()
	b, err := key.PEM()
	require.NoError(t, err)
	return append(b, testpki.EncodeCertificates(more...)...)
}

// TestFiles: what openssl and the library write, in their old and new ways, signs
// and authenticates.
func TestFiles(t *testing.T) {
	a := newAuthority(t)
	issuers, err := eid.NewIssuers(testpki.Rules(), a.Certificates())
	require.NoError(t, err)
	card := newCard(t, a)
	rsaCard, err := a.IssueRSA(testpki.PersonalCode(41), "Mari", "Mets", 2048)
	require.NoError(t, err)
	chain := a.Certificates()
	encoded := func(e *library.Encoder, key *testpki.Key) []byte {
		der, err := e.Encode(key.Private(), key.Certificate(), chain, passphrase)
		require.NoError(t, err)
		return der
	}
	for name, der := range map[string][]byte{
		"openssl":            openssl(t, pemOf(t, card.Signing, chain...)),
		"openssl legacy":     openssl(t, pemOf(t, card.Signing, chain...), "-legacy"),
		"openssl 600000":     openssl(t, pemOf(t, card.Signing), "-iter", "600000"),
		"openssl RSA":        openssl(t, pemOf(t, rsaCard.Signing)),
		"openssl leaf last":  openssl(t, append(testpki.EncodeCertificates(chain...), pemOf(t, card.Signing)...)),
		"library modern":     encoded(library.Modern, card.Signing),
		"library legacy DES": encoded(library.LegacyDES, card.Signing),
		"library legacy RC2": encoded(library.LegacyRC2, rsaCard.Signing),
		"built":              build(t, passphrase, big.NewInt(1), big.NewInt(1000), keyBag(t, card.Signing), certBag(t, card.Signing.Certificate())),
	} {
		t.Run(name, func(t *testing.T) {
			require.True(t, pkcs12.Recognise(der))
			f, err := pkcs12.Open(t.Context(), der, says(passphrase))
			require.NoError(t, err)
			for _, pss := range []bool{false, true} {
				signer, err := f.Signer(eid.Signing, pss)
				require.NoError(t, err)
				sealed, err := eid.Seal(t.Context(), "EP2029.ballot", []byte("ballot"), signer, now)
				require.NoError(t, err)
				_, isRSA := signer.Certificate().PublicKey.(*rsa.PublicKey)
				require.Equal(t, isRSA && pss, sealed.Algorithm == eid.PS256)
				_, err = sealed.Verify(issuers, now)
				require.NoError(t, err)
			}
			_, err = f.Signer(eid.Authentication, false)
			require.ErrorIs(t, err, pkcs12.ErrUsage)
			require.EqualError(t, err, "pkcs12_usage: the file's certificate is not for authentication")
		})
	}

	f, err := pkcs12.Open(t.Context(), openssl(t, pemOf(t, card.Authentication)), says(passphrase))
	require.NoError(t, err)
	signer, err := f.Signer(eid.Authentication, false)
	require.NoError(t, err)
	_, err = eid.AuthenticateWith(signer).Authenticate(t.Context(), []byte("challenge"))
	require.NoError(t, err)
}

// TestRecognise: by the outer form alone, which a key or a certificate does not have.
func TestRecognise(t *testing.T) {
	card := newCard(t, newAuthority(t))
	key, err := x509.MarshalPKCS8PrivateKey(card.Signing.Private())
	require.NoError(t, err)
	for _, c := range []struct {
		name string
		der  []byte
		want bool
	}{
		{"version 3", []byte{0x30, 3, 2, 1, 3}, true},
		{"more behind", []byte{0x30, 3, 2, 1, 3, 0}, true},
		{"version 2", []byte{0x30, 3, 2, 1, 2}, false},
		{"a SET", []byte{0x31, 3, 2, 1, 3}, false},
		{"no version", []byte{0x30, 0}, false},
		{"cut off", []byte{0x30, 4, 2, 1, 3}, false},
		{"nothing", nil, false},
		{"text", []byte("hello"), false},
		{"key", key, false},
		{"certificate", card.Signing.Certificate().Raw, false},
		{"PEM", pemOf(t, card.Signing), false},
	} {
		require.Equal(t, c.want, pkcs12.Recognise(c.der), c.name)
	}
}

// TestRefused: each fault has its own error.
func TestRefused(t *testing.T) {
	a := newAuthority(t)
	card := newCard(t, a)
	one, many := big.NewInt(1), big.NewInt(1000)
	key, other := keyBag(t, card.Signing), keyBag(t, card.Authentication)
	cert := certBag(t, card.Signing.Certificate())
	good := openssl(t, pemOf(t, card.Signing))
	for _, c := range []struct {
		name, code string
		der        []byte
		passphrase string
		err        error
	}{
		{"wrong passphrase", pkcs12.CodePassphrase, good, "wrong", pkcs12.ErrPassphrase},
		{"wrong, old MAC", pkcs12.CodePassphrase, openssl(t, pemOf(t, card.Signing), "-legacy"), "wrong", pkcs12.ErrPassphrase},
		{"wrong, PBMAC1", pkcs12.CodePassphrase, build(t, passphrase, one, many, key, cert), "wrong", pkcs12.ErrPassphrase},
		{"no passphrase", pkcs12.CodeCancelled, good, "", pkcs12.ErrCancelled},
		{"no key", pkcs12.CodeNoKey, openssl(t, pemOf(t, card.Signing), "-nokeys"), passphrase, pkcs12.ErrNoKey},
		{"no certificate", pkcs12.CodeNoCertificate, build(t, passphrase, one, many, key), passphrase, pkcs12.ErrNoCertificate},
		{"several keys", pkcs12.CodeSeveralKeys, build(t, passphrase, one, many, key, other, cert), passphrase, pkcs12.ErrSeveralKeys},
		{"another's certificate", pkcs12.CodeOtherKey, build(t, passphrase, one, many, other, cert), passphrase, pkcs12.ErrOtherKey},
		{"nothing", pkcs12.CodeForm, nil, passphrase, pkcs12.ErrForm},
		{"text", pkcs12.CodeForm, []byte("hello"), passphrase, pkcs12.ErrForm},
		{"cut off", pkcs12.CodeForm, good[:len(good)-1], passphrase, pkcs12.ErrForm},
		{"more behind", pkcs12.CodeForm, append(good[:len(good):len(good)], 0), passphrase, pkcs12.ErrForm},
		{"too large", pkcs12.CodeForm, make([]byte, pkcs12.Limit+1), passphrase, pkcs12.ErrForm},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := pkcs12.Open(t.Context(), c.der, says(c.passphrase))
			require.ErrorIs(t, err, c.err)
			var coded interface{ Code() string }
			require.ErrorAs(t, err, &coded)
			require.Equal(t, c.code, coded.Code())
		})
	}
}

func TestSeveralCertificatesOfTheKey(t *testing.T) {
	a := newAuthority(t)
	card := newCard(t, a)
	again, err := a.Certify(a.Template(testpki.PersonalCode(42), "Mari", "Kask"), card.Signing.Private())
	require.NoError(t, err)
	der := build(t, passphrase, big.NewInt(1), big.NewInt(1000), keyBag(t, card.Signing),
		certBag(t, card.Signing.Certificate()), certBag(t, again.Certificate()))
	f, err := pkcs12.Open(t.Context(), der, says(passphrase))
	require.NoError(t, err)
	_, err = f.Signer(eid.Signing, false)
	require.ErrorIs(t, err, pkcs12.ErrSeveralCertificates)
}

func TestKeysThatAreNotAccepted(t *testing.T) {
	a := newAuthority(t)
	template := a.Template(testpki.PersonalCode(41), "Mari", "Mets")
	p521, err := a.IssueKey(template, elliptic.P521())
	require.NoError(t, err)
	t.Setenv("GODEBUG", "rsa1024min=0")
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	rsa1024, err := a.Certify(template, short)
	require.NoError(t, err)
	for _, key := range []*testpki.Key{p521, rsa1024} {
		der, err := library.Modern.Encode(key.Private(), key.Certificate(), nil, passphrase)
		require.NoError(t, err)
		f, err := pkcs12.Open(t.Context(), der, says(passphrase))
		require.NoError(t, err)
		_, err = f.Signer(eid.Signing, false)
		require.Equal(t, eid.CodeCertificateKeyType, eid.CodeOf(err))
	}
}

// TestHostileCounts: files that would take hours or years are refused at once, and
// nobody is asked for a passphrase.
func TestHostileCounts(t *testing.T) {
	card := newCard(t, newAuthority(t))
	one, cert := big.NewInt(1), certBag(t, card.Signing.Certificate())
	plain := raw(t, salt)
	odd := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: asn1.TagOctetString, Bytes: salt} // the library takes this too
	for name, der := range map[string]func(*big.Int) []byte{
		"MAC":      func(n *big.Int) []byte { return build(t, passphrase, n, one, keyBag(t, card.Signing), cert) },
		"PBMAC1":   func(n *big.Int) []byte { return build(t, passphrase, one, n, keyBag(t, card.Signing), cert) },
		"key":      func(n *big.Int) []byte { return build(t, passphrase, one, one, shroudedBag(t, plain, n), cert) },
		"odd salt": func(n *big.Int) []byte { return build(t, passphrase, one, one, shroudedBag(t, odd, n), cert) },
	} {
		for _, n := range []*big.Int{big.NewInt(pkcs12.MaxIterations), big.NewInt(1 << 40), new(big.Int).Lsh(big.NewInt(1), 100)} {
			_, err := pkcs12.Open(t.Context(), der(n), func(context.Context) (secret.Text, error) {
				require.FailNow(t, "asked for the passphrase", name)
				return secret.Text{}, nil
			})
			require.ErrorIs(t, err, pkcs12.ErrCost, "%s %s", name, n)
		}
	}
	// Many bags of a count that one may have.
	var bags []bag
	for range 6 {
		bags = append(bags, shroudedBag(t, plain, big.NewInt(1_000_000)))
	}
	_, err := pkcs12.Open(t.Context(), build(t, passphrase, one, one, bags...), says(passphrase))
	require.ErrorIs(t, err, pkcs12.ErrCost)
}

// TestContextEndsTheWait: a count that is allowed may still be too much for a caller.
func TestContextEndsTheWait(t *testing.T) {
	card := newCard(t, newAuthority(t))
	der := build(t, passphrase, big.NewInt(1), big.NewInt(pkcs12.MaxIterations-1), keyBag(t, card.Signing))
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := pkcs12.Open(ctx, der, says(passphrase))
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// TestTheContextEndsWhenItLikes: who gives up gets the context's error, whatever the derivation,
// which goes on, finds at that moment.
func TestTheContextEndsWhenItLikes(t *testing.T) {
	der := openssl(t, pemOf(t, newCard(t, newAuthority(t)).Signing))
	for n := range 20 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n)*200*time.Microsecond)
		f, err := pkcs12.Open(ctx, der, says(passphrase))
		cancel()
		if err == nil {
			_, err = f.Signer(eid.Signing, false)
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
	time.Sleep(300 * time.Millisecond) // for the derivations, which the race detector watches
}

func TestAskFails(t *testing.T) {
	card := newCard(t, newAuthority(t))
	_, err := pkcs12.Open(t.Context(), openssl(t, pemOf(t, card.Signing)), func(context.Context) (secret.Text, error) {
		return secret.New([]byte(passphrase)), os.ErrDeadlineExceeded
	})
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
}

// TestNoSecretIsSaid looks for passphrase and key in everything that can be printed.
func TestNoSecretIsSaid(t *testing.T) {
	card := newCard(t, newAuthority(t))
	der := openssl(t, pemOf(t, card.Signing))
	f, err := pkcs12.Open(t.Context(), der, says(passphrase))
	require.NoError(t, err)
	signer, err := f.Signer(eid.Signing, false)
	require.NoError(t, err)
	_, wrong := pkcs12.Open(t.Context(), der, says(passphrase+"x"))
	scalar, err := card.Signing.Private().(*ecdsa.PrivateKey).Bytes()
	require.NoError(t, err)
	var said strings.Builder
	slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug})).Debug("opened", "file", f, "signer", signer, "wrong", wrong)
	for _, value := range []any{f, signer, wrong} {
		fmt.Fprintf(&said, "%v %+v %#v %s", value, value, value, value)
	}
	require.Contains(t, said.String(), "[redacted]")
	require.NotContains(t, said.String(), passphrase)
	require.NotContains(t, said.String(), new(big.Int).SetBytes(scalar).String())
	require.NotContains(t, said.String(), fmt.Sprintf("%x", scalar))
}

func FuzzOpen(f *testing.F) {
	a := newAuthority(f)
	card := newCard(f, a)
	for _, e := range []*library.Encoder{library.Modern, library.LegacyDES} {
		der, err := e.WithIterations(1).Encode(card.Signing.Private(), card.Signing.Certificate(), nil, passphrase)
		require.NoError(f, err)
		f.Add(der)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		file, err := pkcs12.Open(ctx, der, says(passphrase))
		if err != nil {
			require.NotErrorIs(t, err, context.DeadlineExceeded)
			return
		}
		require.True(t, pkcs12.Recognise(der))
		_, _ = file.Signer(eid.Signing, false)
	})
}
