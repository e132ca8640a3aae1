package store

import (
	"context"
	"database/sql"
	"iter"
	"time"
)

// Line is an entry of the log as statistics need it: a ballot with its voter and its time,
// or another entry with its leaf.
type Line struct {
	Index uint64
	Leaf  []byte // nil for a ballot
	Voter string
	Time  time.Time
}

// lines is two halves that are both read in order and from an index, ballots from one that has no
// containers in it: SQLite, which has them in the row, would read all of them for a join.
const lines = `SELECT idx, voter, cast_at, CAST(NULL AS BYTEA) AS leaf FROM ballot WHERE idx >= $1 AND idx < $2
	UNION ALL SELECT idx, NULL, NULL, leaf FROM entry WHERE idx >= $1 AND idx < $2
	AND NOT EXISTS (SELECT 1 FROM ballot WHERE ballot.idx = entry.idx) ORDER BY idx`

// Lines yields the entries from index first up to, and without, end in the order of the log, one
// at a time, or an error at the end. It holds no lock.
func (s *Store) Lines(ctx context.Context, first, end uint64) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		rows, err := s.db.QueryContext(ctx, lines, int64(first), int64(end))
		if err != nil {
			yield(Line{}, wrap(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			l, err := scanLine(rows)
			if !yield(l, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Line{}, wrap(err))
		}
	}
}

func scanLine(rows *sql.Rows) (Line, error) {
	var l Line
	var voter sql.NullString
	var at sql.NullInt64
	if err := rows.Scan(&l.Index, &voter, &at, &l.Leaf); err != nil {
		return Line{}, wrap(err)
	}
	if voter.Valid {
		l.Voter, l.Time = voter.String, unix(at.Int64)
	}
	return l, nil
}
