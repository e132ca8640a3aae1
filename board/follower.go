package board

import (
	"fmt"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
)

// Fetch returns the bytes at a path of a published log: its checkpoint, or a tile
// as for NewTileReader.
type Fetch func(path string) ([]byte, error)

// Follower holds a log to what it has shown: it accepts only checkpoints of one
// history and keeps the newest. It is safe for concurrent use.
type Follower struct {
	policy *Policy
	mu     sync.Mutex
	seen   *Checkpoint
}

// NewFollower begins with a checkpoint that was accepted earlier, or with nil.
func NewFollower(p *Policy, seen *Checkpoint) *Follower { return &Follower{policy: p, seen: seen} }

// HistoryError is two acceptable checkpoints of which the one does not extend the
// other as it should.
type HistoryError struct {
	Seen, Shown *Checkpoint // accepted earlier, and shown now
	Err         error       // wraps ErrRollback or ErrFork
}

func (e *HistoryError) Error() string {
	return fmt.Sprintf("board: %d entries were seen, and now %d are shown: %v", e.Seen.Size, e.Shown.Size, e.Err)
}

// Unwrap gives the reason.
func (e *HistoryError) Unwrap() error { return e.Err }

// Seen is the newest checkpoint that was accepted, to be kept for the next time:
// with it, a log that forgets what it has shown is found out. It is nil before
// the first.
func (f *Follower) Seen() *Checkpoint {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seen
}

// Next fetches the newest checkpoint and accepts it if it extends the last one.
// Errors: those of fetch, of Policy.Open, and of Accept; *HistoryError with
// ErrRollback for a checkpoint that is smaller than one seen before the question.
// It implements Follower.Next of docs/protocol/board.md.
func (f *Follower) Next(fetch Fetch) (*Checkpoint, error) {
	seen := f.Seen()
	raw, err := fetch(CheckpointFile)
	if err != nil {
		return nil, err
	}
	next, err := f.policy.Open(raw)
	if err != nil {
		return nil, err
	}
	if seen != nil && next.Size < seen.Size {
		return nil, &HistoryError{seen, next, ErrRollback}
	}
	if err := f.Accept(next, fetch); err != nil {
		return nil, err
	}
	return next, nil
}

// Accept checks that next, which Policy.Open has accepted, and the newest
// checkpoint so far are of one history, whichever is older, and keeps the newer
// one. Nothing is fetched under the lock; if another checkpoint was accepted
// meanwhile, next is held against that one too. Errors: *HistoryError with ErrFork,
// and those of TileReader.
// It implements Follower.Accept of docs/protocol/board.md.
func (f *Follower) Accept(next *Checkpoint, fetch Fetch) error {
	for {
		seen := f.Seen()
		if err := sameHistory(seen, next, fetch); err != nil {
			return err
		}
		if f.replace(seen, next) {
			return nil
		}
	}
}

// replace keeps next if it is newer than seen. It fails if seen is not the newest
// any more.
func (f *Follower) replace(seen, next *Checkpoint) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.seen != seen {
		return false
	}
	if seen == nil || next.Size > seen.Size {
		f.seen = next
	}
	return true
}

// sameHistory checks that one of two checkpoints extends the other.
func sameHistory(seen, next *Checkpoint, fetch Fetch) error {
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
		if proof, err = ProveConsistency(older.Size, newer.Size, NewTileReader(newer, fetch)); err != nil {
			return err
		}
	}
	if err := VerifyConsistency(older, newer, proof); err != nil {
		return &HistoryError{seen, next, err}
	}
	return nil
}
