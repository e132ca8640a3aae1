package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/internal/loopback"
)

const operations = "../../docs/operations.md"

// shellBlock is a block that the reader of a document copies into a shell.
var shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

// TestOperations runs the commands of docs/operations.md as they stand there, but
// for what a rehearsal cannot have: its times, its port, and the minutes that
// passphrases cost.
func TestOperations(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, prepare(dir))
	address, err := loopback.Free()
	require.NoError(t, err)
	now := time.Now()
	script := rehearsal(t, map[string]string{
		"2029-10-15T09:00:00+03:00": now.Add(-5 * time.Second).Format(time.RFC3339),
		"2029-10-20T20:00:00+03:00": now.Add(pollsFor(t)).Format(time.RFC3339),
		"127.0.0.1:8400":            address,
		"officer trustee --name":    "officer trustee --work-factor " + workFactor + " --name",
	})
	out := runShell(t, dir, script)
	require.Equal(t, 2, strings.Count(out, "\nverified\n"), out)
	require.Regexp(t, `(?m)^4,[^,]*,4\.asice,B-B,,,evidence_missing$`, out)
	require.Contains(t, out, "SignedInfo References (ok/all): 2/2")
	requireResult(t, dir)
	requireNoSecrets(t, dir, out)
}

// rehearsal joins the document's commands into one script.
func rehearsal(t *testing.T, replace map[string]string) string {
	t.Helper()
	document, err := os.ReadFile(operations)
	require.NoError(t, err)
	script := "set -eu\n"
	for _, m := range shellBlock.FindAllStringSubmatch(string(document), -1) {
		script += m[1]
	}
	for old, with := range replace {
		require.Contains(t, script, old, "%s has changed; this test must follow", operations)
		script = strings.ReplaceAll(script, old, with)
	}
	return script
}

// shellLimit is how long a rehearsal may take on a slow machine.
const shellLimit = 3 * time.Minute

// runShell runs a script in a folder and returns what it says. Whatever it has
// started is gone afterwards.
func runShell(t *testing.T, dir, script string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), shellLimit)
	defer cancel()
	out, err := os.Create(filepath.Join(dir, "output"))
	require.NoError(t, err)
	defer out.Close()
	cmd := exec.CommandContext(ctx, "sh", "-c", script)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), variables(dir)...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stop := func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.Cancel = stop
	require.NoError(t, cmd.Start())
	err = cmd.Wait()
	_ = stop() // a script that has failed leaves its collector; else there is none
	said, readErr := os.ReadFile(out.Name())
	require.NoError(t, readErr)
	log, _ := os.ReadFile(filepath.Join(dir, "collector.log"))
	require.NoError(t, err, "%s\n%s", said, log)
	return string(said)
}

// requireResult checks the count: the first voter's second ballot, nobody's who was
// revoked, one in the south, and the one who came with the changeset.
func requireResult(t *testing.T, dir string) {
	t.Helper()
	result, err := os.ReadFile(filepath.Join(dir, "result.json"))
	require.NoError(t, err)
	require.JSONEq(t, `{"election": "KOV2029", "bydistrict": {
		"0176.1": {"0176.101": 0, "0176.102": 1, "0176.103": 1, "invalid": 0},
		"0176.2": {"0176.104": 1, "0176.105": 0, "invalid": 0},
		"0176.3": {"0176.106": 0, "invalid": 0}},
		"byparish": {
		"0176.1": {"0339": {"0176.101": 0, "0176.102": 1, "0176.103": 1, "invalid": 0}},
		"0176.2": {"0482": {"0176.104": 1, "0176.105": 0, "invalid": 0}},
		"0176.3": {"0511": {"0176.106": 0, "invalid": 0}}}}`, string(result))
}

// requireNoSecrets checks that what programs say and publish has no secret in it.
func requireNoSecrets(t *testing.T, dir, said string) {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(dir, "collector.log"))
	require.NoError(t, err)
	for _, secret := range secrets(dir) {
		require.NotContains(t, said, secret)
		require.NotContains(t, string(log), secret)
	}
}
