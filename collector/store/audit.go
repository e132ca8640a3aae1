package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

// auditRows is how many entries Audit reads at a time.
const auditRows = 4096

// Audit computes the tree again from the entries alone and compares every hash and every
// signed root with those in the database: ErrCorrupt. It may run while others write, and
// looks at the entries that were there when it began. It takes 64 bytes an entry.
func (s *Store) Audit(ctx context.Context) error { return audit(ctx, s.db) }

func audit(ctx context.Context, q querier) error {
	size, _, err := head(ctx, q)
	if err != nil {
		return err
	}
	signed, err := roots(ctx, q)
	if err != nil {
		return err
	}
	var again board.Tree
	for first := uint64(0); first < size; first += auditRows {
		if err := auditPage(ctx, q, &again, first, int(min(auditRows, size-first))); err != nil {
			return err
		}
	}
	for n, root := range signed {
		if n > size {
			continue // signed since then
		}
		if r, err := again.Root(n); err != nil || r != root {
			return fmt.Errorf("%w: the root signed for %d entries is wrong", ErrCorrupt, n)
		}
	}
	return auditExtent(ctx, q, size, signed)
}

// auditPage adds n entries to the tree and compares the hashes that they add.
func auditPage(ctx context.Context, q querier, again *board.Tree, first uint64, n int) error {
	leaves, err := tree{ctx, q, nil}.ReadEntries(first, n)
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if err != nil {
		return err
	}
	if err := again.Append(leaves...); err != nil {
		return err
	}
	from, to := tlog.StoredHashCount(int64(first)), tlog.StoredHashCount(int64(first)+int64(n))
	stored, err := nodeRange(ctx, q, from, to)
	if err != nil {
		return err
	}
	positions := make([]int64, to-from)
	for i := range positions {
		positions[i] = from + int64(i)
	}
	want, err := again.ReadHashes(positions)
	if err != nil {
		return err
	}
	if !slices.Equal(want, stored) {
		return fmt.Errorf("%w: the hashes of entries %d to %d are not those of the tree over them", ErrCorrupt, first, first+uint64(n))
	}
	return nil
}

// auditExtent finds what lies beyond the head: the head row alone says how long the log
// is, so a head set back would hide entries that were acknowledged. The head is read
// last: what others append meanwhile is then not beyond it.
func auditExtent(ctx context.Context, q querier, size uint64, signed map[uint64]tlog.Hash) error {
	if _, ok := signed[size]; size > 0 && !ok {
		return fmt.Errorf("%w: no checkpoint of its %d entries", ErrCorrupt, size)
	}
	var entries, largest uint64
	err := q.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM entry), (SELECT COALESCE(MAX(size), 0) FROM checkpoint)`).
		Scan(&entries, &largest)
	if err != nil {
		return wrap(err)
	}
	now, _, err := head(ctx, q)
	if err != nil {
		return err
	}
	if entries > now || largest > now {
		return fmt.Errorf("%w: the head says %d entries, but there are %d, and a checkpoint of %d", ErrCorrupt, now, entries, largest)
	}
	return nil
}

// roots gives the signed roots by size.
func roots(ctx context.Context, q querier) (map[uint64]tlog.Hash, error) {
	rows, err := q.QueryContext(ctx, `SELECT size, root FROM checkpoint`)
	if err != nil {
		return nil, wrap(err)
	}
	defer rows.Close()
	signed := map[uint64]tlog.Hash{}
	for rows.Next() {
		var size uint64
		var root []byte
		if err := rows.Scan(&size, &root); err != nil {
			return nil, wrap(err)
		}
		if signed[size], err = toHash(root); err != nil {
			return nil, err
		}
	}
	return signed, wrap(rows.Err())
}

// nodeRange gives the stored hashes from position first up to, not including, end.
func nodeRange(ctx context.Context, q querier, first, end int64) ([]tlog.Hash, error) {
	rows, err := q.QueryContext(ctx, `SELECT hash FROM node WHERE id >= $1 AND id < $2 ORDER BY id`, first, end)
	if err != nil {
		return nil, wrap(err)
	}
	defer rows.Close()
	hashes := make([]tlog.Hash, 0, end-first)
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, wrap(err)
		}
		h, err := toHash(b)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, h)
	}
	return hashes, wrap(rows.Err())
}
