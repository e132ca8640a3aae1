package board

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// EntryReader reads entries of a store.
type EntryReader interface {
	// ReadEntries returns the n entries from first on, or an error.
	ReadEntries(first uint64, n int) ([][]byte, error)
}

// EntryReaderFunc is a function that is an EntryReader.
type EntryReaderFunc func(first uint64, n int) ([][]byte, error)

// ReadEntries calls f.
func (f EntryReaderFunc) ReadEntries(first uint64, n int) ([][]byte, error) { return f(first, n) }

// Store is a place in which a log is kept: a database, a folder.
type Store interface {
	tlog.HashReader
	EntryReader
}

// TileData makes the bytes that a server answers to the path of a tile or entry
// bundle of a log of size entries. Errors: ErrMalformed and ErrOutside (both are
// a server's 404), and those of the store.
// It implements Tile.Data of docs/protocol/board.md.
func TileData(size uint64, path string, s Store) ([]byte, error) {
	t, err := ParseTile(path)
	if err != nil {
		return nil, err
	}
	if err := checkSize(size); err != nil {
		return nil, err
	}
	if err := t.Check(size); err != nil {
		return nil, err
	}
	return t.data(s, s)
}

// data reads a tile that has been checked to be within the tree.
func (t Tile) data(hashes tlog.HashReader, entries EntryReader) ([]byte, error) {
	if t.Level != LevelEntries {
		return tlog.ReadTileData(t.tlog(), hashes)
	}
	bundle, err := readEntries(entries, t.Index*TileWidth, t.Width)
	if err != nil {
		return nil, err
	}
	return EncodeBundle(bundle)
}

func readEntries(r EntryReader, first uint64, n int) ([][]byte, error) {
	entries, err := r.ReadEntries(first, n)
	if err != nil {
		return nil, err
	}
	if len(entries) != n {
		return nil, &EntryError{Index: first, Err: fmt.Errorf("%w: %d entries instead of %d", ErrStore, len(entries), n)}
	}
	return entries, nil
}
