package voter

import (
	"context"
	"errors"
	"fmt"

	"valik/board"
	"valik/election"
)

// Checkpoint returns the newest checkpoint that was accepted, to be kept for the
// next time: with it, a board that forgets what it has shown is found out.
func (e *Election) Checkpoint() *board.Checkpoint { return e.follower.Seen() }

// follow fetches the newest checkpoint and accepts it if it extends the last one.
// A board that could go back here would make the ballot's anchor older than the
// voter's ballot before it, and so the ballot stale.
func (e *Election) follow(ctx context.Context) (*board.Checkpoint, error) {
	next, err := e.follower.Next(e.fetch(ctx))
	return next, accused(err)
}

// accept checks that a checkpoint from elsewhere is of the history that was seen.
func (e *Election) accept(ctx context.Context, next *board.Checkpoint) error {
	return accused(e.follower.Accept(next, e.fetch(ctx)))
}

// accused tells a board that contradicts its signatures or what it has shown from
// one that did not answer, or that refused: only the first is at fault.
func accused(err error) error {
	var history *board.HistoryError
	var refusal *RefusedError
	switch {
	case err == nil, errors.Is(err, ErrUnreachable), errors.As(err, &refusal):
		return err
	case errors.As(err, &history):
		return &BoardError{history.Seen, history.Shown, history.Err}
	}
	return fmt.Errorf("%w: %w", ErrBoard, err)
}

// fetch reads the board through the collector.
func (e *Election) fetch(ctx context.Context) board.Fetch {
	return func(path string) ([]byte, error) {
		if path != board.CheckpointFile {
			return e.client.get(ctx, path, tileLimit)
		}
		raw, err := e.client.get(ctx, path, board.MaxCheckpoint)
		return raw, refused(err, e.Manifest, election.Hash{})
	}
}
