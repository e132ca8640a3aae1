package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// safeTime is how long the standby may take to confirm what somebody else has committed.
const safeTime = 10 * time.Second

// ensureSafe makes sure that a log of this size, which was read, outlives the database's
// machine. What this process has committed does: PostgreSQL has waited for its standby.
// What another process has committed, or this one in a transaction whose end it does not
// know, can be read without that: as soon as the wait for the standby was broken off, by a
// time limit or a lost connection, and after a restart. A receipt or a cosignature for it
// would bind the election to entries that a fail-over takes back.
//
// A commit of our own comes after it in PostgreSQL's log, and is confirmed after it.
func (s *Store) ensureSafe(ctx context.Context, size uint64) error {
	if s.dialect.barrier == "" || s.recall.isSafe(size) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, safeTime)
	defer cancel()
	s.barrier.Lock() // one connection waits, not all of them
	defer s.barrier.Unlock()
	if s.recall.isSafe(size) {
		return nil
	}
	err := s.surely(ctx, func(conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, s.dialect.barrier)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: whether the standby has the newest entries is not known: %w", err)
	}
	s.recall.makeSafe(size)
	return nil
}
