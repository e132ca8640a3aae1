package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"iter"
)

// ErrJournal is returned when the journal is not what was written: a line was changed,
// removed or added.
var ErrJournal = errors.New("store: the chain of the journal is broken")

// JournalLine is one line of the journal. Entry is whatever the caller wrote. Hash is
// SHA-256 over the hash of the line before, 32 zeros for the first, and Entry: it stands for
// all lines up to this one.
type JournalLine struct {
	Number uint64 // from 1
	Entry  []byte
	Hash   [32]byte
}

// AppendJournal writes a line. When it returns, the line is as durable as a ballot. The
// writers of all processes come one after another; only the database makes them wait, so
// that ctx ends the waiting also while a batch of ballots hangs.
func (s *Store) AppendJournal(ctx context.Context, entry []byte) (*JournalLine, error) {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return nil, wrap(err)
	}
	defer tx.Rollback() // does nothing after a commit
	line, err := appendJournal(ctx, tx, entry)
	if err != nil {
		return nil, err
	}
	return line, wrap(tx.Commit())
}

func appendJournal(ctx context.Context, tx *sql.Tx, entry []byte) (*JournalLine, error) {
	line := &JournalLine{Entry: entry}
	var before []byte
	err := tx.QueryRowContext(ctx, `UPDATE journal_end SET lines = lines + 1 WHERE id = 1 RETURNING lines, hash`).Scan(&line.Number, &before)
	if err != nil {
		return nil, fmt.Errorf("store: locking the journal: %w", err)
	}
	line.Hash = chained(before, entry)
	if _, err := tx.ExecContext(ctx, `INSERT INTO journal (number, entry, hash) VALUES ($1, $2, $3)`,
		int64(line.Number), entry, line.Hash[:]); err != nil {
		return nil, wrap(err)
	}
	_, err = tx.ExecContext(ctx, `UPDATE journal_end SET hash = $1 WHERE id = 1`, line.Hash[:])
	return line, wrap(err)
}

// chained is the hash of a line. A hash before has 32 bytes, so the two parts are told apart.
func chained(before, entry []byte) [32]byte {
	var zero [32]byte
	if before == nil {
		before = zero[:]
	}
	h := sha256.New()
	h.Write(before)
	h.Write(entry)
	return [32]byte(h.Sum(nil))
}

// Journal yields every line in order and verifies the chain. An ErrJournal belongs to the
// line that it comes with, or, with a nil line, to the end, and the lines after it are
// still given. Any other error ends the journal. The chain cannot show that its owner wrote
// all of it anew: who wants to know that keeps a hash elsewhere.
func (s *Store) Journal(ctx context.Context) iter.Seq2[*JournalLine, error] {
	return func(yield func(*JournalLine, error) bool) {
		// One statement sees one state: a line that is written meanwhile is in both parts or in none.
		rows, err := s.db.QueryContext(ctx, `SELECT e.lines, e.hash, j.number, j.entry, j.hash
			FROM journal_end e LEFT JOIN journal j ON j.number >= 1 ORDER BY j.number`)
		if err != nil {
			yield(nil, wrap(err))
			return
		}
		defer rows.Close()
		var w journalWalk
		for rows.Next() {
			line, err := w.next(rows)
			if (line != nil || err != nil) && !yield(line, err) || err != nil && !errors.Is(err, ErrJournal) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, wrap(err))
			return
		}
		if err := w.end(); err != nil {
			yield(nil, err)
		}
	}
}

// journalWalk goes along the chain.
type journalWalk struct {
	number uint64 // of the last line
	hash   []byte // of the last line

	lines    sql.Null[uint64] // what the end row says
	endsWith []byte
}

// next reads one line; nil is an empty journal's.
func (w *journalWalk) next(rows *sql.Rows) (*JournalLine, error) {
	var number sql.Null[uint64]
	var entry, hash []byte
	if err := rows.Scan(&w.lines, &w.endsWith, &number, &entry, &hash); err != nil {
		return nil, wrap(err)
	}
	if !number.Valid {
		return nil, nil
	}
	line := &JournalLine{Number: number.V, Entry: entry}
	want := chained(w.hash, entry)
	expected := w.number + 1
	w.number, w.hash = line.Number, hash
	if len(hash) != len(want) {
		w.hash = want[:]
		return line, fmt.Errorf("%w: line %d has no hash", ErrJournal, line.Number)
	}
	line.Hash = [32]byte(hash)
	switch {
	case line.Number != expected:
		return line, fmt.Errorf("%w: line %d comes where line %d should", ErrJournal, line.Number, expected)
	case line.Hash != want:
		return line, fmt.Errorf("%w: line %d, or the one before it, is not what was written", ErrJournal, line.Number)
	}
	return line, nil
}

// end compares the last line with what was written beside the chain.
func (w *journalWalk) end() error {
	if !w.lines.Valid {
		return fmt.Errorf("%w: the row that says where it ends is missing", ErrJournal)
	}
	if w.lines.V != w.number || !bytes.Equal(w.endsWith, w.hash) {
		return fmt.Errorf("%w: it should end with line %d, and ends with line %d", ErrJournal, w.lines.V, w.number)
	}
	return nil
}
