package board

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// A store keeps, beside its entries, the hashes of all complete subtrees under
// consecutive numbers from 0 (tlog.StoredHashIndex): about two for each entry.
// It reads them back through a tlog.HashReader.

var emptyRoot, _ = tlog.TreeHash(0, nil)

// LeafHash is the leaf of an entry, SHA-256(0x00 || data).
// It implements Tree.Leaf of docs/protocol/board.md.
func LeafHash(data []byte) tlog.Hash { return tlog.RecordHash(data) }

// Root is the root of the first size entries of a store that has at least so
// many. Errors: ErrTooLarge, and those of the reader.
// It implements Tree.Root of docs/protocol/board.md.
func Root(size uint64, r tlog.HashReader) (tlog.Hash, error) {
	if err := checkSize(size); err != nil {
		return tlog.Hash{}, err
	}
	return tlog.TreeHash(int64(size), r)
}

// Growth is what a store must write to grow.
type Growth struct {
	Before tlog.Hash   // root before, to be compared with the last checkpoint
	First  int64       // number under which Hashes[0] is stored; the rest follow
	Hashes []tlog.Hash // new stored hashes
	Size   uint64      // number of entries after
	Root   tlog.Hash   // root after
}

// Append computes what changes when leaves are appended to a store of size
// entries. It reads the store once, at most 60 hashes; r may be nil if size is
// 0. Errors: *EntryError with ErrTooLarge for an entry above MaxEntry bytes,
// ErrTooLarge for the size, and those of the reader.
// It implements Tree.Append of docs/protocol/board.md.
func Append(size uint64, leaves [][]byte, r tlog.HashReader) (*Growth, error) {
	hashes := make([]tlog.Hash, len(leaves))
	for i, leaf := range leaves {
		if len(leaf) > MaxEntry {
			return nil, &EntryError{Index: size + uint64(i), Err: fmt.Errorf("%w: %d bytes", ErrTooLarge, len(leaf))}
		}
		hashes[i] = LeafHash(leaf)
	}
	return AppendHashes(size, hashes, r)
}

// AppendHashes is Append for a caller that has the leaf hashes already.
// It implements Tree.Append of docs/protocol/board.md.
func AppendHashes(size uint64, leaves []tlog.Hash, r tlog.HashReader) (*Growth, error) {
	if size > MaxSize || uint64(len(leaves)) > MaxSize-size {
		return nil, fmt.Errorf("%w: %d entries and %d more", ErrTooLarge, size, len(leaves))
	}
	o := &overlay{edge: map[int64]tlog.Hash{}, first: tlog.StoredHashCount(int64(size))}
	before, err := tlog.TreeHash(int64(size), o.record(r))
	if err != nil {
		return nil, fmt.Errorf("board: right edge of the tree of %d entries: %w", size, err)
	}
	for i, leaf := range leaves {
		hs, err := tlog.StoredHashesForRecordHash(int64(size)+int64(i), leaf, o)
		if err != nil {
			return nil, err
		}
		o.fresh = append(o.fresh, hs...)
	}
	after := size + uint64(len(leaves))
	root, err := tlog.TreeHash(int64(after), o)
	if err != nil {
		return nil, err
	}
	return &Growth{Before: before, First: o.first, Hashes: o.fresh, Size: after, Root: root}, nil
}

// overlay answers from the old tree's right edge and from what has just been
// made. Nothing else can be asked for: appending joins new leaves only with the
// complete subtrees on the right edge.
type overlay struct {
	edge  map[int64]tlog.Hash
	first int64
	fresh []tlog.Hash
}

// record passes reads on to r and keeps the answers as the edge.
func (o *overlay) record(r tlog.HashReader) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hs, err := r.ReadHashes(indexes)
		if err != nil || len(hs) != len(indexes) {
			return hs, err
		}
		for i, x := range indexes {
			o.edge[x] = hs[i]
		}
		return hs, nil
	})
}

// ReadHashes implements tlog.HashReader.
func (o *overlay) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hs := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		h, ok := o.edge[x]
		if j := x - o.first; j >= 0 && j < int64(len(o.fresh)) {
			h, ok = o.fresh[j], true
		}
		if !ok {
			return nil, fmt.Errorf("%w: no hash number %d", ErrStore, x)
		}
		hs[i] = h
	}
	return hs, nil
}

// Tree holds all stored hashes of a log in memory, 64 bytes for each entry. The
// zero value is the empty tree. It is a tlog.HashReader.
type Tree struct {
	size   uint64
	hashes []tlog.Hash
}

// NewTree is the tree over these entries.
// It implements Tree.Append of docs/protocol/board.md.
func NewTree(leaves [][]byte) (*Tree, error) {
	t := new(Tree)
	return t, t.Append(leaves...)
}

// Append adds entries.
// It implements Tree.Append of docs/protocol/board.md.
func (t *Tree) Append(leaves ...[]byte) error {
	g, err := Append(t.size, leaves, t)
	if err != nil {
		return err
	}
	t.size, t.hashes = g.Size, append(t.hashes, g.Hashes...)
	return nil
}

// Size is the number of entries.
func (t *Tree) Size() uint64 { return t.size }

// Root is the root of the first size entries. The error is ErrOutside if there
// are fewer.
// It implements Tree.Root of docs/protocol/board.md.
func (t *Tree) Root(size uint64) (tlog.Hash, error) {
	if size > t.size {
		return tlog.Hash{}, fmt.Errorf("%w: root at %d of %d entries", ErrOutside, size, t.size)
	}
	return Root(size, t)
}

// ReadHashes implements tlog.HashReader.
func (t *Tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hs := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(t.hashes)) {
			return nil, fmt.Errorf("%w: hash number %d of %d", ErrOutside, x, len(t.hashes))
		}
		hs[i] = t.hashes[x]
	}
	return hs, nil
}
