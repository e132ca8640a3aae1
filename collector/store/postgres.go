package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib" // and the driver "pgx"
	"github.com/pressly/goose/v3"
)

// connectTime is how long connecting to one host may take, sign-on included, if the URL has
// no connect_timeout.
const connectTime = 20 * time.Second

var (
	// ErrForgetful is returned for a PostgreSQL that would answer a commit before it is safe.
	ErrForgetful = errors.New("store: a receipt could outlive its ballot")
	// ErrUnsure is returned when PostgreSQL has committed with a warning. It does so when it was
	// made to stop waiting for its standby: the loss of this server could undo that commit.
	ErrUnsure = errors.New("store: PostgreSQL warned while it committed, so that the standby may not have it")
)

func postgres(source string) *dialect {
	return &dialect{
		driver: "pgx", source: source, goose: goose.DialectPostgres, silence: silence,
		lockSource: source, lock: `SELECT pg_advisory_lock(7881700423)`,
		catalogue: `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()`,
		barrier:   `SELECT pg_logical_emit_message(true, 'valik', '')`,
	}
}

// connect opens a source. Connections are made when they are needed, and check is asked
// about each of PostgreSQL's.
func (d *dialect) connect(source string, check ...stdlib.OptionOpenDB) (*sql.DB, error) {
	if d.driver != "pgx" {
		return sql.Open(d.driver, source)
	}
	config, err := pgx.ParseConfig(source)
	if err != nil {
		return nil, err
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTime
	}
	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &impatient{Conn: conn, silence: d.silence}, nil
	}
	config.OnNotice = noteWarning
	return stdlib.OpenDB(*config, check...), nil
}

// refuseForgetful lets every session of a collector begin with a look at its own settings:
// a role or a database may have others than the server. What it finds is pinned for the
// session, so that a server that reads its configuration again does not change it.
//
// What is refused even without a standby would be wrong from the moment one is named.
var refuseForgetful = stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
	err := checkSession(ctx, conn)
	if err != nil {
		err = errors.Join(err, conn.Close(ctx))
	}
	return err
})

func checkSession(ctx context.Context, conn *pgx.Conn) error {
	var fsync, commit string
	err := conn.QueryRow(ctx, `SELECT current_setting('fsync'),
		set_config('synchronous_commit', current_setting('synchronous_commit'), false)`).Scan(&fsync, &commit)
	switch {
	case err != nil:
		return err
	case fsync != "on":
		return fmt.Errorf("%w: fsync of PostgreSQL is %s: set it to on", ErrForgetful, fsync)
	case commit != "on" && commit != "remote_apply":
		return fmt.Errorf("%w: synchronous_commit is %s in the collector's session: set it to on, for its role and database too", ErrForgetful, commit)
	}
	return nil
}

// WaitsForNobody says whether the database is a PostgreSQL that commits without a
// standby: what was acknowledged is lost with its disk.
func (s *Store) WaitsForNobody(ctx context.Context) (yes bool, err error) {
	if s.dialect.driver != "pgx" {
		return false, nil
	}
	err = s.db.QueryRowContext(ctx, `SELECT current_setting('synchronous_standby_names') = ''`).Scan(&yes)
	return yes, wrap(err)
}

// warned is where a connection keeps that PostgreSQL has warned.
const warned = "valik warned"

func noteWarning(conn *pgconn.PgConn, n *pgconn.Notice) {
	if n.SeverityUnlocalized == "WARNING" {
		conn.CustomData()[warned] = n.Message
	}
}

// surely runs f, which commits, and fails if PostgreSQL warned meanwhile. When somebody
// cancels the wait for the standby, or a time limit does, PostgreSQL answers with success.
func (s *Store) surely(ctx context.Context, f func(*sql.Conn) error) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer conn.Close()
	// A warning of the sign-on says nothing of the commit.
	if err := conn.Raw(func(c any) error { _, err := takeWarning(c); return err }); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if err := f(conn); err != nil {
		return err
	}
	var text string
	if err := conn.Raw(func(c any) (err error) { text, err = takeWarning(c); return err }); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	if text != "" {
		return fmt.Errorf("%w: %s", ErrUnsure, text)
	}
	return nil
}

// takeWarning gives what PostgreSQL has warned of on a connection, and forgets it.
func takeWarning(c any) (string, error) {
	own, isPostgres := c.(*stdlib.Conn)
	if !isPostgres {
		return "", nil
	}
	if own.Conn().IsClosed() {
		return "", driver.ErrBadConn
	}
	data := own.Conn().PgConn().CustomData()
	text, _ := data[warned].(string)
	delete(data, warned)
	return text, nil
}
