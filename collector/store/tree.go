package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// querier is a database or a transaction of it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// tree is the log of a database as board.Store wants it. It is for one request: the
// interfaces have no room for a context.
type tree struct {
	ctx    context.Context
	q      querier
	recall *recall // nil within a transaction, which may not be committed
}

// ReadHashes gives the hashes at these positions, in their order, by one statement.
func (t tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	if len(indexes) == 0 {
		return nil, nil
	}
	found, err := t.find(indexes)
	if err != nil {
		return nil, err
	}
	hashes := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		h, ok := found[x]
		if !ok {
			return nil, fmt.Errorf("%w: hash %d of the tree is missing", ErrCorrupt, x)
		}
		hashes[i] = h
	}
	return hashes, nil
}

// find gives the hashes that are there, by their positions.
func (t tree) find(indexes []int64) (map[int64]tlog.Hash, error) {
	if t.recall == nil {
		return t.fetch(indexes)
	}
	found, missing := t.recall.known(indexes)
	if len(missing) == 0 {
		return found, nil
	}
	fetched, err := t.fetch(missing)
	if err != nil {
		return nil, err
	}
	t.recall.putFound(fetched)
	for x, h := range fetched {
		found[x] = h
	}
	return found, nil
}

func (t tree) fetch(indexes []int64) (map[int64]tlog.Hash, error) {
	args := make([]any, len(indexes))
	for i, x := range indexes {
		args[i] = x
	}
	rows, err := t.q.QueryContext(t.ctx, `SELECT id, hash FROM node WHERE id IN (`+placeholders(1, len(args))+`)`, args...)
	if err != nil {
		return nil, wrap(err)
	}
	defer rows.Close()
	found := make(map[int64]tlog.Hash, len(indexes))
	for rows.Next() {
		var x int64
		var b []byte
		if err := rows.Scan(&x, &b); err != nil {
			return nil, wrap(err)
		}
		h, err := toHash(b)
		if err != nil {
			return nil, err
		}
		found[x] = h
	}
	return found, wrap(rows.Err())
}

// ReadEntries gives the n entries from index first on, or ErrNotFound if the log has fewer.
func (t tree) ReadEntries(first uint64, n int) ([][]byte, error) {
	rows, err := t.q.QueryContext(t.ctx, `SELECT leaf FROM entry WHERE idx >= $1 AND idx < $2 ORDER BY idx`,
		int64(first), int64(first)+int64(n))
	if err != nil {
		return nil, wrap(err)
	}
	defer rows.Close()
	leaves := make([][]byte, 0, n)
	for rows.Next() {
		var leaf []byte
		if err := rows.Scan(&leaf); err != nil {
			return nil, wrap(err)
		}
		leaves = append(leaves, leaf)
	}
	if err := rows.Err(); err != nil {
		return nil, wrap(err)
	}
	if len(leaves) != n {
		return nil, fmt.Errorf("%w: entries %d to %d", ErrNotFound, first, first+uint64(n))
	}
	return leaves, nil
}

func toHash(b []byte) (tlog.Hash, error) {
	if len(b) != tlog.HashSize {
		return tlog.Hash{}, fmt.Errorf("%w: a hash of %d bytes", ErrCorrupt, len(b))
	}
	return tlog.Hash(b), nil
}

// placeholders gives "$from,…" for n parameters.
func placeholders(from, n int) string {
	s := make([]string, n)
	for i := range s {
		s[i] = "$" + strconv.Itoa(from+i)
	}
	return strings.Join(s, ",")
}

// tuples gives "($1,$2),($3,$4),…" for n rows of so many columns.
func tuples(n, columns int) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = "(" + placeholders(columns*i+1, columns) + ")"
	}
	return strings.Join(rows, ",")
}
