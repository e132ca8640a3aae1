package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// copyRows is how many rows one statement writes. A ballot may have a megabyte.
const copyRows = 64

// Restore copies a whole database into this one, which must be empty, in one transaction.
// What was copied is audited before it is committed, so a restore that fails leaves
// nothing. Errors: ErrNotEmpty, ErrCorrupt, ErrVersion, and those of both databases.
func (s *Store) Restore(ctx context.Context, from *Store, draw Progress) error {
	s.writer.Lock()
	defer s.writer.Unlock()
	return s.fill(ctx, from, draw, func(tx *sql.Tx) error { return audit(ctx, tx) })
}

// fill copies all tables and commits if check finds nothing.
func (s *Store) fill(ctx context.Context, from *Store, draw Progress, check func(*sql.Tx) error) error {
	for _, one := range []*Store{s, from} {
		if err := one.dialect.checkTables(ctx, one.db); err != nil {
			return err
		}
	}
	// Both databases show a transaction of this kind one moment, however long it reads.
	snapshot, err := from.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer snapshot.Rollback()
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer tx.Rollback() // does nothing after a commit
	if err := takeEmpty(ctx, tx); err != nil {
		return err
	}
	for _, t := range tables {
		if err := t.copy(ctx, snapshot, tx, draw); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	if err := check(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

// takeEmpty locks the log, makes sure that nothing is in the database, and removes the rows
// that every database begins with.
func takeEmpty(ctx context.Context, tx *sql.Tx) error {
	t, err := lock(ctx, tx)
	if err != nil {
		return err
	}
	if t.before != 0 || t.phase != Setup {
		return fmt.Errorf("%w: its log has %d entries", ErrNotEmpty, t.before)
	}
	for _, one := range tables {
		if one.begun {
			if err := t.exec(`DELETE FROM ` + one.name); err != nil {
				return err
			}
			continue
		}
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+one.name).Scan(&n); err != nil {
			return wrap(err)
		}
		if n > 0 {
			return fmt.Errorf("%w: table %s has %d rows", ErrNotEmpty, one.name, n)
		}
	}
	return nil
}

// copy copies the rows of one table.
func (t table) copy(ctx context.Context, from, to querier, draw Progress) error {
	var total int
	if err := from.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+t.name).Scan(&total); err != nil {
		return wrap(err)
	}
	columns := strings.Join(t.columns, ", ")
	rows, err := from.QueryContext(ctx, `SELECT `+columns+` FROM `+t.name+` ORDER BY `+t.order)
	if err != nil {
		return wrap(err)
	}
	defer rows.Close()
	reader, err := newRowReader(rows)
	if err != nil {
		return err
	}
	insert := `INSERT INTO ` + t.name + ` (` + columns + `) VALUES `
	for done := 0; ; {
		values, err := reader.next()
		if err != nil {
			return err
		}
		n := len(values) / len(t.columns)
		if n == 0 {
			return wrap(rows.Err())
		}
		if _, err := to.ExecContext(ctx, insert+tuples(n, len(t.columns)), values...); err != nil {
			return wrap(err)
		}
		done += n
		draw(t.name, done, total)
	}
}

// rowReader reads the values of rows. SQLite has no truth values and gives numbers for
// them, which PostgreSQL does not take.
type rowReader struct {
	rows  *sql.Rows
	truth []bool // which columns are truth values
}

func newRowReader(rows *sql.Rows) (*rowReader, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, wrap(err)
	}
	r := &rowReader{rows: rows, truth: make([]bool, len(types))}
	for i, one := range types {
		r.truth[i] = strings.HasPrefix(one.DatabaseTypeName(), "BOOL")
	}
	return r, nil
}

// next gives the values of the next rows, row by row, none at the end.
func (r *rowReader) next() ([]any, error) {
	values := make([]any, 0, copyRows*len(r.truth))
	for n := 0; n < copyRows && r.rows.Next(); n++ {
		row := make([]any, len(r.truth))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
			if r.truth[i] {
				into[i] = &sql.NullBool{}
			}
		}
		if err := r.rows.Scan(into...); err != nil {
			return nil, wrap(err)
		}
		for i := range row {
			if r.truth[i] {
				row[i] = *into[i].(*sql.NullBool)
			}
		}
		values = append(values, row...)
	}
	return values, nil
}
