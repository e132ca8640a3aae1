package store

import (
	"context"
	"fmt"
	"iter"
	"time"
)

// orNull makes no bytes a NULL, so that "nothing yet" has one form in the database.
func orNull(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// Unsettled gives at most limit ballots that have no evidence yet, in the order of the
// log, from index first on. Those that were cast before since are left out.
func (s *Store) Unsettled(ctx context.Context, first uint64, since time.Time, limit int) ([]Ballot, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT `+ballotColumns+` FROM ballot WHERE evidence IS NULL AND idx >= $1 AND cast_at >= $2 ORDER BY idx LIMIT $3`,
		int64(first), since.Unix(), limit)
	if err != nil {
		return nil, wrap(err)
	}
	defer rows.Close()
	var list []Ballot
	for rows.Next() {
		b, err := scanBallot(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, *b)
	}
	return list, wrap(rows.Err())
}

// Settled is a ballot that was taken without evidence, and what came of it.
type Settled struct {
	Index    uint64
	Evidence []byte // the stored form, nil if none came
	Good     bool   // whether it says that the certificate was good
}

// Settle keeps evidence that came after its ballot. The first stays: nothing changes if
// another collector was quicker. It fails with ErrPhase once the log says what was
// settled.
func (t *Tx) Settle(s Settled) error {
	if t.phase == Settlement {
		return fmt.Errorf("%w: evidence while the phase is %s", ErrPhase, t.phase)
	}
	return t.exec(`UPDATE ballot SET evidence = $1, good = $2 WHERE idx = $3 AND evidence IS NULL`, s.Evidence, s.Good, int64(s.Index))
}

// HasUnsettled says whether a ballot that was cast since a time has no evidence yet.
func (t *Tx) HasUnsettled(since time.Time) (bool, error) {
	var n int
	err := t.q.QueryRowContext(t.ctx, `SELECT COUNT(*) FROM ballot WHERE evidence IS NULL AND cast_at >= $1`, since.Unix()).Scan(&n)
	return n > 0, wrap(err)
}

// Settled gives the ballots that were taken without evidence, in the order of the log.
func (t *Tx) Settled() ([]Settled, error) {
	var none [32]byte
	rows, err := t.q.QueryContext(t.ctx, `SELECT idx, evidence, good FROM ballot WHERE bound = $1 ORDER BY idx`, none[:])
	if err != nil {
		return nil, wrap(err)
	}
	defer rows.Close()
	var list []Settled
	for rows.Next() {
		var s Settled
		if err := rows.Scan(&s.Index, &s.Evidence, &s.Good); err != nil {
			return nil, wrap(err)
		}
		list = append(list, s)
	}
	return list, wrap(rows.Err())
}

// PutRevocationList keeps a revocation list that evidence refers to by its SHA-256. One that
// is there already, of some megabytes, is not sent again with every ballot.
func (s *Store) PutRevocationList(ctx context.Context, hash [32]byte, body []byte) error {
	var n int
	err := s.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM revocation_list WHERE hash = $1`, hash[:]).Scan(&n)
	if err != nil || n > 0 {
		return wrap(err)
	}
	s.writer.Lock()
	defer s.writer.Unlock()
	_, err = s.db.ExecContext(ctx, `INSERT INTO revocation_list (hash, body) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING`, hash[:], body)
	return wrap(err)
}

// RevocationLists yields all of them, or an error at the end.
func (s *Store) RevocationLists(ctx context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		rows, err := s.db.QueryContext(ctx, `SELECT body FROM revocation_list ORDER BY hash`)
		if err != nil {
			yield(nil, wrap(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var body []byte
			err := rows.Scan(&body)
			if !yield(body, wrap(err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, wrap(err))
		}
	}
}
