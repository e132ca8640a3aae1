// Package tokentest makes tokens for tests with SoftHSM 2: real PKCS #11 tokens in a
// temporary folder, with keys and certificates put in by pkcs11-tool. Nothing of the
// machine's own tokens is touched.
package tokentest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid/testpki"
)

// PIN is the user PIN of the tokens of New.
const PIN = "73915"

// soPIN is the security officer's.
const soPIN = "12345678"

// configVariable names SoftHSM's configuration file. SoftHSM reads it when a process
// initialises the module.
const configVariable = "SOFTHSM2_CONF"

// Token is a token in a folder of its own.
type Token struct {
	Module string // path of the PKCS #11 module
	Label  string
	PIN    string

	folder string // of the configuration and the tokens
	parts  string // folder of this token's objects
}

// Module finds SoftHSM's module. The test fails, and does not skip, without it.
func Module(t testing.TB) string {
	t.Helper()
	for _, pattern := range []string{"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/*/softhsm/libsofthsm2.so"} {
		if found, err := filepath.Glob(pattern); err == nil && len(found) > 0 {
			return found[0]
		}
	}
	require.FailNow(t, "there is no libsofthsm2.so: install Debian's package softhsm2")
	return ""
}

// New makes a token in a new store, which this process and its children use until
// the test ends. So tests with tokens do not run in parallel, and a test makes one
// store: a module that is still open goes on with the store that it began with.
func New(t testing.TB) *Token {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(folder, "tokens"), 0o700))
	config := "directories.tokendir = " + filepath.Join(folder, "tokens") + "\nobjectstore.backend = file\nlog.level = ERROR\n"
	require.NoError(t, os.WriteFile(filepath.Join(folder, "softhsm2.conf"), []byte(config), 0o600))
	store := &Token{Module: Module(t), folder: folder}
	t.Setenv(configVariable, filepath.Join(folder, "softhsm2.conf"))
	return store.Another(t, "Valik test", PIN)
}

// Another makes a second token in the same store.
func (k *Token) Another(t testing.TB, label, pin string) *Token {
	t.Helper()
	before := k.list(t)
	k.run(t, "softhsm2-util", "softhsm2", "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", soPIN)
	for _, parts := range k.list(t) {
		if !strings.Contains(strings.Join(before, "\n"), parts) {
			return &Token{Module: k.Module, Label: label, PIN: pin, folder: k.folder, parts: parts}
		}
	}
	require.FailNow(t, "softhsm2-util has made no token")
	return nil
}

func (k *Token) list(t testing.TB) []string {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(k.folder, "tokens", "*"))
	require.NoError(t, err)
	return folders
}

// Environment is what a program started by a test needs to see the token.
func (k *Token) Environment() []string {
	return []string{configVariable + "=" + filepath.Join(k.folder, "softhsm2.conf")}
}

// URI is the token as RFC 7512 writes it.
func (k *Token) URI() string {
	return "pkcs11:token=" + strings.ReplaceAll(k.Label, " ", "%20") + "?module-path=" + k.Module
}

// Import puts a key and its certificate on the token under a label and an
// identifier in hex. With alwaysAuth the key wants the PIN before every signature.
func (k *Token) Import(t testing.TB, key *testpki.Key, label, id string, alwaysAuth bool) {
	t.Helper()
	k.ImportKey(t, key.Private(), label, id, alwaysAuth)
	k.ImportCertificate(t, key.Certificate(), label, id)
}

// ImportCertificate puts a certificate alone on the token.
func (k *Token) ImportCertificate(t testing.TB, cert *x509.Certificate, label, id string) {
	t.Helper()
	k.write(t, cert.Raw, "cert", label, id)
}

// ImportKey puts a private key alone on the token.
func (k *Token) ImportKey(t testing.TB, key crypto.Signer, label, id string, alwaysAuth bool) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	more := []string{"--usage-sign", "--sensitive", "--private"}
	if alwaysAuth {
		more = append(more, "--always-auth")
	}
	k.write(t, der, "privkey", label, id, more...)
}

// ImportPublicKey puts a public key of ECDSA alone on the token.
func (k *Token) ImportPublicKey(t testing.TB, key *ecdsa.PublicKey, label, id string) {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	require.NoError(t, err)
	k.write(t, der, "pubkey", label, id)
}

func (k *Token) write(t testing.TB, der []byte, kind, label, id string, more ...string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "object.der")
	require.NoError(t, os.WriteFile(path, der, 0o600))
	args := []string{
		"--module", k.Module, "--token-label", k.Label, "--login", "--pin", k.PIN,
		"--write-object", path, "--type", kind, "--id", id,
	}
	if label != "" {
		args = append(args, "--label", label)
	}
	k.run(t, "pkcs11-tool", "opensc", append(args, more...)...)
}

// Remove takes the token out, as if it were a card: its folder is gone until Insert.
func (k *Token) Remove(t testing.TB) {
	t.Helper()
	require.NoError(t, os.Rename(k.parts, filepath.Join(k.folder, filepath.Base(k.parts))))
}

// Insert puts the token back.
func (k *Token) Insert(t testing.TB) {
	t.Helper()
	require.NoError(t, os.Rename(filepath.Join(k.folder, filepath.Base(k.parts)), k.parts))
}

// toolLimit is how long a tool may take on a slow machine.
const toolLimit = time.Minute

func (k *Token) run(t testing.TB, tool, debian string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(tool)
	require.NoError(t, err, "install Debian's package %s", debian)
	ctx, cancel := context.WithTimeout(context.Background(), toolLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), k.Environment()...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s: %s", tool, out)
}
