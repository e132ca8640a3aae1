package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

// Checkpoint is a state of the log that was signed.
type Checkpoint struct {
	Size uint64
	Root tlog.Hash
	Note []byte
}

// Head gives the number of entries and the phase as they are now committed.
func (s *Store) Head(ctx context.Context) (size uint64, phase Phase, err error) {
	return head(ctx, s.db)
}

func head(ctx context.Context, q querier) (size uint64, phase Phase, err error) {
	err = q.QueryRowContext(ctx, `SELECT size, phase FROM head WHERE id = 1`).Scan(&size, &phase)
	return size, phase, wrap(err)
}

// LatestTime gives the latest time of a ballot in the box, the zero Time if there is none.
func (s *Store) LatestTime(ctx context.Context) (time.Time, error) {
	t := Tx{}
	err := s.db.QueryRowContext(ctx, `SELECT latest FROM head WHERE id = 1`).Scan(&t.latest)
	return t.LatestTime(), wrap(err)
}

// Checkpoint gives the newest final checkpoint, or ErrNotFound.
func (s *Store) Checkpoint(ctx context.Context) (*Checkpoint, error) {
	return s.checkpoint(ctx, `SELECT size, root, note FROM checkpoint WHERE final ORDER BY size DESC LIMIT 1`)
}

// CheckpointOver gives the first final checkpoint that holds the entry of this index, or
// ErrNotFound. It is the same at every call, so a receipt made again is the same receipt:
// Finish does not let a smaller checkpoint become final after a larger one.
func (s *Store) CheckpointOver(ctx context.Context, index uint64) (*Checkpoint, error) {
	if c := s.recall.overOf(index); c != nil {
		return c, nil
	}
	c, err := s.checkpoint(ctx, `SELECT size, root, note FROM checkpoint WHERE final AND size > $1 ORDER BY size LIMIT 1`, int64(index))
	if err == nil {
		s.recall.putOver(index, c)
	}
	return c, err
}

// Newest gives the newest checkpoint, final or not, or ErrNotFound.
func (s *Store) Newest(ctx context.Context) (*Checkpoint, error) {
	return s.checkpoint(ctx, `SELECT size, root, note FROM checkpoint ORDER BY size DESC LIMIT 1`)
}

// Unfinished gives the newest checkpoint if it is not final yet, else ErrNotFound.
func (s *Store) Unfinished(ctx context.Context) (*Checkpoint, error) {
	return s.checkpoint(ctx, `SELECT size, root, note FROM checkpoint WHERE NOT final
		AND size = (SELECT MAX(size) FROM checkpoint)`)
}

// checkpoint gives one that no loss of the database's machine takes back: whoever asks for
// it shows it to others.
func (s *Store) checkpoint(ctx context.Context, query string, args ...any) (*Checkpoint, error) {
	var c Checkpoint
	var root []byte
	if err := s.db.QueryRowContext(ctx, query, args...).Scan(&c.Size, &root, &c.Note); err != nil {
		return nil, wrap(err)
	}
	h, err := toHash(root)
	if err != nil {
		return nil, err
	}
	c.Root = h
	return &c, s.ensureSafe(ctx, c.Size)
}

// Finish makes the checkpoint of this size final with the note that the witnesses signed.
// Nothing changes if it, or a larger one, is final already: the first note stays. It takes the
// lock on the log, since two collectors may finish two checkpoints at once.
func (s *Store) Finish(ctx context.Context, size uint64, note []byte) error {
	return s.Update(ctx, func(t *Tx) error {
		return t.exec(`UPDATE checkpoint SET note = $1, final = TRUE WHERE size = $2
			AND NOT EXISTS (SELECT 1 FROM checkpoint WHERE final AND size >= $2)`, note, int64(size))
	})
}

// Tree reads the hashes and entries as they are committed.
func (s *Store) Tree(ctx context.Context) board.Store { return tree{ctx, s.db, &s.recall} }

// Root gives the root of the log's first size entries, or ErrNotFound if it has fewer.
func (s *Store) Root(ctx context.Context, size uint64) (tlog.Hash, error) {
	now, err := s.Size(ctx, size)
	if err != nil {
		return tlog.Hash{}, err
	}
	if size > now {
		return tlog.Hash{}, fmt.Errorf("%w: the log has %d entries, not %d", ErrNotFound, now, size)
	}
	return board.Root(size, s.Tree(ctx))
}

// Document gives a document that the collector wrote, or ErrNotFound.
func (s *Store) Document(ctx context.Context, name string) ([]byte, error) {
	var body []byte
	err := s.db.QueryRowContext(ctx, `SELECT body FROM document WHERE name = $1`, name).Scan(&body)
	return body, wrap(err)
}

// Rolls is the number of versions of the voter roll in the log.
func (s *Store) Rolls(ctx context.Context) (n int, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT rolls FROM head WHERE id = 1`).Scan(&n)
	return n, wrap(err)
}

// NewestTime is when the newest ballot among the first size entries was cast, or ErrNotFound.
func (s *Store) NewestTime(ctx context.Context, size uint64) (time.Time, error) {
	var at int64
	err := s.db.QueryRowContext(ctx, `SELECT cast_at FROM ballot WHERE idx < $1 ORDER BY idx DESC LIMIT 1`, int64(size)).Scan(&at)
	return unix(at), wrap(err)
}

func wrap(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return ErrNotFound
	}
	return fmt.Errorf("store: %w", err)
}

func unix(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
