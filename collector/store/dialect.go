package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// maxConnections bounds what one collector asks of its database.
const maxConnections = 16

// dialect is all in which the two databases differ: how they are opened and how a
// starting collector locks the others out. The statements are the same.
type dialect struct {
	driver, source string
	goose          goose.Dialect
	// lockSource and lock take a lock that a connection holds until it is closed.
	lockSource, lock string
	file             string        // SQLite's file
	catalogue        string        // statement that gives every column with its table
	silence          time.Duration // how long PostgreSQL may not answer
	barrier          string        // PostgreSQL's smallest commit that waits for the standby
}

func parseURL(s string) (*dialect, error) {
	u, err := url.Parse(s)
	if err != nil {
		// The URL may hold a password: the error of url.Parse would repeat it.
		return nil, fmt.Errorf("store: the database's URL cannot be parsed")
	}
	switch u.Scheme {
	case "postgres", "postgresql":
		return postgres(s), nil
	case "sqlite":
		return sqlite(u)
	}
	return nil, fmt.Errorf("store: the database's URL must begin with postgres:// or sqlite:, not %q", u.Scheme)
}

func sqlite(u *url.URL) (*dialect, error) {
	path := u.Path
	if path == "" {
		path = u.Opaque // sqlite:relative.db
	}
	if path == "" || u.Host != "" || u.RawQuery != "" {
		return nil, fmt.Errorf("store: write the database's URL as sqlite:///path/file.db")
	}
	// FULL: a commit is on the disk before it returns, also in WAL mode; a receipt
	// must not outlive its ballot because the power failed.
	settings := url.Values{
		"_busy_timeout": {"10000"}, "_journal_mode": {"WAL"}, "_synchronous": {"FULL"},
		"_foreign_keys": {"1"}, "_dqs": {"0"}, "_defensive": {"1"},
	}
	return &dialect{
		driver: "sqlite", source: sqliteSource(path, settings), goose: goose.DialectSQLite3, file: path,
		// SQLite locks a whole file, and the migration needs to write ours: a file beside it is the lock.
		lockSource: sqliteSource(path+"-migration", url.Values{"_busy_timeout": {"60000"}}), lock: `BEGIN EXCLUSIVE`,
		catalogue: `SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`,
	}, nil
}

func sqliteSource(path string, settings url.Values) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + settings.Encode()
}

func (d *dialect) open(ctx context.Context) (*sql.DB, error) {
	if err := d.makePrivate(); err != nil {
		return nil, err
	}
	db, err := d.connect(d.source, refuseForgetful)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(maxConnections)
	db.SetMaxIdleConns(maxConnections)
	if err := d.migrate(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// makePrivate makes SQLite's file before SQLite does: it will hold who voted.
func (d *dialect) makePrivate() error {
	if d.file == "" {
		return nil
	}
	f, err := os.OpenFile(d.file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}
