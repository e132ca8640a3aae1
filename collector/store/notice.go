package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"
)

// Notice is a notice in the queue that a taker holds.
type Notice struct {
	Index    uint64 // of the ballot
	Attempts int    // this one included
	taker    string
}

// Queue is what an operator wants to know of the queue of notices.
type Queue struct {
	Waiting, GivenUp int
	Oldest           time.Time // cast of the oldest that waits; zero if none does
}

// ErrNotices is returned when a collector's settings say other than the database whether there are notices.
var ErrNotices = errors.New("store: the collectors' settings disagree whether voters get notices: give all of them [notice] or none; " +
	"to change it during an election see docs/operations.md")

// AgreeNotices holds the options against what the first collector said of notices.
func (s *Store) AgreeNotices(ctx context.Context) error {
	if err := s.notice(ctx, `INSERT INTO notice_policy (id, notified) VALUES (1, $1) ON CONFLICT (id) DO NOTHING`, s.options.Notices); err != nil {
		return err
	}
	var agreed bool
	if err := s.db.QueryRowContext(ctx, `SELECT notified FROM notice_policy`).Scan(&agreed); err != nil {
		return wrap(err)
	}
	if agreed != s.options.Notices {
		return ErrNotices
	}
	return nil
}

// TakeNotices takes at most n notices that are due, whose ballots are under a final checkpoint,
// and that nobody else holds, until the given time. taker must be new at every call, so that who lost a notice to
// another cannot write about it any more.
func (s *Store) TakeNotices(ctx context.Context, taker string, now, until time.Time, n int) ([]Notice, error) {
	s.writer.Lock()
	defer s.writer.Unlock()
	// "until" is asked for twice: PostgreSQL looks at the outer condition again after it has
	// waited for another taker of the same row.
	rows, err := s.db.QueryContext(ctx, `UPDATE notice SET taker = $1, until = $2, attempts = attempts + 1
		WHERE until <= $3 AND NOT given_up AND idx IN (SELECT idx FROM notice WHERE NOT given_up AND due <= $3 AND until <= $3
			AND idx < (SELECT MAX(size) FROM checkpoint WHERE final) ORDER BY due, idx LIMIT $4)
		RETURNING idx, attempts`, taker, until.Unix(), now.Unix(), n)
	if err != nil {
		return nil, wrap(err)
	}
	defer rows.Close()
	var taken []Notice
	for rows.Next() {
		one := Notice{taker: taker}
		if err := rows.Scan(&one.Index, &one.Attempts); err != nil {
			return nil, wrap(err)
		}
		taken = append(taken, one)
	}
	slices.SortFunc(taken, func(a, b Notice) int { return cmp.Compare(a.Index, b.Index) })
	return taken, wrap(rows.Err())
}

// EndNotice forgets a notice, if its taker still holds it.
func (s *Store) EndNotice(ctx context.Context, n Notice) error {
	return s.notice(ctx, `DELETE FROM notice WHERE idx = $1 AND taker = $2`, int64(n.Index), n.taker)
}

// PostponeNotice gives a notice back, to be taken again when it is due.
func (s *Store) PostponeNotice(ctx context.Context, n Notice, due time.Time) error {
	return s.notice(ctx, `UPDATE notice SET due = $3, taker = '', until = 0 WHERE idx = $1 AND taker = $2`,
		int64(n.Index), n.taker, due.Unix())
}

// GiveUpNotice marks a notice that nobody is to try again.
func (s *Store) GiveUpNotice(ctx context.Context, n Notice) error {
	return s.notice(ctx, `UPDATE notice SET given_up = TRUE, taker = '', until = 0 WHERE idx = $1 AND taker = $2`,
		int64(n.Index), n.taker)
}

func (s *Store) notice(ctx context.Context, query string, args ...any) error {
	s.writer.Lock()
	defer s.writer.Unlock()
	_, err := s.db.ExecContext(ctx, query, args...)
	return wrap(err)
}

// NextNotice gives when the next notice can be taken, of those whose ballots are under a
// final checkpoint, or ErrNotFound.
func (s *Store) NextNotice(ctx context.Context) (time.Time, error) {
	var at sql.NullInt64
	err := s.db.QueryRowContext(ctx, `SELECT MIN(CASE WHEN until > due THEN until ELSE due END) FROM notice
		WHERE NOT given_up AND idx < (SELECT MAX(size) FROM checkpoint WHERE final)`).Scan(&at)
	if err == nil && !at.Valid {
		return time.Time{}, ErrNotFound
	}
	return unix(at.Int64), wrap(err)
}

// Notices tells about the queue.
func (s *Store) Notices(ctx context.Context) (Queue, error) {
	var q Queue
	var oldest sql.NullInt64
	err := s.db.QueryRowContext(ctx, `SELECT COUNT(CASE WHEN NOT given_up THEN 1 END), COUNT(CASE WHEN given_up THEN 1 END),
		MIN(CASE WHEN NOT given_up THEN cast_at END) FROM notice JOIN ballot ON ballot.idx = notice.idx`).Scan(&q.Waiting, &q.GivenUp, &oldest)
	if oldest.Valid {
		q.Oldest = unix(oldest.Int64)
	}
	return q, wrap(err)
}
