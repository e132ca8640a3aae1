package e2e

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/collector"
	test "valik/collector/collectortest"
	"valik/eid/testpki"
	"valik/eid/token/tokentest"
	"valik/election"
)

// A voter's program that is ended by force while it has the PIN of the voter's token, or
// the key of a card in a file, tells neither in the traces of its goroutines, nor does it
// leave a core file.
func TestCrashTellsNoSecret(t *testing.T) {
	t.Run("PIN", func(t *testing.T) {
		crash(t, func(card *testpki.Card) (string, []string, []string) {
			token := tokentest.New(t).Another(t, "Voter", voterPIN)
			token.Import(t, card.Authentication, "authentication", "01", false)
			pin := filepath.Join(t.TempDir(), "pin")
			require.NoError(t, os.WriteFile(pin, []byte(voterPIN+"\n"), 0o600))
			return token.URI() + "&pin-source=file:" + pin, token.Environment(), []string{voterPIN}
		})
	})
	t.Run("key", func(t *testing.T) {
		crash(t, func(card *testpki.Card) (string, []string, []string) {
			file := filepath.Join(t.TempDir(), "card.pem")
			require.NoError(t, card.Save(file))
			return file, nil, secretsOf(t, card.Authentication)
		})
	})
}

// secretsOf are the forms in which a private key may show.
func secretsOf(t *testing.T, key *testpki.Key) []string {
	t.Helper()
	scalar, err := key.Private().(*ecdsa.PrivateKey).Bytes()
	require.NoError(t, err)
	text, err := key.PEM()
	require.NoError(t, err)
	return append(privateLines(string(text)), string(scalar), hex.EncodeToString(scalar), new(big.Int).SetBytes(scalar).String(), base64.StdEncoding.EncodeToString(scalar))
}

// crash ends a program that signs on with a voter's card, which give lays out: it gives the
// program's line for it, its environment, and what nobody may read.
func crash(t *testing.T, give func(*testpki.Card) (line string, environment, secrets []string)) {
	t.Helper()
	var handler http.Handler
	reached := make(chan struct{})
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/session" {
			_, _ = io.Copy(io.Discard, r.Body) // the PIN has been used for what is sent here
			close(reached)
			<-r.Context().Done() // the program's end
			return
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	w := test.New(t, 1, func(m *election.Manifest) {
		m.Collector.URL, m.Opens = front.URL, election.At(time.Now().Add(-time.Hour))
	})
	c, err := collector.New(context.Background(), collector.Config{
		Database: "sqlite://" + t.TempDir() + "/collector.db", Folder: os.DirFS(w.Dir),
		BoardKey: w.BoardKey, ReceiptKey: w.ReceiptKey, Interval: 10 * time.Millisecond,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	handler = c.Handler()

	line, environment, secrets := give(w.Voters[0].Card)
	dir := t.TempDir()
	var said bytes.Buffer
	cmd := exec.Command("sh", "-c", `ulimit -c unlimited; exec "$0" "$@"`, filepath.Join(bin, "vote"),
		"--collector", front.URL, "--election", w.Fingerprint().String(), "--card", line, "ballot")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &said, &said
	cmd.Env = append(append(os.Environ(), environment...), "GOTRACEBACK=crash")
	require.NoError(t, cmd.Start())
	select {
	case <-reached:
	case <-time.After(time.Minute):
		t.Fatal("the program has not signed on")
	}
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", cmd.Process.Pid))
	require.NoError(t, err)
	require.Regexp(t, `Max core file size +0 +0 `, string(limits))
	require.NoError(t, cmd.Process.Signal(syscall.SIGABRT))
	require.Error(t, cmd.Wait())
	require.Contains(t, said.String(), "goroutine ")
	for _, secret := range secrets {
		require.NotContains(t, said.String(), secret)
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}
