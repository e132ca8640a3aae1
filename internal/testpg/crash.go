package testpg

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/internal/loopback"
)

// tcp is how a server is reached over loopback. Every user of the machine can come that
// far, therefore with a password.
type tcp struct {
	port, password string
	postmaster     int
	ended          chan struct{}
}

// restartLimit is how long the shared memory of a killed server may be in the way.
const restartLimit = 30 * time.Second

// NewTCP makes and starts a server that is reached over loopback too, by the URLs of Over,
// and may be killed. Its folder is a new one in parent, "" for that of temporary files,
// which must be open to everybody. Stop it in the end.
func NewTCP(parent string) (*Server, error) {
	dir, err := os.MkdirTemp(parent, "testpg")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s := &Server{dir: dir, tcp: &tcp{port: port, password: rand.Text(), ended: make(chan struct{})}}
	close(s.tcp.ended) // it does not run yet
	return begin(s)
}

// freePort gives a port that no connection takes while the server is down.
func freePort() (string, error) {
	address, err := loopback.Free()
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(address)
	return port, err
}

// Address is where a server of NewTCP listens.
func (s *Server) Address() string { return net.JoinHostPort("127.0.0.1", s.tcp.port) }

// Over gives the URL of a database of a server of NewTCP, which database has given, over
// an address, its own or that of a proxy.
func (s *Server) Over(database, address string) (string, error) {
	u, err := url.Parse(database)
	if err != nil {
		return "", err
	}
	u.User, u.Host, u.RawQuery = url.UserPassword(superuser, s.tcp.password), address, url.Values{"sslmode": {"disable"}}.Encode()
	return u.String(), nil
}

// Drop removes a database, which Database has given, and ends all connections to it.
func (s *Server) Drop(t testing.TB, database string) {
	t.Helper()
	s.administer(t, database, "DROP DATABASE %s WITH (FORCE)")
}

// Refuse ends all connections to a database, which Database has given, and lets nobody
// connect to it until the function that it gives is called.
func (s *Server) Refuse(t testing.TB, database string) (admit func()) {
	t.Helper()
	s.administer(t, database, "ALTER DATABASE %s ALLOW_CONNECTIONS false")
	s.administer(t, database, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '%s'")
	return func() {
		t.Helper()
		s.administer(t, database, "ALTER DATABASE %s ALLOW_CONNECTIONS true")
	}
}

// administer runs a statement about a database outside of it; its %s is the name.
func (s *Server) administer(t testing.TB, database, statement string) {
	t.Helper()
	u, err := url.Parse(database)
	require.NoError(t, err)
	admin, err := sql.Open("pgx", s.url("postgres"))
	require.NoError(t, err)
	defer admin.Close()
	_, err = admin.Exec(fmt.Sprintf(statement, strings.TrimPrefix(u.Path, "/")))
	require.NoError(t, err)
}

// startChild starts the postmaster as a child of this process: one that was killed is only
// gone when its parent has taken note, and until then its folder is taken.
func (s *Server) startChild() error {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), "-D", s.data(), "-k", s.dir, "-p", s.tcp.port,
		"-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200")
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = s.dir, log, log, s.owner.attributes()
	if err := cmd.Start(); err != nil {
		return err
	}
	s.tcp.postmaster, s.tcp.ended = cmd.Process.Pid, make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(s.tcp.ended)
	}()
	return s.waitReady()
}

// waitReady waits until the server answers.
func (s *Server) waitReady() error {
	db, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		err := db.Ping()
		switch {
		case err == nil:
			return nil
		case !s.Running() || time.Since(began) > restartLimit:
			said, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("testpg: the server does not answer: %w: %s", err, said[max(0, len(said)-2000):])
		}
	}
}

// Kill ends the postmaster and all its children by SIGKILL, as the loss of a machine does.
func (s *Server) Kill() error {
	if !s.Running() {
		return nil
	}
	// It stops first, so that it starts no child any more.
	if err := syscall.Kill(s.tcp.postmaster, syscall.SIGSTOP); err != nil {
		return err
	}
	for _, pid := range append(childrenOf(s.tcp.postmaster), s.tcp.postmaster) {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
	}
	<-s.tcp.ended
	return nil
}

// quit ends a running server at once, but so that it gives its shared memory back.
func (s *Server) quit() error {
	if !s.Running() {
		return nil
	}
	if err := syscall.Kill(s.tcp.postmaster, syscall.SIGQUIT); err != nil {
		return err
	}
	select {
	case <-s.tcp.ended:
		return nil
	case <-time.After(restartLimit):
		return s.Kill()
	}
}

// childrenOf are the processes whose parent a process is.
func childrenOf(parent int) []int {
	var pids []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// pid (name) state ppid: the name may hold anything but is the last in brackets.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err == nil && len(fields) > 1 && fields[1] == strconv.Itoa(parent) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// Restart starts a server that was killed or has crashed.
func (s *Server) Restart() error {
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		err := s.start()
		if err == nil || time.Since(began) > restartLimit {
			return err
		}
	}
}

// Running says whether the postmaster is there.
func (s *Server) Running() bool {
	select {
	case <-s.tcp.ended:
		return false
	default:
		return true
	}
}
