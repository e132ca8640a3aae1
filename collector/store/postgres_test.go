package store

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/internal/testpg"
)

// execute runs statements, each on its own, on a database.
func execute(t *testing.T, url string, statements ...string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	require.NoError(t, err)
	defer db.Close()
	for _, one := range statements {
		_, err := db.ExecContext(ctx, one)
		require.NoError(t, err, one)
	}
}

// What counts is what the collector's own sessions see: a role and a database have
// settings of their own, and the URL can have some too.
func TestForgetfulPostgreSQLIsRefused(t *testing.T) {
	server := testpg.Start(t)
	for _, value := range []string{"off", "local", "remote_write"} {
		t.Run(value, func(t *testing.T) {
			u := server.Database(t)
			name := urlOf(t, u).Path[1:]
			execute(t, u, fmt.Sprintf("ALTER DATABASE %s SET synchronous_commit = %s", name, value))
			_, err := Open(ctx, u, Options{Sign: sign})
			require.ErrorIs(t, err, ErrForgetful)
			require.ErrorContains(t, err, value)

			// The role's setting goes before the database's.
			execute(t, u, fmt.Sprintf("ALTER ROLE valik IN DATABASE %s SET synchronous_commit = remote_apply", name))
			open(t, u)
			execute(t, u, fmt.Sprintf("ALTER ROLE valik IN DATABASE %s SET synchronous_commit = %s", name, value),
				fmt.Sprintf("ALTER DATABASE %s RESET synchronous_commit", name))
			_, err = Open(ctx, u, Options{Sign: sign})
			require.ErrorIs(t, err, ErrForgetful)

			execute(t, u, fmt.Sprintf("ALTER ROLE valik IN DATABASE %s RESET synchronous_commit", name))
			open(t, u)
			_, err = Open(ctx, withOption(t, u, "synchronous_commit", value), Options{Sign: sign})
			require.ErrorIs(t, err, ErrForgetful)
			// A backup is only read.
			source, err := OpenSource(ctx, withOption(t, u, "synchronous_commit", value))
			require.NoError(t, err)
			require.NoError(t, source.Close())
		})
	}
}

// Sessions keep what they began with, and those that begin later are looked at too.
func TestForgetfulLater(t *testing.T) {
	server := testpg.Start(t)
	u := server.Database(t)
	s := open(t, u)
	held, err := s.db.Conn(ctx)
	require.NoError(t, err)
	defer held.Close()
	execute(t, u, "ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()")
	refusesSoon(t, u)
	var value string
	require.NoError(t, held.QueryRowContext(ctx, "SHOW synchronous_commit").Scan(&value))
	require.Equal(t, "on", value)
	another, err := s.db.Conn(ctx)
	for ; err == nil; another, err = s.db.Conn(ctx) { // those that are in the pool
		defer another.Close()
	}
	require.ErrorIs(t, err, ErrForgetful)
}

func TestForgetfulDisk(t *testing.T) {
	server := testpg.Start(t)
	u := server.Database(t)
	open(t, u)
	execute(t, u, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
	refusesSoon(t, u)
}

// refusesSoon waits until a server has read its configuration again and is refused.
func refusesSoon(t *testing.T, u string) {
	t.Helper()
	require.Eventually(t, func() bool {
		s, err := Open(ctx, u, Options{Sign: sign})
		if err == nil {
			require.NoError(t, s.Close())
			return false
		}
		require.ErrorIs(t, err, ErrForgetful)
		return true
	}, time.Minute, 20*time.Millisecond)
}

func urlOf(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	require.NoError(t, err)
	return u
}

func withOption(t *testing.T, s, key, value string) string {
	t.Helper()
	u := urlOf(t, s)
	q := u.Query()
	q.Set(key, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// awaitStandby lets a database's server wait for a standby that is not there, or for none.
func awaitStandby(t *testing.T, u, name string) {
	t.Helper()
	execute(t, u, fmt.Sprintf("ALTER SYSTEM SET synchronous_standby_names = '%s'", name), "SELECT pg_reload_conf()")
	db, err := sql.Open("pgx", u)
	require.NoError(t, err)
	defer db.Close()
	// Whether all processes of the server have heard of it shows in what becomes of a commit.
	require.Eventually(t, func() bool {
		waited := false
		interrupt := func() { waited = true; cancelCommits(t, u) }
		require.NoError(t, breakOff(t, u, interrupt, func() error {
			_, err := db.ExecContext(ctx, `SELECT pg_logical_emit_message(true, 'test', '')`)
			return err
		}))
		return waited == (name != "")
	}, time.Minute, 10*time.Millisecond)
}

// breakOff begins a commit and interrupts it when it is seen to wait for the standby, as
// often as it does, until it ends.
func breakOff(t *testing.T, u string, interrupt func(), commit func() error) error {
	t.Helper()
	db, err := sql.Open("pgx", u)
	require.NoError(t, err)
	defer db.Close()
	done := make(chan error, 1)
	go func() { done <- commit() }()
	for {
		select {
		case err := <-done:
			return err
		case <-time.After(20 * time.Millisecond):
			var waits bool
			require.NoError(t, db.QueryRowContext(ctx, `SELECT count(*) > 0 FROM pg_stat_activity WHERE `+commitWaits).Scan(&waits))
			if waits {
				interrupt()
			}
		}
	}
}

// commitWaits finds the sessions whose commit waits for the standby.
const commitWaits = `datname = current_database() AND wait_event = 'SyncRep'`

// cancelCommits does what a database's administrator may do to commits that do not end.
func cancelCommits(t *testing.T, u string) {
	t.Helper()
	execute(t, u, `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE `+commitWaits)
}

// A batch whose wait for the standby is broken off can be read, by everybody. Nobody
// gets a checkpoint that holds it before the standby has it.
func TestWhatTheStandbyLacksIsNotShown(t *testing.T) {
	server := testpg.Start(t)
	u := server.Database(t)
	s, other := opened(t, u), open(t, u)
	_, err := other.Checkpoint(ctx)
	require.NoError(t, err)
	alone, err := s.WaitsForNobody(ctx)
	require.NoError(t, err)
	require.True(t, alone)
	awaitStandby(t, u, "away")
	alone, err = s.WaitsForNobody(ctx)
	require.NoError(t, err)
	require.False(t, alone)

	limited, cancel := context.WithCancel(ctx)
	defer cancel()
	b := ballot("v", 1)
	require.Error(t, breakOff(t, u, cancel, func() error {
		return s.Update(limited, func(tx *Tx) error { return tx.AppendBallot(b, []byte("leaf")) })
	}))
	require.Eventually(t, func() bool {
		_, err := other.Envelope(ctx, b.Envelope)
		return err == nil
	}, time.Minute, 10*time.Millisecond, "PostgreSQL has committed it all the same")
	for _, one := range []*Store{s, other} {
		short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		defer cancel()
		_, err := one.Checkpoint(short)
		require.Error(t, err)
		_, err = one.CheckpointOver(short, b.Index)
		require.Error(t, err)
		// What the standby had is still shown.
		_, err = one.CheckpointOver(ctx, 0)
		require.NoError(t, err)
	}
	awaitStandby(t, u, "")
	for _, one := range []*Store{s, other} {
		c, err := one.CheckpointOver(ctx, b.Index)
		require.NoError(t, err)
		require.Equal(t, uint64(2), c.Size)
	}
	update(t, other, func(tx *Tx) error { _, err := tx.Append([]byte("next")); return err })
}

// PostgreSQL calls it a success when somebody cancels the wait for the standby.
func TestCommitThatWasNotConfirmed(t *testing.T) {
	server := testpg.Start(t)
	u := server.Database(t)
	s := opened(t, u)
	awaitStandby(t, u, "away")
	cancel := func() { cancelCommits(t, u) }
	require.ErrorIs(t, breakOff(t, u, cancel, func() error {
		return s.Update(ctx, func(tx *Tx) error { return tx.AppendBallot(ballot("v", 1), []byte("leaf")) })
	}), ErrUnsure)
	require.ErrorIs(t, breakOff(t, u, cancel, func() error {
		_, err := s.Checkpoint(ctx)
		return err
	}), ErrUnsure)
	awaitStandby(t, u, "")
	_, err := s.Checkpoint(ctx)
	require.NoError(t, err)
	update(t, s, func(tx *Tx) error { return tx.AppendBallot(ballot("v", 2), []byte("leaf 2")) })
}

// silentProxy forwards connections to a server until it falls silent: then it takes what
// comes, forwards nothing, and ends nothing.
type silentProxy struct {
	listener net.Listener
	mu       sync.Mutex
	conns    []net.Conn
	silent   chan struct{}
}

func newSilentProxy(t *testing.T, socket string) *silentProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &silentProxy{listener: l, silent: make(chan struct{})}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("unix", socket)
			if err != nil {
				t.Error(err)
				return
			}
			p.mu.Lock()
			p.conns = append(p.conns, in, out)
			p.mu.Unlock()
			running.Go(func() { p.forward(out, in) })
			running.Go(func() { p.forward(in, out) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.mu.Lock()
		for _, c := range p.conns {
			c.Close()
		}
		p.mu.Unlock()
		running.Wait()
	})
	return p
}

func (p *silentProxy) forward(to io.Writer, from io.Reader) {
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		if err != nil {
			return
		}
		select {
		case <-p.silent:
			continue
		default:
		}
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}

// awake is longer than a PostgreSQL on a busy machine with a slow disk is silent.
const awake = 2 * time.Second

// throughProxy gives a store whose connections are silent when the test says so.
func throughProxy(t *testing.T, silence time.Duration) (*Store, *silentProxy) {
	t.Helper()
	u := urlOf(t, testpg.Start(t).Database(t))
	opened(t, u.String())
	p := newSilentProxy(t, u.Query().Get("host")+"/.s.PGSQL.5432")
	u.Host, u.RawQuery = p.listener.Addr().String(), "sslmode=disable"
	d := postgres(u.String())
	d.silence = silence
	db, err := d.open(ctx)
	require.NoError(t, err)
	s := &Store{db: db, dialect: d, options: Options{Sign: sign}}
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s, p
}

// A collector that starts has no time limit of its own, and a connection that is dead
// without a word must not hold it up for ever.
func TestSilentDatabase(t *testing.T) {
	s, p := throughProxy(t, awake)
	require.NoError(t, s.Audit(ctx))
	time.Sleep(awake + 100*time.Millisecond) // a connection that nobody waits for may be silent
	update(t, s, func(tx *Tx) error { return tx.AppendBallot(ballot("v", 1), []byte("leaf")) })
	close(p.silent)
	began := time.Now()
	for name, ask := range map[string]func() error{
		"Audit":  func() error { return s.Audit(ctx) },
		"Update": func() error { return s.Update(ctx, func(*Tx) error { return nil }) },
		"large": func() error {
			_, err := s.db.ExecContext(ctx, `SELECT length($1)`, string(make([]byte, 32<<20)))
			return err
		},
	} {
		require.Error(t, ask(), name)
	}
	require.Less(t, time.Since(began), time.Minute)
}

// The caller's own time limit goes before that of silence, and says so.
func TestSilentDatabaseCallersLimit(t *testing.T) {
	s, p := throughProxy(t, time.Hour)
	conn, err := s.db.Conn(ctx)
	require.NoError(t, err)
	defer conn.Close()
	close(p.silent)
	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	_, err = conn.ExecContext(short, `SELECT 1`)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotErrorIs(t, err, errSilent)
}

// The same, in the middle of a statement, is told by its reason.
func TestSilentStatement(t *testing.T) {
	s, p := throughProxy(t, awake)
	conn, err := s.db.Conn(ctx)
	require.NoError(t, err)
	defer conn.Close()
	close(p.silent)
	_, err = conn.ExecContext(ctx, `SELECT 1`)
	require.ErrorIs(t, err, errSilent)
}

// Somebody listens at the database's address and never says a word.
func TestSilentListener(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	began := time.Now()
	for _, u := range []string{"postgres://valik@" + l.Addr().String() + "/v?connect_timeout=1&sslmode=disable"} {
		_, err = Open(ctx, u, Options{Sign: sign})
		require.Error(t, err)
	}
	d := postgres("postgres://valik@" + l.Addr().String() + "/v?sslmode=disable")
	d.silence = 200 * time.Millisecond
	_, err = d.open(ctx)
	require.ErrorIs(t, err, errSilent)
	require.Less(t, time.Since(began), time.Minute)
}
