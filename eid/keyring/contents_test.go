//go:build cgo

package keyring_test

import (
	"bytes"
	"context"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/keyring"
	"valik/eid/pkcs12"
	"valik/eid/secret"
	"valik/eid/testpki"
)

// contentOf is a PKCS #12 file as a window gives it.
func contentOf(t *testing.T, name string, key *testpki.Key) keyring.Content {
	t.Helper()
	b, err := os.ReadFile(pkcs12File(t, key, 0o600))
	require.NoError(t, err)
	return keyring.Content{Name: name, Bytes: b}
}

func cardContent(t *testing.T, card *testpki.Card) keyring.Content {
	t.Helper()
	b, err := card.PEM()
	require.NoError(t, err)
	return keyring.Content{Name: "card.pem", Bytes: b}
}

// TestContents: a file for each use, and each passphrase is asked for by name.
func TestContents(t *testing.T) {
	card := newCard(t)
	var asked []string
	r, err := keyring.OpenContents(t.Context(), []keyring.Content{
		contentOf(t, "login.p12", card.Authentication), contentOf(t, "sign.p12", card.Signing),
	}, keyring.Asks{Passphrase: func(_ context.Context, name string) (secret.Text, error) {
		asked = append(asked, name)
		return secret.New([]byte(passphrase)), nil
	}})
	require.NoError(t, err)
	require.Equal(t, []string{"login.p12", "sign.p12"}, asked)
	require.NoError(t, sign(t, r))
	require.NoError(t, authenticate(t, r))
	s, err := r.TLSSigner(t.Context())
	require.NoError(t, err)
	require.Equal(t, card.Authentication.Certificate(), s.Certificate())
	require.NoError(t, r.Close())
}

func TestContentsOfTestCards(t *testing.T) {
	card := newCard(t)
	r, err := keyring.OpenContents(t.Context(), []keyring.Content{cardContent(t, card)}, keyring.Asks{})
	require.NoError(t, err)
	require.NoError(t, sign(t, r))
	require.NoError(t, authenticate(t, r))

	key, err := card.Signing.PEM()
	require.NoError(t, err)
	r, err = keyring.OpenContents(t.Context(), []keyring.Content{{Name: "authority.key", Bytes: key}}, keyring.Asks{})
	require.NoError(t, err)
	require.NoError(t, sign(t, r))
	require.ErrorIs(t, authenticate(t, r), keyring.ErrUsage)
}

// TestContentsChoice: exactly one file has a key for a use.
func TestContentsChoice(t *testing.T) {
	card := newCard(t)
	signing := contentOf(t, "sign.p12", card.Signing)
	r, err := keyring.OpenContents(t.Context(), []keyring.Content{signing}, asks(""))
	require.NoError(t, err)
	require.ErrorIs(t, authenticate(t, r), keyring.ErrUsage)
	for _, other := range []keyring.Content{signing, contentOf(t, "other.p12", newCard(t).Signing), cardContent(t, card)} {
		r, err = keyring.OpenContents(t.Context(), []keyring.Content{signing, other}, asks(""))
		require.NoError(t, err)
		_, err = r.Signer(t.Context(), eid.Signing)
		require.ErrorIs(t, err, keyring.ErrSeveral)
	}
}

// TestContentsRefused: before a passphrase is asked for, where the form tells.
func TestContentsRefused(t *testing.T) {
	good := contentOf(t, "sign.p12", newCard(t).Signing)
	text := keyring.Content{Name: "text\x1b.p12", Bytes: []byte("-----BEGIN CERTIFICATE-----")}
	never := keyring.Asks{Passphrase: func(context.Context, string) (secret.Text, error) {
		require.Fail(t, "a passphrase was asked for")
		return secret.Text{}, nil
	}}
	for code, files := range map[string][]keyring.Content{
		keyring.CodeNoFiles:      nil,
		keyring.CodeTooManyFiles: slices.Repeat([]keyring.Content{good}, keyring.MaxFiles+1),
		keyring.CodeFile:         {good, text},
	} {
		_, err := keyring.OpenContents(t.Context(), files, never)
		var coded interface{ Code() string }
		require.ErrorAs(t, err, &coded)
		require.Equal(t, code, coded.Code())
		require.NotContains(t, err.Error(), "\x1b")
	}
	for _, b := range [][]byte{nil, {0x30}, {0x30, 0x03, 0x02, 0x01, 0x02}, bytes.Repeat([]byte{0x30}, pkcs12.Limit+1)} {
		_, err := keyring.OpenContents(t.Context(), []keyring.Content{{Name: "a", Bytes: b}}, never)
		require.ErrorIs(t, err, keyring.ErrFile)
	}
}

// TestContentsOfPKCS12Fail: a file of the form has the codes of its own package.
func TestContentsOfPKCS12Fail(t *testing.T) {
	good := contentOf(t, "sign.p12", newCard(t).Signing)
	_, err := keyring.OpenContents(t.Context(), []keyring.Content{good}, keyring.Asks{})
	require.ErrorIs(t, err, pkcs12.ErrCancelled)
	_, err = keyring.OpenContents(t.Context(), []keyring.Content{good}, keyring.Asks{
		Passphrase: func(context.Context, string) (secret.Text, error) { return secret.New([]byte("wrong")), nil },
	})
	require.ErrorIs(t, err, pkcs12.ErrPassphrase)
	require.ErrorContains(t, err, "sign.p12")
	_, err = keyring.OpenContents(t.Context(), []keyring.Content{{Name: "a", Bytes: []byte{0x30, 0x03, 0x02, 0x01, 0x03}}}, asks(""))
	require.ErrorIs(t, err, pkcs12.ErrForm)
}
