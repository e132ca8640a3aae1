package voter

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
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
	raw, err := e.client.get(ctx, "checkpoint")
	if err != nil {
		return nil, err
	}
	next, err := e.Manifest.Policy().Open(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBoard, err)
	}
	return next, e.accept(ctx, next)
}

// accept checks that next and the newest checkpoint accepted so far are of one
// history, whichever is older, and keeps the newer one. Receipts and fetched
// checkpoints may overtake each other on the way.
func (e *Election) accept(ctx context.Context, next *board.Checkpoint) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.seen == nil {
		e.seen = next
		return nil
	}
	older, newer := e.seen, next
	if older.Size > newer.Size {
		older, newer = newer, older
	}
	var proof []tlog.Hash
	if older.Size > 0 && older.Size < newer.Size {
		var err error
		if proof, err = board.ProveConsistency(older.Size, newer.Size, e.tiles(ctx, newer)); err != nil {
			return fmt.Errorf("%w: %w", ErrBoard, err)
		}
	}
	if err := board.VerifyConsistency(older, newer, proof); err != nil {
		return fmt.Errorf("%w: %w", ErrBoard, err)
	}
	e.seen = newer
	return nil
}

// tiles reads the board's tiles through the collector; whatever it returns has
// been checked against the checkpoint.
func (e *Election) tiles(ctx context.Context, c *board.Checkpoint) *board.TileReader {
	return board.NewTileReader(c, func(path string) ([]byte, error) { return e.client.get(ctx, path) })
}
