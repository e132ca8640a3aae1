package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"
)

const ballotColumns = `idx, voter, ballot, envelope, container, evidence, bound, cast_at`

// Envelope gives the ballot whose container has this hash, or ErrNotFound.
func (s *Store) Envelope(ctx context.Context, hash [32]byte) (*Ballot, error) {
	return byEnvelope(ctx, s.db, hash)
}

// Ballot gives the ballot with this index, or ErrNotFound.
func (s *Store) Ballot(ctx context.Context, index uint64) (*Ballot, error) {
	return scanBallot(s.db.QueryRowContext(ctx, `SELECT `+ballotColumns+` FROM ballot WHERE idx = $1`, int64(index)))
}

// Latest gives the index of the voter's last ballot, or ErrNotFound.
func (s *Store) Latest(ctx context.Context, voter string) (uint64, error) {
	return latest(ctx, s.db, voter)
}

// Times gives when the voter cast ballots, in the order of the log.
func (s *Store) Times(ctx context.Context, voter string) ([]time.Time, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT cast_at FROM ballot WHERE voter = $1 ORDER BY idx`, voter)
	return times(rows, err)
}

// times reads a query of times to its end.
func times(rows *sql.Rows, err error) ([]time.Time, error) {
	if err != nil {
		return nil, wrap(err)
	}
	defer rows.Close()
	var list []time.Time
	for rows.Next() {
		var at int64
		if err := rows.Scan(&at); err != nil {
			return nil, wrap(err)
		}
		list = append(list, unix(at))
	}
	return list, wrap(rows.Err())
}

// LastTimes gives when the voter cast the newest n ballots, the newest first. It reads no
// more of the index than these.
func (s *Store) LastTimes(ctx context.Context, voter string, n int) ([]time.Time, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT cast_at FROM ballot WHERE voter = $1 ORDER BY idx DESC LIMIT $2`, voter, n)
	return times(rows, err)
}

// Look counts one look at a ballot and gives how many remain, or ErrLimit if none did.
// Counting and comparing are one statement: two looks at once cannot both be the last.
func (s *Store) Look(ctx context.Context, index uint64, limit int) (left int, err error) {
	s.writer.Lock()
	defer s.writer.Unlock()
	err = s.db.QueryRowContext(ctx, `UPDATE ballot SET looks = looks + 1 WHERE idx = $1 AND looks < $2 RETURNING $3 - looks`,
		int64(index), limit, limit).Scan(&left)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrLimit
	}
	return left, wrap(err)
}

// clockSkew is by how much the clocks of collectors that share a database may differ. An
// answered challenge is remembered so much longer: forgotten by the fastest clock, it
// would still be good at the slowest.
const clockSkew = time.Hour

// Answer notes that a challenge was answered and says whether it was for the first time.
func (s *Store) Answer(ctx context.Context, challenge [32]byte, expires, now time.Time) (bool, error) {
	s.writer.Lock()
	defer s.writer.Unlock()
	if _, err := s.db.ExecContext(ctx, `DELETE FROM answered WHERE expires < $1`, now.Add(-clockSkew).Unix()); err != nil {
		return false, wrap(err)
	}
	r, err := s.db.ExecContext(ctx, `INSERT INTO answered (challenge, expires) VALUES ($1, $2) ON CONFLICT (challenge) DO NOTHING`,
		challenge[:], expires.Unix())
	if err != nil {
		return false, wrap(err)
	}
	n, err := r.RowsAffected()
	return n == 1, wrap(err)
}

// Ballots is the number of ballots in the box.
func (s *Store) Ballots(ctx context.Context) (uint64, error) { return countBallots(ctx, s.db) }

// Box yields every ballot in the order of the log, one at a time, or an error at the end.
func (s *Store) Box(ctx context.Context) iter.Seq2[*Ballot, error] {
	return func(yield func(*Ballot, error) bool) {
		rows, err := s.db.QueryContext(ctx, `SELECT `+ballotColumns+` FROM ballot ORDER BY idx`)
		if err != nil {
			yield(nil, wrap(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			b, err := scanBallot(rows)
			if !yield(b, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, wrap(err))
		}
	}
}

func countBallots(ctx context.Context, q querier) (n uint64, err error) {
	err = q.QueryRowContext(ctx, `SELECT COUNT(*) FROM ballot`).Scan(&n)
	return n, wrap(err)
}

func latest(ctx context.Context, q querier, voter string) (index uint64, err error) {
	err = q.QueryRowContext(ctx, `SELECT idx FROM ballot WHERE voter = $1 ORDER BY idx DESC LIMIT 1`, voter).Scan(&index)
	return index, wrap(err)
}

func byEnvelope(ctx context.Context, q querier, hash [32]byte) (*Ballot, error) {
	return scanBallot(q.QueryRowContext(ctx, `SELECT `+ballotColumns+` FROM ballot WHERE envelope = $1`, hash[:]))
}

func scanBallot(row interface{ Scan(...any) error }) (*Ballot, error) {
	var b Ballot
	var inner, envelope, bound []byte
	var at int64
	if err := row.Scan(&b.Index, &b.Voter, &inner, &envelope, &b.Container, &b.Evidence, &bound, &at); err != nil {
		return nil, wrap(err)
	}
	if len(inner) != len(b.Inner) || len(envelope) != len(b.Envelope) || len(bound) != len(b.Bound) {
		return nil, fmt.Errorf("%w: the hashes of ballot %d", ErrCorrupt, b.Index)
	}
	b.Inner, b.Envelope, b.Bound, b.Time = [32]byte(inner), [32]byte(envelope), [32]byte(bound), unix(at)
	return &b, nil
}
