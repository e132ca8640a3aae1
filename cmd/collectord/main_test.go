package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/election"
)

// asCommand makes the test's own binary be collectord.
const asCommand = "VALIK_TEST_COLLECTORD"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func collectord(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	return cmd
}

func setUp(t *testing.T) (w *test.World, config string) {
	t.Helper()
	w = test.New(t, 1, func(m *election.Manifest) {
		m.Opens, m.Closes = election.At(time.Now().Add(-time.Hour)), election.At(time.Now().Add(time.Hour))
	})
	config = filepath.Join(w.Dir, "collectord.toml")
	w.WriteFile(t, "collectord.toml", []byte(`
listen = "127.0.0.1:0"
database = "sqlite:collector.db"
folder = "."
board_key = "board.key"
receipt_key = "receipt.key"
checkpoint_interval = "10ms"
`))
	return w, config
}

// The command serves, takes a ballot, and ends in order on SIGTERM.
func TestServe(t *testing.T) {
	w, config := setUp(t)
	cmd := collectord("serve", "--config", config)
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err) // the log is the command's until it has ended
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "collectord: listening on ")
	require.True(t, ok, line)

	castAt(t, w, address)
	require.Contains(t, string(fetch(t, address+"/check")), "<title>Check your vote", "the page that the command came with")
	require.NoError(t, cmd.Process.Signal(syscall.SIGHUP))
	require.Eventually(t, func() bool {
		said, err := collectord("journal", "--config", config).Output()
		return err == nil && strings.Contains(string(said), `"outcome":"done"`)
	}, time.Minute, 50*time.Millisecond)
	http.DefaultClient.CloseIdleConnections()
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, cmd.Wait(), log.String())
	require.Contains(t, log.String(), `"route":"/v1/ballots","status":200`)

	said, err := collectord("journal", "--config", config).Output()
	require.NoError(t, err)
	require.Contains(t, string(said), `"what":"reload","who":"signal"`)
	require.Regexp(t, `\nwhole: 2 lines, the last hash is [0-9a-f]{64}\n$`, string(said))
}

// A backup is taken while the command serves. Yesterday's is refused, by the file that lies
// beside the configuration, and today's is restored.
func TestBackupAndRestore(t *testing.T) {
	w, config := setUp(t)
	run := func(args ...string) (string, error) {
		said, err := collectord(append(args, "--config", config)...).CombinedOutput()
		return string(said), err
	}
	file := func(name string) string { return filepath.Join(w.Dir, name) }
	address, stop := serving(t, config)
	said, err := run("backup", "--out", file("yesterday"))
	require.NoError(t, err, said)
	require.Contains(t, said, "verified")
	said, err = run("backup", "--out", file("yesterday"))
	require.Error(t, err)
	require.Contains(t, said, "exists")
	castAt(t, w, address)
	said, err = run("backup", "--out", file("today"))
	require.NoError(t, err, said)
	stop()

	said, err = run("restore", "--from", file("today"))
	require.Error(t, err)
	require.Contains(t, said, "not empty")
	for _, name := range []string{"collector.db", "collector.db-wal", "collector.db-shm"} {
		require.NoError(t, os.RemoveAll(file(name)))
	}
	said, err = run("restore", "--from", file("yesterday"))
	require.Error(t, err)
	require.Contains(t, said, "has seen 5 entries")
	said, err = run("serve") // on the empty database
	require.Error(t, err)
	require.Contains(t, said, "the database has 0")
	said, err = run("restore", "--from", file("today"), "--checkpoint", file("collector.checkpoint"))
	require.NoError(t, err, said)
	require.Contains(t, said, "restored")
	_, stop = serving(t, config)
	stop()
}

// serving starts the command and gives its address, and what ends it.
func serving(t *testing.T, config string) (address string, stop func()) {
	t.Helper()
	cmd := collectord("serve", "--config", config)
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		err = errors.Join(err, cmd.Wait())
	}
	require.NoError(t, err, &log)
	return strings.TrimPrefix(strings.TrimSpace(line), "collectord: listening on "), func() {
		http.DefaultClient.CloseIdleConnections()
		require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		require.NoError(t, cmd.Wait(), &log)
	}
}

func castAt(t *testing.T, w *test.World, address string) {
	t.Helper()
	c, err := w.Manifest.Policy().Open(fetch(t, address+"/checkpoint"))
	require.NoError(t, err)
	b := w.Ballot(t, w.Voters[0], election.Anchor{Size: c.Size, Root: election.Hash(c.Root)}, time.Now())
	resp, err := http.Post(address+"/v1/ballots", "application/vnd.etsi.asic-e+zip", bytes.NewReader(b.Container))
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
}

func fetch(t *testing.T, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	require.NoError(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	return b
}

func TestRefusals(t *testing.T) {
	w, config := setUp(t)
	refused := func(want string, args ...string) {
		t.Helper()
		said, err := collectord(args...).CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(said), want)
	}
	refused("config", "serve")
	refused("no such file", "serve", "--config", filepath.Join(w.Dir, "nothing.toml"))
	refused("no such file", "journal", "--config", filepath.Join(w.Dir, "nothing.toml"))
	refused("not closed", "export", "--config", config, "--out", filepath.Join(w.Dir, "out"))
	require.NoError(t, os.Chmod(filepath.Join(w.Dir, "receipt.key"), 0o640))
	refused("0600", "serve", "--config", config)
}
