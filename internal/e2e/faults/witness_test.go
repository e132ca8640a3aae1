package faults

import (
	"database/sql"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
	_ "modernc.org/sqlite"

	"valik/board"
)

// witness is a running litewitness with a proxy before it.
type witness struct {
	key      string // vkey
	way      *proxy
	database string
	clock    string // file
}

// runWitness runs it with its key in an agent, which ends with it.
const runWitness = `set -eu
cd "$1"
ssh-keygen -q -t ed25519 -N '' -f key
exec ssh-agent -a "$1/agent" sh -euc '
  ssh-add -q key
  exec litewitness -name "$0" -db witness.db -listen "$1" -ssh-agent "$SSH_AUTH_SOCK" -key "$(ssh-keygen -lf key.pub | cut -d " " -f 2)"' "$2" "$3"
`

func startWitness(t testing.TB, all *proxies, number int) *witness {
	t.Helper()
	for _, program := range []string{"ssh-agent", "ssh-add", "ssh-keygen"} {
		_, err := exec.LookPath(program)
		require.NoError(t, err, "of Debian's openssh-client")
	}
	// The path of the agent's socket must be short.
	dir, err := os.MkdirTemp("", "witness")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	address := freeAddress(t)
	w := &witness{database: filepath.Join(dir, "witness.db"), clock: filepath.Join(dir, "clock"), way: all.to(t, address)}
	setClock(t, w.clock, 0)
	p, err := start("sh", []string{clockVariable + "=" + w.clock}, "-c", runWitness, "sh", dir, fmt.Sprint("witness.example/", number), address)
	require.NoError(t, err)
	t.Cleanup(p.kill)
	require.Eventually(t, func() bool { w.key = readKey("http://" + address); return w.key != "" }, soon, 20*time.Millisecond, "%s", &p.said)
	return w
}

var vkeyLine = regexp.MustCompile(`(?m)^witness\.example/\d\+[0-9a-f]{8}\+\S+$`)

// readKey gives "" while the witness does not answer.
func readKey(url string) string {
	resp, err := http.Get(url)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(string(vkeyLine.Find(page)), "&#43;", "+")
}

// introduce makes a new board known to the witness, in the place of the one before.
func (w *witness) introduce(t testing.TB, key *board.Key) {
	t.Helper()
	empty, err := tlog.TreeHash(0, nil)
	require.NoError(t, err)
	public, err := board.ParsePublicKey(key.Public())
	require.NoError(t, err)
	db, err := sql.Open("sqlite", "file:"+w.database+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	defer db.Close()
	for _, s := range []struct {
		statement string
		args      []any
	}{
		{`DELETE FROM key`, nil},
		{`DELETE FROM log`, nil},
		{`INSERT INTO log (origin, tree_size, tree_hash) VALUES ($1, 0, $2)`, []any{public.Name(), base64.StdEncoding.EncodeToString(empty[:])}},
		{`INSERT INTO key (origin, key) VALUES ($1, $2)`, []any{public.Name(), public.String()}},
	} {
		_, err := db.Exec(s.statement, s.args...)
		require.NoError(t, err)
	}
}
