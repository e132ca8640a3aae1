package board

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// ProveFork makes what shows to somebody offline that the tree of newer does not
// begin with that of older: the root that newer's tree has over its first
// older.Size entries, and the consistency proof of that root. r reads newer's
// tree. Errors: ErrRollback if newer is the smaller one, ErrNoFork if the two are
// of one history, and those of the reader.
// It implements Fork.Prove of docs/protocol/board.md.
func ProveFork(older, newer *Checkpoint, r tlog.HashReader) (prefix tlog.Hash, proof []tlog.Hash, err error) {
	if older.Size > newer.Size {
		return tlog.Hash{}, nil, fmt.Errorf("%w: from %d to %d entries", ErrRollback, older.Size, newer.Size)
	}
	prefix = newer.Root
	if older.Size < newer.Size {
		if prefix, err = Root(older.Size, r); err != nil {
			return tlog.Hash{}, nil, err
		}
		if proof, err = ProveConsistency(older.Size, newer.Size, r); err != nil {
			return tlog.Hash{}, nil, err
		}
	}
	return prefix, proof, VerifyFork(older, newer, prefix, proof)
}

// VerifyFork checks what ProveFork has made. Both checkpoints must come from
// Policy.Open: then nil means that whoever signed both has signed two histories.
// Errors: ErrOrigin, ErrRollback if newer is the smaller one, ErrProof if the proof
// is not one of newer's tree, ErrNoFork if the two are of one history.
// It implements Fork.Verify of docs/protocol/board.md.
func VerifyFork(older, newer *Checkpoint, prefix tlog.Hash, proof []tlog.Hash) error {
	switch {
	case older.Origin != newer.Origin:
		return fmt.Errorf("%w: from %q to %q", ErrOrigin, older.Origin, newer.Origin)
	case older.Size > newer.Size:
		return fmt.Errorf("%w: from %d to %d entries", ErrRollback, older.Size, newer.Size)
	}
	begins := &Checkpoint{Origin: newer.Origin, Size: older.Size, Root: prefix}
	if err := VerifyConsistency(begins, newer, proof); err != nil {
		return fmt.Errorf("%w: that its first %d entries have root %v", ErrProof, older.Size, prefix)
	}
	if prefix == older.Root {
		return fmt.Errorf("%w: the %d entries begin with the %d, root %v", ErrNoFork, newer.Size, older.Size, prefix)
	}
	return nil
}
