package e2e

import (
	"archive/zip"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"valik/election"
	"valik/internal/loopback"
	"valik/internal/testpg"
)

// TestElection runs testdata/script/election.txtar on both databases and in both
// profiles.
func TestElection(t *testing.T) {
	t.Parallel()
	server := testpg.Start(t)
	for _, c := range []struct{ name, database, profile string }{
		{"sqlite", "sqlite:collector.db", election.ProfileOpen},
		{"postgres", server.Database(t), election.ProfileGuarded},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			runScript(t, "election.txtar", "DATABASE="+c.database, "PROFILE="+c.profile)
		})
	}
}

// TestPreparation runs what happens, and is refused, before the polls open.
func TestPreparation(t *testing.T) {
	runScript(t, "preparation.txtar", "PROFILE="+election.ProfileOpen)
}

// TestTerminal types passphrases.
func TestTerminal(t *testing.T) {
	runScript(t, "terminal.txtar", "PROFILE="+election.ProfileOpen)
}

func runScript(t *testing.T, name string, vars ...string) {
	t.Helper()
	polls := pollsFor(t)
	commands := map[string]func(*testscript.TestScript, bool, []string){
		"polls": setPolls, "expand": expand, "fingerprint": setFingerprint, "retry": retry,
		"flip": flip, "zip": zipFolder, "nosecrets": noSecrets,
	}
	maps.Copy(commands, witnessCommands)
	testscript.Run(t, testscript.Params{
		Files:               []string{filepath.Join("testdata/script", name)},
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			address, err := loopback.Free()
			env.Vars = append(env.Vars, variables(env.WorkDir)...)
			env.Vars = append(env.Vars, vars...)
			env.Vars = append(env.Vars, "ADDRESS="+address, "POLLS="+polls.String(), "WORK_FACTOR="+workFactor)
			return errors.Join(err, prepare(env.WorkDir))
		},
		Cmds: commands,
	})
}

// setPolls (polls [MORE]) sets OPENS to some seconds ago and CLOSES to the end of the
// polls, which is later where a script waits for longer than programs take.
func setPolls(ts *testscript.TestScript, _ bool, args []string) {
	polls, err := time.ParseDuration(ts.Getenv("POLLS"))
	ts.Check(err)
	for _, arg := range args {
		more, err := time.ParseDuration(arg)
		ts.Check(err)
		polls += more
	}
	ts.Setenv("OPENS", time.Now().Add(-5*time.Second).UTC().Format(time.RFC3339))
	ts.Setenv("CLOSES", time.Now().Add(polls).UTC().Format(time.RFC3339))
}

// expand (expand IN OUT) writes a file with the variables of the script, and with
// the content of a file for ${file:NAME}.
func expand(ts *testscript.TestScript, _ bool, args []string) {
	text := os.Expand(ts.ReadFile(args[0]), func(name string) string {
		if file, ok := strings.CutPrefix(name, "file:"); ok {
			return strings.TrimSpace(ts.ReadFile(file))
		}
		return ts.Getenv(name)
	})
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o600))
}

// setFingerprint (fingerprint DIR) sets FINGERPRINT to that of a folder's election.
func setFingerprint(ts *testscript.TestScript, _ bool, args []string) {
	manifest := ts.ReadFile(filepath.Join(args[0], "record", election.ManifestFile))
	ts.Setenv("FINGERPRINT", election.HashOf([]byte(manifest)).String())
}

// retryLimit is how long something that must happen soon may take.
const retryLimit = time.Minute

// retry (retry PROGRAM ARGS…) runs a program until it succeeds.
func retry(ts *testscript.TestScript, _ bool, args []string) {
	for began := time.Now(); ; time.Sleep(500 * time.Millisecond) {
		program, err := exec.LookPath(filepath.Join(bin, args[0]))
		ts.Check(err)
		cmd := exec.Command(program, args[1:]...)
		cmd.Dir = ts.MkAbs(".")
		out, err := cmd.CombinedOutput()
		if err == nil {
			return
		}
		if time.Since(began) > retryLimit {
			ts.Fatalf("%v still fails: %v\n%s", args, err, out)
		}
	}
}

// flip (flip FILE) changes one bit in the middle of a file; done twice, it is as
// before.
func flip(ts *testscript.TestScript, _ bool, args []string) {
	b := []byte(ts.ReadFile(args[0]))
	b[len(b)/2] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o644))
}

// zipFolder (zip FOLDER FILE) makes an archive of a folder.
func zipFolder(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	w := zip.NewWriter(f)
	ts.Check(w.AddFS(os.DirFS(ts.MkAbs(args[0]))))
	ts.Check(errors.Join(w.Close(), f.Close()))
}

// plantedVariable lists secrets of a script that are in none of its files.
const plantedVariable = "PLANTED"

// noSecrets (nosecrets FILE…) checks that files, such as saved outputs, have no
// secret in them.
func noSecrets(ts *testscript.TestScript, _ bool, args []string) {
	planted := strings.Fields(ts.Getenv(plantedVariable))
	for _, secret := range append(secrets(ts.MkAbs(".")), planted...) {
		for _, file := range args {
			if strings.Contains(ts.ReadFile(file), secret) {
				ts.Fatalf("%s has a secret in it", file)
			}
		}
	}
}

// secrets are the passphrase and a line of every private key that is a text.
func secrets(dir string) []string {
	all := []string{passphrase}
	for _, pattern := range []string{"*.key", "pki/*.key", "pki/card-*.pem"} {
		files, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				panic(err)
			}
			all = append(all, privateLines(string(b))...)
		}
	}
	return all
}

// privateLines are the first line of each private key in PEM, or the whole of another text.
func privateLines(text string) []string {
	keys := strings.Split(text, "BEGIN PRIVATE KEY-----\n")
	if len(keys) == 1 {
		return []string{strings.TrimSpace(text)}
	}
	var all []string
	for _, key := range keys[1:] {
		line, _, _ := strings.Cut(key, "\n")
		all = append(all, line)
	}
	return all
}

func TestSecretsAreFound(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(filepath.Join(bin, "officer"), "keys", "ed25519", filepath.Join(dir, "a.key"))
	require.NoError(t, cmd.Run())
	require.Len(t, secrets(dir), 2)
	require.Greater(t, len(secrets(dir)[1]), 40)
}
