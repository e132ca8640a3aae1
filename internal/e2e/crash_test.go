package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
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
	"valik/eid/token/tokentest"
	"valik/election"
)

// TestCrashTellsNoSecret ends a voter's program by force while it has the PIN of the
// voter's token: neither the traces of its goroutines nor a core file has the PIN.
func TestCrashTellsNoSecret(t *testing.T) {
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

	token := tokentest.New(t).Another(t, "Voter", voterPIN)
	token.Import(t, w.Voters[0].Card.Authentication, "authentication", "01", false)
	pin := filepath.Join(t.TempDir(), "pin")
	require.NoError(t, os.WriteFile(pin, []byte(voterPIN+"\n"), 0o600))

	dir := t.TempDir()
	var said bytes.Buffer
	cmd := exec.Command("sh", "-c", `ulimit -c unlimited; exec "$0" "$@"`, filepath.Join(bin, "vote"),
		"--collector", front.URL, "--election", w.Fingerprint().String(), "--card", token.URI()+"&pin-source=file:"+pin, "ballot")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &said, &said
	cmd.Env = append(append(os.Environ(), token.Environment()...), "GOTRACEBACK=crash")
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
	require.NotContains(t, said.String(), voterPIN)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}
