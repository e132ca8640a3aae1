package board

import (
	"encoding/binary"
	"fmt"
)

const (
	// MaxEntry is the largest entry in bytes: its length is a uint16.
	MaxEntry = 1<<16 - 1
	// TileWidth is the number of hashes of a full tile and of entries of a full
	// bundle.
	TileWidth = 1 << tileHeight

	tileHeight = 8
	maxBundle  = TileWidth * (2 + MaxEntry)
)

// EncodeBundle writes 1 to 256 entries, each after its length as uint16 big
// endian. Errors: ErrMalformed for their number, *EntryError with ErrTooLarge
// and the position in the bundle for an entry.
// It implements Bundle.Parse of docs/protocol/board.md.
func EncodeBundle(entries [][]byte) ([]byte, error) {
	if len(entries) < 1 || len(entries) > TileWidth {
		return nil, fmt.Errorf("%w: bundle of %d entries", ErrMalformed, len(entries))
	}
	var b []byte
	for i, e := range entries {
		if len(e) > MaxEntry {
			return nil, &EntryError{Index: uint64(i), Err: fmt.Errorf("%w: %d bytes", ErrTooLarge, len(e))}
		}
		b = binary.BigEndian.AppendUint16(b, uint16(len(e)))
		b = append(b, e...)
	}
	return b, nil
}

// ParseBundle reads exactly n entries, which share b's memory. Errors:
// ErrMalformed, within *EntryError and the position in the bundle if an entry
// is cut short.
// It implements Bundle.Parse of docs/protocol/board.md.
func ParseBundle(b []byte, n int) ([][]byte, error) {
	if n < 1 || n > TileWidth {
		return nil, fmt.Errorf("%w: bundle of %d entries", ErrMalformed, n)
	}
	entries := make([][]byte, n)
	for i := range entries {
		if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) {
			return nil, &EntryError{Index: uint64(i), Err: fmt.Errorf("%w: bundle ends within it", ErrMalformed)}
		}
		end := 2 + int(binary.BigEndian.Uint16(b))
		entries[i], b = b[2:end:end], b[end:]
	}
	if len(b) != 0 {
		return nil, fmt.Errorf("%w: %d bytes after the last of %d entries", ErrMalformed, len(b), n)
	}
	return entries, nil
}
