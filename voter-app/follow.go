package voter

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
	"valik/election"
)

// Checkpoint returns the newest checkpoint that was accepted, to be kept for the
// next time: with it, a board that forgets what it has shown is found out.
func (e *Election) Checkpoint() *board.Checkpoint {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.seen
}

// follow fetches the newest checkpoint and accepts it if it extends the last one.
func (e *Election) follow(ctx context.Context) (*board.Checkpoint, error) {
	// What was seen before the question must be in the answer. A board that could
	// go back here would make the ballot's anchor older than the voter's ballot
	// before it, and so the ballot stale.
	seen := e.Checkpoint()
	raw, err := e.client.get(ctx, "checkpoint", board.MaxCheckpoint)
	if err != nil {
		return nil, refused(err, e.Manifest, election.Hash{})
	}
	next, err := e.Manifest.Policy().Open(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBoard, err)
	}
	if seen != nil && next.Size < seen.Size {
		return nil, &BoardError{seen, next, board.ErrRollback}
	}
	return next, e.accept(ctx, next)
}

// accept checks that next and the newest checkpoint accepted so far are of one
// history, whichever is older, and keeps the newer one. The network is asked
// without the lock; if another checkpoint was accepted meanwhile, next is held
// against that one too.
func (e *Election) accept(ctx context.Context, next *board.Checkpoint) error {
	for {
		seen := e.Checkpoint()
		if err := e.sameHistory(ctx, seen, next); err != nil {
			return err
		}
		if e.replace(seen, next) {
			return nil
		}
	}
}

// replace keeps next if it is newer than seen. It fails if seen is not the newest
// any more.
func (e *Election) replace(seen, next *board.Checkpoint) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.seen != seen {
		return false
	}
	if seen == nil || next.Size > seen.Size {
		e.seen = next
	}
	return true
}

// sameHistory checks that one of two checkpoints extends the other. An error that
// accuses the board is a *BoardError.
func (e *Election) sameHistory(ctx context.Context, seen, next *board.Checkpoint) error {
	if seen == nil {
		return nil
	}
	older, newer := seen, next
	if older.Size > newer.Size {
		older, newer = newer, older
	}
	var proof []tlog.Hash
	if older.Size > 0 && older.Size < newer.Size {
		var err error
		if proof, err = board.ProveConsistency(older.Size, newer.Size, e.tiles(ctx, newer)); err != nil {
			return unreadable(err)
		}
	}
	if err := board.VerifyConsistency(older, newer, proof); err != nil {
		return &BoardError{seen, next, err}
	}
	return nil
}

// unreadable tells tiles that contradict their checkpoint from tiles that did not
// come: only the first accuse the board.
func unreadable(err error) error {
	if errors.Is(err, ErrUnreachable) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrBoard, err)
}

// tiles reads the board's tiles through the collector; whatever it returns has
// been checked against the checkpoint.
func (e *Election) tiles(ctx context.Context, c *board.Checkpoint) *board.TileReader {
	return board.NewTileReader(c, func(path string) ([]byte, error) { return e.client.get(ctx, path, tileLimit) })
}
