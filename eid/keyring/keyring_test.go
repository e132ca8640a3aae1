//go:build cgo

package keyring_test

import (
	"context"
	"crypto/elliptic"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	library "software.sslmate.com/src/go-pkcs12"

	"valik/eid"
	"valik/eid/keyring"
	"valik/eid/pkcs12"
	"valik/eid/secret"
	"valik/eid/testpki"
	"valik/eid/token"
	"valik/eid/token/tokentest"
)

// The tests live in one day, so that they do not grow old.
var (
	validFrom = time.Date(2029, time.March, 1, 0, 0, 0, 0, time.UTC)
	validTo   = time.Date(2029, time.March, 31, 0, 0, 0, 0, time.UTC)
	now       = time.Date(2029, time.March, 4, 10, 30, 0, 0, time.UTC)
)

const passphrase = "correct horse"

func newCard(t *testing.T) *testpki.Card {
	t.Helper()
	a, err := testpki.NewAuthority("Valik test", validFrom, validTo)
	require.NoError(t, err)
	card, err := a.Issue(testpki.PersonalCode(41), "Mari", "Mets", elliptic.P256())
	require.NoError(t, err)
	return card
}

func asks(pins ...string) keyring.Asks {
	i := -1
	return keyring.Asks{
		PIN: func(context.Context, token.Prompt) (secret.Text, error) {
			i = min(i+1, len(pins)-1)
			return secret.New([]byte(pins[i])), nil
		},
		Passphrase: func(context.Context, string) (secret.Text, error) { return secret.New([]byte(passphrase)), nil },
	}
}

func sign(t *testing.T, r *keyring.Ring) error {
	t.Helper()
	signer, err := r.Signer(t.Context(), eid.Signing)
	if err != nil {
		return err
	}
	_, err = eid.Seal(t.Context(), "EP2029.ballot", []byte("ballot"), signer, now)
	return err
}

func authenticate(t *testing.T, r *keyring.Ring) error {
	t.Helper()
	a, err := r.Authenticator(t.Context())
	if err != nil {
		return err
	}
	_, err = a.Authenticate(t.Context(), []byte("challenge"))
	return err
}

func open(t *testing.T, spec string, a keyring.Asks) *keyring.Ring {
	t.Helper()
	r, err := keyring.Open(t.Context(), spec, a)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}

// pkcs12File writes a key to a PKCS #12 file.
func pkcs12File(t *testing.T, key *testpki.Key, mode os.FileMode) string {
	t.Helper()
	der, err := library.Modern.Encode(key.Private(), key.Certificate(), nil, passphrase)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "key.p12")
	require.NoError(t, os.WriteFile(path, der, mode))
	return path
}

func TestTestCard(t *testing.T) {
	path := filepath.Join(t.TempDir(), "card.pem")
	require.NoError(t, newCard(t).Save(path))
	for _, spec := range []string{path, "file:" + path} {
		r := open(t, spec, keyring.Asks{})
		require.NoError(t, sign(t, r))
		require.NoError(t, authenticate(t, r))
	}
	require.NoError(t, os.Chmod(path, 0o640))
	_, err := keyring.Open(t.Context(), path, keyring.Asks{})
	require.ErrorIs(t, err, secret.ErrExposed)
}

// TestOfficialsKey: one key, which only signs.
func TestOfficialsKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "authority.key")
	require.NoError(t, newCard(t).Signing.Save(path))
	r := open(t, path, keyring.Asks{})
	require.NoError(t, sign(t, r))
	require.ErrorIs(t, authenticate(t, r), keyring.ErrUsage)
}

func TestFilesThatAreNoKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "text")
	require.NoError(t, os.WriteFile(path, []byte("hello"), 0o600))
	_, err := keyring.Open(t.Context(), path, keyring.Asks{})
	require.ErrorContains(t, err, "neither a test card nor a key")
	_, err = keyring.Open(t.Context(), "pkcs12:"+path, asks(""))
	require.ErrorIs(t, err, pkcs12.ErrForm)
	for _, scheme := range []string{"", "file:", "pkcs12:"} {
		_, err = keyring.Open(t.Context(), scheme+path+"-none", asks(""))
		require.ErrorIs(t, err, os.ErrNotExist)
	}
}

func TestPKCS12(t *testing.T) {
	path := pkcs12File(t, newCard(t).Signing, 0o600)
	r := open(t, "pkcs12:"+path, asks(""))
	require.NoError(t, sign(t, r))
	require.ErrorIs(t, authenticate(t, r), pkcs12.ErrUsage)
	_, err := keyring.Open(t.Context(), "pkcs12:"+path, keyring.Asks{})
	require.ErrorIs(t, err, pkcs12.ErrCancelled)
	_, err = keyring.Open(t.Context(), "pkcs12:"+pkcs12File(t, newCard(t).Signing, 0o644), asks(""))
	require.ErrorIs(t, err, secret.ErrExposed)
}

// TestCard: both keys of a card in SoftHSM, by one URI.
func TestCard(t *testing.T) {
	k, card := tokentest.New(t), newCard(t)
	k.Import(t, card.Authentication, "authentication", "01", false)
	k.Import(t, card.Signing, "signature", "02", true)
	r := open(t, k.URI(), asks(tokentest.PIN))
	require.NoError(t, authenticate(t, r))
	require.NoError(t, sign(t, r))
	require.NoError(t, sign(t, r))

	one := &keyring.URI{Module: k.Module, Token: k.Label, ID: []byte{2}, Object: "signature"}
	r = open(t, one.String(), asks(tokentest.PIN))
	require.NoError(t, sign(t, r))
	require.Error(t, authenticate(t, r), "the URI chooses the other key")

	require.ErrorIs(t, sign(t, open(t, k.URI(), keyring.Asks{})), token.ErrCancelled)
	_, err := keyring.Open(t.Context(), "pkcs11:token=a", asks(""))
	require.ErrorIs(t, err, keyring.ErrNoModule)
	_, err = keyring.Open(t.Context(), k.URI()+"&pin-value="+tokentest.PIN, asks(""))
	require.ErrorIs(t, err, keyring.ErrPINValue)
	require.NotContains(t, err.Error(), tokentest.PIN)
	_, err = keyring.Open(t.Context(), "pkcs11:?module-path=/none.so", asks(""))
	require.ErrorIs(t, err, token.ErrModule)
}

// TestPINSource: a PIN of a file is used, but not again when it was wrong, and not
// from a file that others may read.
func TestPINSource(t *testing.T) {
	k, card := tokentest.New(t), newCard(t)
	k.Import(t, card.Signing, "signature", "02", true)
	path := filepath.Join(t.TempDir(), "pin")
	spec := k.URI() + "&pin-source=file:" + url.PathEscape(path)

	require.NoError(t, os.WriteFile(path, []byte(tokentest.PIN+"\n"), 0o600))
	r := open(t, spec, keyring.Asks{})
	require.NoError(t, sign(t, r))
	require.NoError(t, sign(t, r))
	require.NoError(t, r.Close())

	require.NoError(t, os.WriteFile(path, []byte("99999\n"), 0o600))
	r = open(t, spec, keyring.Asks{})
	var wrong *token.PINError
	require.ErrorAs(t, sign(t, r), &wrong)
	require.NoError(t, os.WriteFile(path, []byte(tokentest.PIN+"\n"), 0o600))
	require.ErrorIs(t, sign(t, r), keyring.ErrPINFile)

	require.NoError(t, os.Chmod(path, 0o644))
	require.ErrorIs(t, sign(t, open(t, spec, keyring.Asks{})), secret.ErrExposed)
}
