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
	made     atomic.Int64
	tcp      *tcp // nil: over the socket alone
}

// Start makes and starts a server, which is stopped when the test ends. The test
// fails, and does not skip, where PostgreSQL is not installed.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := New()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	return s
}

// New makes and starts a server for many tests. Stop it at the end of TestMain.
func New() (*Server, error) {
	dir, err := os.MkdirTemp("", "testpg")
	if err != nil {
		return nil, err
	}
	return begin(&Server{dir: dir})
}

// begin makes and starts a server in its folder, which is gone if that fails.
func begin(s *Server) (*Server, error) {
	err := s.make()
	if err == nil {
		err = s.start()
	}
	if err != nil && s.tcp != nil {
		err = errors.Join(err, s.quit())
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	return s, nil
}

func (s *Server) make() error {
	var err error
	if s.bin, err = findBin(); err != nil {
		return err
	}
	if s.owner, err = ordinaryUser(); err != nil {
		return err
	}
	if err := s.owner.give(s.dir); err != nil {
		return err
	}
	args := []string{"--pgdata", s.data(), "--username", superuser, "--auth-local", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"}
	if s.tcp == nil {
		return s.run("initdb", append(args, "--auth-host", "reject")...)
	}
	passwords := filepath.Join(s.dir, "password")
	if err := os.WriteFile(passwords, []byte(s.tcp.password+"\n"), 0o600); err != nil {
		return err
	}
	if err := s.owner.give(passwords); err != nil {
		return err
	}
	return s.run("initdb", append(args, "--auth-host", "scram-sha-256", "--pwfile", passwords)...)
}

func (s *Server) start() error {
	if s.tcp != nil {
		return s.startChild()
	}
	return s.run("pg_ctl", "start", "--pgdata", s.data(), "--wait", "--log", filepath.Join(s.dir, "log"),
		"--options", fmt.Sprintf("-c listen_addresses='' -k %s -c max_connections=200", s.dir))
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	if s.tcp != nil {
		return errors.Join(s.quit(), os.RemoveAll(s.dir))
	}
	err := s.run("pg_ctl", "stop", "--pgdata", s.data(), "--wait", "--mode", "immediate")
	return errors.Join(err, os.RemoveAll(s.dir))
}

// Database makes an empty database on the server and gives its URL.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	url, err := s.Create()
	require.NoError(t, err)
	return url
}

// Create does the same outside of a test.
func (s *Server) Create() (string, error) {
	admin, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		return "", err
	}
	defer admin.Close()
	name := fmt.Sprintf("test%d", s.made.Add(1))
	if _, err := admin.ExecContext(context.Background(), "CREATE DATABASE "+name); err != nil {
		return "", fmt.Errorf("testpg: %w", err)
	}
	return s.url(name), nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) url(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database}
	query := url.Values{"host": {s.dir}}
	if s.tcp != nil {
		query.Set("port", s.tcp.port)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

func (s *Server) run(program string, args ...string) error {
	// A detached server would keep a pipe open and block the wait: output goes to a file.
	out, err := os.Create(filepath.Join(s.dir, program+".out"))
	if err != nil {
		return err
	}
	defer out.Close()
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, out, out
	cmd.SysProcAttr = s.owner.attributes()
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		return fmt.Errorf("testpg: %s: %w: %s", program, err, said)
	}
	return nil
}

// findBin gives the folder of initdb and pg_ctl: Debian keeps them out of PATH.
func findBin() (string, error) {
	if p, err := exec.LookPath("initdb"); err == nil {
		// It may be a link, and the other programs are beside what it leads to.
		p, err = filepath.EvalSymlinks(p)
		return filepath.Dir(p), err
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("initdb not found in PATH or /usr/lib/postgresql/*/bin: " +
			"this test needs a PostgreSQL server, install it with `apt-get install postgresql`")
	}
	return filepath.Dir(found[len(found)-1]), nil
}
