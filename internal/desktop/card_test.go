package desktop

import (
	"crypto/elliptic"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"software.sslmate.com/src/go-pkcs12"

	"valik/eid/testpki"
	"valik/eid/token/tokentest"
)

// newCard is what a voter puts into the reader: a token of SoftHSM with both keys. The signing
// key wants the PIN before every signature, as those of eID cards do.
func newCard(t *testing.T, keys *testpki.Card) *tokentest.Token {
	t.Helper()
	k := tokentest.New(t)
	k.Import(t, keys.Authentication, "authentication", "01", false)
	k.Import(t, keys.Signing, "signature", "02", true)
	return k
}

var locking struct {
	once sync.Once
	path string
	said []byte
	err  error
}

// lockingModule builds the module that counts wrong PINs, which SoftHSM does not.
func lockingModule(t *testing.T) string {
	t.Helper()
	soft := tokentest.Module(t)
	locking.once.Do(func() {
		locking.path = filepath.Join(folder, "locking.so")
		headers, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/miekg/pkcs11").Output()
		if err != nil {
			locking.err = err
			return
		}
		gcc := exec.Command("gcc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", locking.path, `-DSOFTHSM="`+soft+`"`,
			"-Wl,-z,nodelete", "-I"+strings.TrimSpace(string(headers)), "testdata/locking.c", "-ldl")
		locking.said, locking.err = gcc.CombinedOutput()
	})
	require.NoError(t, locking.err, "%s (Debian: gcc, libc6-dev)", locking.said)
	return locking.path
}

// lockingDevice is one with a card that three wrong PINs lock.
func (w *world) lockingDevice(t *testing.T) *device {
	t.Helper()
	d := w.newDevice(newCard(t, w.Voters[0].Card))
	d.module = lockingModule(t)
	return d
}

// stranger is a card of somebody who is not on the roll.
func (w *world) stranger() *testpki.Card {
	w.t.Helper()
	card, err := w.Issuer.Issue(testpki.PersonalCode(77), "Other", "Person", elliptic.P256())
	require.NoError(w.t, err)
	return card
}

// expired is the first voter's card, over since an hour.
func (w *world) expired() *testpki.Card {
	w.t.Helper()
	template := w.Issuer.Template(w.Voters[0].Code, "Given0", "Voter")
	template.NotAfter = time.Now().Add(-time.Hour)
	signing, err := w.Issuer.IssueKey(template, elliptic.P256())
	require.NoError(w.t, err)
	authentication, err := w.Issuer.IssueKey(testpki.AuthenticationTemplate(template), elliptic.P256())
	require.NoError(w.t, err)
	return &testpki.Card{Signing: signing, Authentication: authentication}
}

// passphrase is that of the files of keyFiles.
const passphrase = "correct horse battery"

// keyFileNames are theirs, in the order in which the program asks for their passphrases.
var keyFileNames = []string{"sign-on.p12", "signing.p12"}

// keyFiles are a card's keys in PKCS #12 files, as authorities give them to who has no card.
func (w *world) keyFiles(card *testpki.Card) []string {
	w.t.Helper()
	var paths []string
	for i, key := range []*testpki.Key{card.Authentication, card.Signing} {
		raw, err := pkcs12.Modern.Encode(key.Private(), key.Certificate(), nil, passphrase)
		require.NoError(w.t, err)
		path := filepath.Join(w.t.TempDir(), keyFileNames[i])
		require.NoError(w.t, os.WriteFile(path, raw, 0o600))
		paths = append(paths, path)
	}
	return paths
}
