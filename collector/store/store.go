// Package store keeps the log and the ballot box of one election in one SQL database,
// PostgreSQL or SQLite, by the same statements.
//
// The database is the only source of truth. The entries, the hashes of the tree, the
// ballots and the signed checkpoint change in one transaction, and only while it holds
// the lock on the one row of the table head. So no two ballots get the same index, no
// two roots are signed for one size, and what is in a checkpoint is on disk, however
// many collectors share the database and however they die.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

// Phase says what may be appended to the log.
type Phase string

const (
	Setup      Phase = "setup"   // no ballots yet
	Opened     Phase = "open"    // ballots and rolls
	Closed     Phase = "closed"  // no ballots any more
	Settlement Phase = "settled" // no evidence any more
)

var (
	// ErrPhase is returned when a ballot is appended to a log that is not open, or a phase is left out.
	ErrPhase = errors.New("store: the phase of the log does not allow this")
	// ErrNotFound is returned when what was asked for is not in the database.
	ErrNotFound = errors.New("store: not found")
	// ErrLimit is returned when a ballot was looked at as often as is allowed.
	ErrLimit = errors.New("store: the limit is reached")
	// ErrWentBack is returned when the database lacks what this process has committed to it:
	// another one answers in its place, such as a replica that was behind.
	ErrWentBack = errors.New("store: the database does not hold what was committed to it; another one must have taken its place, and to go on would fork the log")
	// ErrCorrupt is returned when the database contradicts itself; nothing more is written then.
	ErrCorrupt = errors.New("store: the database contradicts itself")
)

// Sign gives the signed note of the checkpoint of a tree of this size and root.
type Sign func(size uint64, root tlog.Hash) ([]byte, error)

// Options are what a store needs beside its database.
type Options struct {
	Sign Sign
	// Witnessed says that a checkpoint becomes final by Finish, when witnesses have signed
	// it too. Otherwise it is final in the transaction that makes it.
	Witnessed bool
	// Notices says that every ballot puts a notice to its voter into the queue.
	Notices bool
}

// Store is a log and a ballot box in a database. Its methods may be called at once
// from many goroutines, and many stores of many processes may share one database.
type Store struct {
	db      *sql.DB
	dialect *dialect
	options Options

	// writer keeps this process to one transaction at a time: the database's own lock
	// is enough for safety, but waiting for it here is fair and costs no connection.
	writer sync.Mutex
	last   *board.Growth // what this process committed last; guarded by writer
	recall recall

	barrier sync.Mutex // one wait for the standby at a time
}

// Open opens the database of the URL, postgres://… or sqlite:///path/file.db, and brings
// its tables to the present version, under a lock, so that two collectors may start at once.
func Open(ctx context.Context, url string, options Options) (*Store, error) {
	d, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	db, err := d.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: opening the database: %w", err)
	}
	return &Store{db: db, dialect: d, options: options}, nil
}

// Close closes the connections to the database. What was committed stays.
func (s *Store) Close() error { return s.db.Close() }

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.db.PingContext(ctx) }

// Update runs f as the only writer of the log. If f succeeds, all that it appended is
// committed together with a newly signed checkpoint of it; if f fails, nothing is.
//
// An error of the commit itself leaves open whether it took place (the connection may have
// died in between): the caller must find out by asking for the ballot again.
// It implements Log.Sequence of docs/protocol/casting.md.
func (s *Store) Update(ctx context.Context, f func(*Tx) error) error {
	s.writer.Lock()
	defer s.writer.Unlock()
	var t *Tx
	err := s.surely(ctx, func(conn *sql.Conn) (err error) {
		t, err = s.update(ctx, conn, f)
		return err
	})
	if err != nil {
		return err
	}
	s.recall.makeSafe(t.Size()) // the commit came after all that was there before
	if t.growth != nil {
		s.last = t.growth
		s.recall.grew(t.growth.Size)
		s.recall.putNodes(t.growth.First, t.growth.Hashes)
	}
	return nil
}

// update is the transaction, on a connection.
func (s *Store) update(ctx context.Context, conn *sql.Conn, f func(*Tx) error) (*Tx, error) {
	// Every statement after the lock must see what the writer before it committed.
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	defer tx.Rollback() // does nothing after a commit
	t, err := lock(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := t.holds(s.last); err != nil {
		return nil, err
	}
	t.notices = s.options.Notices
	if err := f(t); err != nil {
		return nil, err
	}
	if err := t.finish(s.options); err != nil {
		return nil, err
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("store: commit: %w", err)
	}
	return t, nil
}
