package store

import (
	"database/sql"
	"errors"
)

// expected is what the box holds about the ballots of a batch, read at once and kept up to
// date while they are appended.
type expected struct {
	envelopes map[[32]byte]*Ballot // nil: not in the box
	inners    map[[32]byte]bool
	latest    map[string]*uint64 // nil: the voter has none
}

// Expect says which ballots Envelope, HasInner and Latest will be asked about. They are
// looked up together; about others, each question is a statement of its own.
func (t *Tx) Expect(ballots []*Ballot) error {
	t.expected = &expected{map[[32]byte]*Ballot{}, map[[32]byte]bool{}, map[string]*uint64{}}
	for first := 0; first < len(ballots); first += rowsOfStatement {
		if err := t.expect(ballots[first:min(len(ballots), first+rowsOfStatement)]); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) expect(ballots []*Ballot) error {
	e := t.expected
	envelopes, inners, voters := make([]any, len(ballots)), make([]any, len(ballots)), make([]any, len(ballots))
	for i, b := range ballots {
		envelopes[i], inners[i], voters[i] = b.Envelope[:], b.Inner[:], b.Voter
		noteAsked(e.envelopes, b.Envelope)
		noteAsked(e.inners, b.Inner)
		noteAsked(e.latest, b.Voter)
	}
	list := `(` + placeholders(1, len(ballots)) + `)`
	return errors.Join(
		t.each(`SELECT `+ballotColumns+` FROM ballot WHERE envelope IN `+list, envelopes, e.scanEnvelope),
		t.each(`SELECT ballot FROM ballot WHERE ballot IN `+list, inners, e.scanInner),
		t.each(`SELECT voter, MAX(idx) FROM ballot WHERE voter IN `+list+` GROUP BY voter`, voters, e.scanLatest),
	)
}

// noteAsked puts a zero value where there is nothing: it says that this was asked for. What
// an earlier part of the batch has found stays.
func noteAsked[K comparable, V any](m map[K]V, key K) {
	if _, asked := m[key]; !asked {
		var none V
		m[key] = none
	}
}

func (t *Tx) each(query string, args []any, scan func(*sql.Rows) error) error {
	found, err := t.q.QueryContext(t.ctx, query, args...)
	if err != nil {
		return wrap(err)
	}
	defer found.Close()
	for found.Next() {
		if err := scan(found); err != nil {
			return wrap(err)
		}
	}
	return wrap(found.Err())
}

func (e *expected) scanEnvelope(r *sql.Rows) error {
	b, err := scanBallot(r)
	if err == nil {
		e.envelopes[b.Envelope] = b
	}
	return err
}

func (e *expected) scanInner(r *sql.Rows) error {
	var b []byte
	if err := r.Scan(&b); err != nil {
		return err
	}
	inner, err := toHash(b)
	e.inners[inner] = true
	return err
}

func (e *expected) scanLatest(r *sql.Rows) error {
	voter, index := "", new(uint64)
	err := r.Scan(&voter, index)
	e.latest[voter] = index
	return err
}

// add notes a ballot that is appended.
func (e *expected) add(b *Ballot) {
	if e == nil {
		return
	}
	own, index := *b, b.Index
	e.envelopes[b.Envelope], e.inners[b.Inner], e.latest[b.Voter] = &own, true, &index
}

// Latest gives the index of the voter's last ballot, or ErrNotFound.
func (t *Tx) Latest(voter string) (uint64, error) {
	if t.expected != nil {
		if index, asked := t.expected.latest[voter]; asked {
			if index == nil {
				return 0, ErrNotFound
			}
			return *index, nil
		}
	}
	if err := t.waiting.write(t); err != nil {
		return 0, err
	}
	return latest(t.ctx, t.q, voter)
}

// Envelope gives the ballot whose container has this hash, or ErrNotFound.
func (t *Tx) Envelope(hash [32]byte) (*Ballot, error) {
	if t.expected != nil {
		if b, asked := t.expected.envelopes[hash]; asked {
			if b == nil {
				return nil, ErrNotFound
			}
			return b, nil
		}
	}
	if err := t.waiting.write(t); err != nil {
		return nil, err
	}
	return byEnvelope(t.ctx, t.q, hash)
}

// HasInner says whether the box holds this inner ballot, in any envelope.
func (t *Tx) HasInner(hash [32]byte) (bool, error) {
	if t.expected != nil {
		if has, asked := t.expected.inners[hash]; asked {
			return has, nil
		}
	}
	if err := t.waiting.write(t); err != nil {
		return false, err
	}
	var one int
	err := t.q.QueryRowContext(t.ctx, `SELECT 1 FROM ballot WHERE ballot = $1`, hash[:]).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
