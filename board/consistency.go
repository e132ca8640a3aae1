package board

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// ProveConsistency makes the RFC 6962 proof that the tree of the first to
// entries begins with the tree of the first from entries. It is empty for from 0
// and for equal sizes. Errors: ErrTooLarge, ErrRollback if to is smaller, and
// those of the reader.
// It implements Consistency.Prove of docs/protocol/board.md.
func ProveConsistency(from, to uint64, r tlog.HashReader) ([]tlog.Hash, error) {
	if err := checkSize(to); err != nil {
		return nil, err
	}
	if from > to {
		return nil, fmt.Errorf("%w: from %d to %d entries", ErrRollback, from, to)
	}
	if from == 0 || from == to {
		return nil, nil
	}
	return tlog.ProveTree(int64(to), int64(from), r)
}

// VerifyConsistency checks that a follower who has accepted old may accept next:
// the same log, not smaller, and an extension of it. Both must come from
// Policy.Open. Errors: ErrOrigin; ErrRollback; ErrFork if equal sizes have
// different roots, which together is evidence against the log, or if the proof
// does not connect the two; ErrMalformed for a proof where none is needed.
// It implements Consistency.Verify of docs/protocol/board.md.
func VerifyConsistency(old, next *Checkpoint, proof []tlog.Hash) error {
	switch {
	case old.Origin != next.Origin:
		return fmt.Errorf("%w: from %q to %q", ErrOrigin, old.Origin, next.Origin)
	case old.Size > next.Size:
		return fmt.Errorf("%w: from %d to %d entries", ErrRollback, old.Size, next.Size)
	case old.Size == next.Size && old.Root != next.Root:
		return fmt.Errorf("%w: %d entries with roots %v and %v", ErrFork, old.Size, old.Root, next.Root)
	case old.Size == 0 && old.Root != emptyRoot:
		return fmt.Errorf("%w: empty tree with root %v", ErrMalformed, old.Root)
	case old.Size == 0 || old.Size == next.Size:
		return emptyProof(proof)
	}
	if err := checkSize(next.Size); err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, int64(next.Size), next.Root, int64(old.Size), old.Root); err != nil {
		return fmt.Errorf("%w: %d hashes do not connect root %v of %d entries and root %v of %d entries",
			ErrFork, len(proof), old.Root, old.Size, next.Root, next.Size)
	}
	return nil
}

func emptyProof(proof []tlog.Hash) error {
	if len(proof) != 0 {
		return fmt.Errorf("%w: %d hashes where the proof is empty", ErrMalformed, len(proof))
	}
	return nil
}
