package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// programs are built once for all tests.
var programs = []string{"officer", "collectord", "vote", "verify"}

// litewitness is a witness that others wrote. It has a module of its own, so that what it
// needs is no dependency of Valik.
const litewitness = "filippo.io/torchwood/cmd/litewitness"

// bin is the folder with the programs.
var bin string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if bin, err = os.MkdirTemp("", "valik-bin-"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(bin)
	if err := build("-C", "testdata/litewitness", "-o", bin+string(filepath.Separator), litewitness); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	args := []string{"-o", bin + string(filepath.Separator)}
	for _, p := range programs {
		args = append(args, "../../cmd/"+p)
	}
	if err := build(args...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// build is `go build`.
func build(args ...string) error {
	if out, err := exec.Command("go", append([]string{"build"}, args...)...).CombinedOutput(); err != nil {
		return fmt.Errorf("the programs do not build: %w\n%s", err, out)
	}
	return nil
}

const (
	passphrase = "correct horse battery staple"
	workFactor = "4" // of keys that protect nothing
)

// variables are in the environment of every script.
func variables(dir string) []string {
	return []string{
		"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"VALIK_PASSPHRASE_FILE=" + filepath.Join(dir, "passphrase"),
	}
}

// prepare puts the files that a script begins with into its folder.
func prepare(dir string) error {
	if err := os.CopyFS(dir, os.DirFS("testdata/vis3")); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "passphrase"), []byte(passphrase+"\n"), 0o600)
}

// pollsFor is how long the polls of a script are open. The ceremony and all casts
// must fit in: where a program takes longer to start, they get more time.
func pollsFor(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	key := filepath.Join(t.TempDir(), "key")
	cmd := exec.Command(filepath.Join(bin, "officer"), "keys", "ed25519", key)
	require.NoError(t, cmd.Run())
	return 20*time.Second + 60*time.Since(began)
}
