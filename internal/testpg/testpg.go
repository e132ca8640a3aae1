// Package testpg starts a private PostgreSQL server for a test: made by initdb in a
// folder of its own, owned by an ordinary user, reached over a Unix socket, gone
// afterwards. Nothing of the machine's own PostgreSQL is touched.
package testpg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/stretchr/testify/require"
)

// superuser is the database role that initdb makes; connections are trusted because
// only this test's user can enter the socket's folder.
const superuser = "valik"

// Server is a running private PostgreSQL server.
type Server struct {
	bin, dir string
	owner    *owner
	admin    *sql.DB
	made     atomic.Int64
}

// Start makes and starts a server, which is stopped when the test ends. The test
// fails, and does not skip, where PostgreSQL is not installed.
func Start(t testing.TB) *Server {
	t.Helper()
	bin, err := findBin()
	require.NoError(t, err)
	s := &Server{bin: bin, owner: ordinaryUser(t)}
	s.dir, err = os.MkdirTemp("", "testpg")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(s.dir)) })
	require.NoError(t, s.owner.give(s.dir))

	s.run(t, "initdb", "--pgdata", s.data(), "--username", superuser, "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C", "--no-sync")
	s.run(t, "pg_ctl", "start", "--pgdata", s.data(), "--wait", "--log", filepath.Join(s.dir, "log"),
		"--options", fmt.Sprintf("-c listen_addresses='' -k %s -c max_connections=200", s.dir))
	t.Cleanup(func() { s.run(t, "pg_ctl", "stop", "--pgdata", s.data(), "--wait", "--mode", "immediate") })

	s.admin, err = sql.Open("pgx", s.url("postgres"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.admin.Close()) })
	return s
}

// Database makes an empty database on the server and gives its URL.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test%d", s.made.Add(1))
	_, err := s.admin.ExecContext(context.Background(), "CREATE DATABASE "+name)
	require.NoError(t, err)
	return s.url(name)
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) url(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database}
	u.RawQuery = url.Values{"host": {s.dir}}.Encode()
	return u.String()
}

func (s *Server) run(t testing.TB, program string, args ...string) {
	t.Helper()
	// A detached server would keep a pipe open and block the wait: output goes to a file.
	out, err := os.Create(filepath.Join(s.dir, program+".out"))
	require.NoError(t, err)
	defer out.Close()
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, out, out
	cmd.SysProcAttr = s.owner.attributes()
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		require.NoError(t, err, "%s: %s", program, said)
	}
}

// findBin gives the folder of initdb and pg_ctl: Debian keeps them out of PATH.
func findBin() (string, error) {
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("initdb not found in PATH or /usr/lib/postgresql/*/bin: " +
			"this test needs a PostgreSQL server, install it with `apt-get install postgresql`")
	}
	return filepath.Dir(found[len(found)-1]), nil
}
