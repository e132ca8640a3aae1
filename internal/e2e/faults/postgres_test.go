package faults

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"valik/internal/testpg"
)

// postgres is a server of its own for a test, with a way to it that can be disturbed.
type postgres struct {
	*testpg.Server
	way *proxy
}

func startPostgres(t testing.TB, parent string) *postgres {
	t.Helper()
	s, err := testpg.NewTCP(parent)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	return &postgres{Server: s}
}

// behind puts a proxy before the server.
func (p *postgres) behind(t testing.TB, all *proxies) *postgres {
	t.Helper()
	p.way = all.to(t, p.Address())
	return p
}

// standby starts one, for which the server waits until the test ends.
func (p *postgres) standby(t testing.TB) *testpg.Server {
	t.Helper()
	s, err := p.Standby("")
	require.NoError(t, err)
	t.Cleanup(func() {
		if p.Running() {
			require.NoError(t, p.WaitFor("")) // or what is cleaned up later would wait
		}
		require.NoError(t, s.Stop())
	})
	return s
}

// database is that of one election, with a connection of the test's own beside the proxy.
type database struct {
	url  string // for collectors
	own  *sql.DB
	lock string // takes the lock of the one writer
}

// database makes one.
func (p *postgres) database(t testing.TB) *database {
	t.Helper()
	url := p.Database(t)
	t.Cleanup(func() {
		if p.Running() {
			p.Drop(t, url)
		}
	})
	address := p.Address()
	if p.way != nil {
		address = p.way.address
	}
	collectors, err := p.Over(url, address)
	require.NoError(t, err)
	return openDatabase(t, "pgx", url, &database{url: collectors, lock: `BEGIN; SELECT size FROM head FOR UPDATE`})
}

func openSQLite(t testing.TB, dir string) *database {
	t.Helper()
	url := sqliteURL(dir)
	return openDatabase(t, "sqlite", dir+"/collector.db?_pragma=busy_timeout(10000)", &database{url: url, lock: `BEGIN IMMEDIATE`})
}

func openDatabase(t testing.TB, driver, source string, d *database) *database {
	t.Helper()
	var err error
	d.own, err = sql.Open(driver, source)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.own.Close()) })
	return d
}

// take runs a statement in a connection and gives the function that closes it, which gives
// back what the statement has locked.
func (d *database) take(t testing.TB, statement string) (release func()) {
	t.Helper()
	release, err := d.tryTake(statement, soon)
	require.NoError(t, err)
	return release
}

// tryTake is take while the database may be away, or locked by others for longer.
func (d *database) tryTake(statement string, within time.Duration) (release func(), err error) {
	conn, err := d.own.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	release = func() {
		_, _ = conn.ExecContext(context.Background(), `ROLLBACK`)
		_ = conn.Close()
	}
	if _, err := conn.ExecContext(ctx, statement); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// hold takes the lock of the one writer, so that batches wait.
func (d *database) hold(t testing.TB) (release func()) { return d.take(t, d.lock) }

// waitHeld waits until a collector waits for the lock.
func (d *database) waitHeld(t testing.TB) {
	t.Helper()
	if d.lock == `BEGIN IMMEDIATE` {
		time.Sleep(300 * time.Millisecond) // SQLite does not tell who waits; all voters cast much oftener
		return
	}
	d.waitFor(t, `SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
}

func (d *database) waitFor(t testing.TB, question string) {
	t.Helper()
	require.Eventually(t, func() bool {
		var yes bool
		err := d.own.QueryRow(question).Scan(&yes)
		return err == nil && yes
	}, soon, 10*time.Millisecond, question)
}

// makeCommitsWait lets the database ask for a lock at the end of every transaction with
// ballots: who holds it stops the server between COMMIT and its answer.
func (d *database) makeCommitsWait(t testing.TB) (hold func(testing.TB) (release func())) {
	t.Helper()
	_, err := d.own.Exec(`
CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER wait_at_commit AFTER INSERT ON ballot
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_at_commit()`)
	require.NoError(t, err)
	return func(t testing.TB) func() { return d.take(t, `BEGIN; SELECT pg_advisory_xact_lock(4711)`) }
}

const committing = `FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`

func (d *database) waitCommitting(t testing.TB) { d.waitFor(t, `SELECT count(*) > 0 `+committing) }

// endCommitting ends the server's side of the connection, and the transaction with it.
func (d *database) endCommitting(t testing.TB) {
	t.Helper()
	_, err := d.own.Exec(`SELECT pg_terminate_backend(pid) ` + committing)
	require.NoError(t, err)
	d.waitFor(t, `SELECT count(*) = 0 `+committing)
}

// waitNobody waits until no connection but the test's is at work.
func (d *database) waitNobody(t testing.TB) {
	t.Helper()
	d.waitFor(t, `SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE '%active%'`)
}

func (d *database) ballots(t testing.TB) int {
	t.Helper()
	var n int
	require.NoError(t, d.own.QueryRow(`SELECT count(*) FROM ballot`).Scan(&n))
	return n
}
