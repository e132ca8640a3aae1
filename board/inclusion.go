package board

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// ProveInclusion makes the RFC 6962 audit path of the entry at index in the tree
// of the first size entries, from the leaf's sibling upwards. Errors:
// ErrTooLarge, ErrOutside, and those of the reader.
// It implements Inclusion.Prove of docs/protocol/board.md.
func ProveInclusion(size, index uint64, r tlog.HashReader) ([]tlog.Hash, error) {
	if err := checkIndex(size, index); err != nil {
		return nil, err
	}
	return tlog.ProveRecord(int64(size), int64(index), r)
}

// VerifyInclusion checks that the tree with this size and root has this leaf at
// index. Errors: ErrTooLarge, ErrOutside, ErrInclusion.
// It implements Inclusion.Verify of docs/protocol/board.md.
func VerifyInclusion(proof []tlog.Hash, size uint64, root tlog.Hash, index uint64, leaf tlog.Hash) error {
	if err := checkIndex(size, index); err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof, int64(size), root, int64(index), leaf); err != nil {
		return fmt.Errorf("%w: leaf %v and %d hashes do not lead from index %d to root %v of %d entries",
			ErrInclusion, leaf, len(proof), index, root, size)
	}
	return nil
}

func checkIndex(size, index uint64) error {
	if err := checkSize(size); err != nil {
		return err
	}
	if index >= size {
		return fmt.Errorf("%w: index %d of %d entries", ErrOutside, index, size)
	}
	return nil
}
