//go:build cgo

package keyring_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/keyring"
	"valik/eid/pkcs12"
	"valik/eid/secret"
	"valik/eid/token"
	"valik/eid/token/tokentest"
)

// TestFindCard: a card with both keys is found without a PIN, and its PIN, asked for
// through the ring of what was found, signs.
func TestFindCard(t *testing.T) {
	k, card := tokentest.New(t), newCard(t)
	k.Import(t, card.Authentication, "authentication", "01", false)
	k.Import(t, card.Signing, "signature", "02", true)
	k.Another(t, "empty", tokentest.PIN)

	found, failures := keyring.Find(t.Context(), []string{k.Module}, nil)
	require.Empty(t, failures)
	require.Len(t, found, 1, "a token without certificates is nobody's")
	require.Equal(t, k.Label, found[0].Label)
	require.Zero(t, found[0].PIN)
	u, err := keyring.ParseURI(found[0].Spec)
	require.NoError(t, err)
	require.NotEmpty(t, u.Serial)
	require.Empty(t, u.Token, "it would choose one half of a card")

	require.NoError(t, authenticate(t, open(t, found[0].Spec, asks(tokentest.PIN))))
	r, err := found[0].Open(t.Context(), asks(tokentest.PIN))
	require.NoError(t, err)
	require.NoError(t, sign(t, r))
	require.NoError(t, authenticate(t, r))
	require.NoError(t, r.Close())
}

// TestCertificateWithoutPIN: who somebody is can be shown before anything is asked.
func TestCertificateWithoutPIN(t *testing.T) {
	k, card := tokentest.New(t), newCard(t)
	k.Import(t, card.Authentication, "authentication", "01", false)
	k.Import(t, card.Signing, "signature", "02", true)
	r := open(t, k.URI(), keyring.Asks{PIN: func(context.Context, token.Prompt) (secret.Text, error) {
		require.Fail(t, "a PIN was asked for")
		return secret.Text{}, nil
	}})
	for usage, key := range map[eid.Usage]eid.Signer{eid.Authentication: card.Authentication, eid.Signing: card.Signing} {
		s, err := r.Signer(t.Context(), usage)
		require.NoError(t, err)
		require.Equal(t, key.Certificate(), s.Certificate())
	}
}

// TestFindPINState: a wrong PIN shows in what is found.
func TestFindPINState(t *testing.T) {
	k, card := tokentest.New(t), newCard(t)
	k.Import(t, card.Signing, "signature", "02", true)
	r := open(t, k.URI(), asks("99999"))
	var wrong *token.PINError
	require.ErrorAs(t, sign(t, r), &wrong)
	found, failures := keyring.Find(t.Context(), []string{k.Module}, nil)
	require.Empty(t, failures)
	require.Len(t, found, 1, "one key is enough to be somebody's")
	require.True(t, found[0].PIN.Low)
}

// TestFindSeveral: several certificates for a use are told, not listed; the other
// tokens are.
func TestFindSeveral(t *testing.T) {
	k := tokentest.New(t)
	k.Import(t, newCard(t).Signing, "one", "01", false)
	k.Import(t, newCard(t).Signing, "two", "02", false)
	other := k.Another(t, "other", tokentest.PIN)
	other.Import(t, newCard(t).Signing, "one", "01", false)
	found, failures := keyring.Find(t.Context(), []string{k.Module}, nil)
	require.Len(t, found, 1)
	require.Equal(t, "other", found[0].Label)
	require.Len(t, failures, 1)
	var choice *token.ChoiceError
	require.ErrorAs(t, failures[0], &choice)
	require.Equal(t, 2, choice.Fits)
	require.ErrorContains(t, failures[0], k.Module)
}

// TestFindTwice: a module by two paths, and two modules, show a card once.
func TestFindTwice(t *testing.T) {
	k := tokentest.New(t)
	k.Import(t, newCard(t).Signing, "signature", "02", true)
	link, second := filepath.Join(t.TempDir(), "link.so"), filepath.Join(t.TempDir(), "second.so")
	require.NoError(t, os.Symlink(k.Module, link))
	library, err := os.ReadFile(k.Module)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(second, library, 0o700))
	found, failures := keyring.Find(t.Context(), []string{link, second, k.Module}, nil)
	require.Empty(t, failures)
	require.Len(t, found, 1)
	require.Contains(t, found[0].Spec, link)
}

// TestFindFails: what cannot be looked at is told, and the rest is found.
func TestFindFails(t *testing.T) {
	k := tokentest.New(t)
	k.Import(t, newCard(t).Signing, "signature", "02", true)
	text := filepath.Join(t.TempDir(), "text.so")
	require.NoError(t, os.WriteFile(text, []byte("text"), 0o600))
	folder := t.TempDir()
	found, failures := keyring.Find(t.Context(), []string{"/none.so", text, k.Module}, []string{folder + "-none", folder})
	require.Len(t, found, 1)
	require.Len(t, failures, 3)
	require.ErrorIs(t, failures[0], token.ErrModule)
	require.ErrorContains(t, failures[0], "/none.so")
	require.ErrorIs(t, failures[1], token.ErrModule)
	require.ErrorIs(t, failures[2], os.ErrNotExist)

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	found, failures = keyring.Find(ended, []string{k.Module}, nil)
	require.Empty(t, found)
	require.Len(t, failures, 1)
	require.ErrorIs(t, failures[0], context.Canceled)
}

// TestFindFiles: by name, whatever the case, and never below a folder.
func TestFindFiles(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	for _, path := range []string{
		filepath.Join(first, "b.PFX"), filepath.Join(second, "a.p12"), filepath.Join(second, "c.P12"),
		filepath.Join(first, "key.pem"), filepath.Join(first, "p12"), filepath.Join(first, "turned\u202e.p12"),
	} {
		require.NoError(t, os.WriteFile(path, []byte("x"), 0o644))
	}
	require.NoError(t, os.Mkdir(filepath.Join(first, "folder.p12"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(first, "folder.p12", "d.p12"), nil, 0o600))
	require.NoError(t, os.Symlink(filepath.Join(second, "a.p12"), filepath.Join(first, "link.p12")))
	require.NoError(t, os.WriteFile(filepath.Join(first, "great.p12"), make([]byte, pkcs12.Limit+1), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(first, "greatest.p12"), make([]byte, pkcs12.Limit), 0o600))
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(first, link))

	found, failures := keyring.Find(t.Context(), nil, []string{first, second, link, first})
	require.Empty(t, failures)
	require.Equal(t, []keyring.Found{
		{Spec: "pkcs12:" + filepath.Join(second, "a.p12"), Label: "a.p12"},
		{Spec: "pkcs12:" + filepath.Join(first, "b.PFX"), Label: "b.PFX"},
		{Spec: "pkcs12:" + filepath.Join(second, "c.P12"), Label: "c.P12"},
		{Spec: "pkcs12:" + filepath.Join(first, "greatest.p12"), Label: "greatest.p12"},
	}, found)
}

// TestFoundDownload: a file that others may read is opened as found, and not by its line.
func TestFoundDownload(t *testing.T) {
	path := pkcs12File(t, newCard(t).Signing, 0o644)
	found, failures := keyring.Find(t.Context(), nil, []string{filepath.Dir(path)})
	require.Empty(t, failures)
	require.Len(t, found, 1)
	r, err := found[0].Open(t.Context(), asks(""))
	require.NoError(t, err)
	require.NoError(t, sign(t, r))
	_, err = keyring.Open(t.Context(), found[0].Spec, asks(""))
	require.ErrorIs(t, err, secret.ErrExposed)

	require.NoError(t, os.WriteFile(path, make([]byte, pkcs12.Limit+1), 0o644))
	_, err = found[0].Open(t.Context(), asks(""))
	require.ErrorIs(t, err, keyring.ErrFile)
	require.NoError(t, os.Remove(path))
	_, err = found[0].Open(t.Context(), asks(""))
	require.ErrorIs(t, err, keyring.ErrUnreadable)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestModules: OpenSC's is found where Debian has it, and never a token without a chip.
func TestModules(t *testing.T) {
	modules := keyring.Modules()
	require.NotEmpty(t, modules, "install Debian's package opensc-pkcs11")
	require.Equal(t, "opensc-pkcs11.so", filepath.Base(modules[0]))
	for i, path := range modules {
		require.True(t, filepath.IsAbs(path))
		require.NotContains(t, path, "softhsm")
		require.NotContains(t, modules[:i], path)
	}
	_, failures := keyring.Find(t.Context(), modules[:1], nil)
	require.Empty(t, failures, "without a reader there is no card, and nothing is wrong")
}

// TestFolders: where the system says, in its language, and only what exists.
func TestFolders(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	for _, variable := range []string{"XDG_CONFIG_HOME", "XDG_DESKTOP_DIR", "XDG_DOCUMENTS_DIR", "XDG_DOWNLOAD_DIR"} {
		t.Setenv(variable, "")
	}
	require.Equal(t, []string{home}, keyring.Folders())
	desktop, downloads := filepath.Join(home, "Töölaud"), filepath.Join(home, "Downloads")
	for _, folder := range []string{desktop, downloads, filepath.Join(home, ".config")} {
		require.NoError(t, os.Mkdir(folder, 0o700))
	}
	names := "XDG_DESKTOP_DIR=\"$HOME/Töölaud\"\nXDG_DOCUMENTS_DIR=\"$HOME/\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(home, ".config", "user-dirs.dirs"), []byte(names), 0o600))
	require.Equal(t, []string{home, desktop, downloads}, keyring.Folders())
}
