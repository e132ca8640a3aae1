package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
)

var (
	// ErrVersion is returned for a database whose tables are those of another version of this program.
	ErrVersion = errors.New("store: the database was made by another version of this program; use that one, or start the collector of this version on it first")
	// ErrNotEmpty is returned when a backup is to be restored over something.
	ErrNotEmpty = errors.New("store: the database is not empty, and nothing is written over; name a new one in the settings")
)

// Progress is told how far a copy is: rows of a table.
type Progress func(table string, done, total int)

// Backup copies the database of the URL, as it is at one moment, into a new SQLite file,
// while collectors go on. The file has mode 0600 and is a database of this program like
// any other. It gets its name when it is whole, on disk, and check, which is given the
// copy, has found nothing. Errors: fs.ErrExist, ErrVersion, those of check and of the two
// databases.
func Backup(ctx context.Context, from, file string, draw Progress, check func(*Store) error) error {
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("store: %s: %w", file, fs.ErrExist)
	}
	source, err := OpenSource(ctx, from)
	if err != nil {
		return err
	}
	defer source.Close()
	dir, err := os.MkdirTemp(filepath.Dir(file), ".backup-")
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer os.RemoveAll(dir)
	unfinished := filepath.Join(dir, "backup.db")
	if err := source.copyTo(ctx, unfinished, draw, check); err != nil {
		return err
	}
	return name(unfinished, file)
}

// copyTo makes the file, checks it and makes it durable.
func (s *Store) copyTo(ctx context.Context, file string, draw Progress, check func(*Store) error) error {
	d, err := sqlite(&url.URL{Path: file})
	if err != nil {
		return err
	}
	// Whether the file was written whole is found out before it is named: no journal.
	d.source = sqliteSource(file, url.Values{"_journal_mode": {"OFF"}, "_synchronous": {"OFF"}, "_foreign_keys": {"1"}})
	db, err := d.open(ctx)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	copied := &Store{db: db, dialect: d}
	err = copied.fill(ctx, s, draw, func(*sql.Tx) error { return nil })
	if err == nil {
		err = copied.Audit(ctx)
	}
	if err == nil {
		err = check(copied)
	}
	return errors.Join(err, db.Close(), flush(file))
}

// OpenSource opens a database to copy from it: it is not changed, and not made if it is not there.
func OpenSource(ctx context.Context, from string) (*Store, error) {
	d, err := parseURL(from)
	if err != nil {
		return nil, err
	}
	if d.file != "" {
		if _, err := os.Stat(d.file); err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
	}
	db, err := d.connect(d.source)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s := &Store{db: db, dialect: d}
	if err := d.checkTables(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// OpenBackup opens a file of Backup to read it, and leaves it and its folder as they are.
// Errors: those of the file system, ErrVersion, ErrCorrupt for a file that is no database.
func OpenBackup(ctx context.Context, file string) (*Store, error) {
	if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	d, err := sqlite(&url.URL{Path: file})
	if err != nil {
		return nil, err
	}
	// Without immutable, SQLite would want to write beside a file that was a live database.
	d.source = sqliteSource(file, url.Values{"mode": {"ro"}, "immutable": {"1"}})
	db, err := d.connect(d.source)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s := &Store{db: db, dialect: d}
	err = d.checkTables(ctx, db)
	if err == nil {
		return s, nil
	}
	if !errors.Is(err, ErrVersion) {
		err = fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return nil, errors.Join(fmt.Errorf("%s: %w", file, err), db.Close())
}

// name gives a finished file its name, unless that is taken.
func name(unfinished, file string) error {
	err := os.Link(unfinished, file)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, errors.ErrUnsupported) {
		// A stick's file system has no second names. What comes to be there between the
		// two calls would be lost; Link has no such gap.
		if _, err := os.Lstat(file); err == nil {
			return fmt.Errorf("store: %s: %w", file, fs.ErrExist)
		}
		err = os.Rename(unfinished, file)
	}
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return flush(filepath.Dir(file))
}

// flush makes a file, or the names in a folder, durable.
func flush(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}
