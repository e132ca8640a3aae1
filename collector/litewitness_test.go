//go:build litewitness

package collector

import (
	"crypto/ed25519"
	"database/sql"
	"encoding/base64"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	test "valik/collector/collectortest"
	"valik/election"
)

// The tag is for where its sources can be fetched:
// go test -tags litewitness -run Litewitness ./collector
const litewitness = "filippo.io/torchwood/cmd/litewitness@v0.9.0"

// A witness that others wrote cosigns what a collector asks it to, batch by batch.
func TestLitewitness(t *testing.T) {
	const name = "witness.example/lite"
	public, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	vkey, err := note.NewEd25519VerifierKey(name, public)
	require.NoError(t, err)
	key, err := fnote.VKeyToCosignatureV1(vkey)
	require.NoError(t, err)
	w := test.New(t, 5, func(m *election.Manifest) { m.Board.Quorum, m.Board.Witnesses = 1, []string{key} })
	url := startLitewitness(t, name, private, w)
	s := serve(t, w, sqliteURL(t), func(c *Config) { c.Witnesses = []Witness{{key, url}} })
	for _, v := range w.Voters {
		s.cast(s.prepare(v))
	}
	second := serve(t, w, sqliteURL(t), func(c *Config) {
		c.Witnesses = []Witness{{key, url}}
		c.Database = s.c.config.Database
	})
	second.cast(second.prepare(w.Voters[0]))
	second.entries()
}

func startLitewitness(t *testing.T, name string, key ed25519.PrivateKey, w *test.World) string {
	t.Helper()
	dir := t.TempDir()
	build := exec.Command("go", "install", litewitness)
	build.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
	said, err := build.CombinedOutput()
	require.NoError(t, err, string(said))

	fingerprint := serveAgent(t, filepath.Join(dir, "agent"), key)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := free.Addr().String()
	require.NoError(t, free.Close())
	database := filepath.Join(dir, "witness.db")
	cmd := exec.Command(filepath.Join(dir, "litewitness"), "-name", name, "-db", database, "-ssh-agent", filepath.Join(dir, "agent"),
		"-listen", address, "-key", fingerprint)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	require.Eventually(t, func() bool {
		resp, err := http.Get("http://" + address)
		if err != nil {
			return false
		}
		return resp.Body.Close() == nil
	}, 10*time.Second, 20*time.Millisecond)
	http.DefaultClient.CloseIdleConnections()
	introduce(t, database, w)
	return "http://" + address
}

// serveAgent is an ssh-agent with one key.
func serveAgent(t *testing.T, socket string, key ed25519.PrivateKey) (fingerprint string) {
	t.Helper()
	ring := agent.NewKeyring()
	require.NoError(t, ring.Add(agent.AddedKey{PrivateKey: key}))
	listener, err := net.Listen("unix", socket)
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go agent.ServeAgent(ring, conn)
		}
	}()
	public, err := ssh.NewPublicKey(key.Public())
	require.NoError(t, err)
	return ssh.FingerprintSHA256(public)
}

// introduce tells the witness of the log, as its operator does with witnessctl.
func introduce(t *testing.T, database string, w *test.World) {
	t.Helper()
	db, err := sql.Open("sqlite", database)
	require.NoError(t, err)
	defer db.Close()
	empty, err := tlog.TreeHash(0, nil)
	require.NoError(t, err)
	_, err = db.ExecContext(ctx, `INSERT INTO log (origin, tree_size, tree_hash) VALUES ($1, 0, $2)`,
		test.Origin, base64.StdEncoding.EncodeToString(empty[:]))
	require.NoError(t, err)
	_, err = db.ExecContext(ctx, `INSERT INTO key (origin, key) VALUES ($1, $2)`, test.Origin, strings.TrimSpace(w.Manifest.Board.Key))
	require.NoError(t, err)
}
