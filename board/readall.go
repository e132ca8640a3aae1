package board

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
)

// A log in a folder is the file checkpoint and everything under tile. What else
// lies in the folder is not the log's.
const (
	// CheckpointFile is where a log has its newest checkpoint.
	CheckpointFile = "checkpoint"

	tileDir = "tile"
)

// ReadAll reads a whole log in the layout of tlog-tiles from a folder or an
// archive and trusts nothing but the policy. It computes the tree again from the
// entries and requires that it has the checkpoint's root, that every tile is
// there, nothing else lies under tile, and every byte is as it must be. Errors
// are *FileError with ErrMissing, ErrUnexpected, ErrContent, ErrMalformed,
// ErrTooLarge, or what Policy.Open returns.
// It implements Log.ReadAll of docs/protocol/board.md.
func ReadAll(fsys fs.FS, p *Policy) (*Checkpoint, [][]byte, error) {
	raw, err := readFile(fsys, CheckpointFile, MaxCheckpoint)
	if err != nil {
		return nil, nil, err
	}
	c, err := p.Open(raw)
	if err != nil {
		return nil, nil, &FileError{Path: CheckpointFile, Err: err}
	}
	l := &logFiles{fsys: fsys, c: c, seen: map[Tile]bool{}}
	for _, step := range []func() error{l.readEntries, l.checkRoot, l.checkFiles, l.checkComplete} {
		if err := step(); err != nil {
			return nil, nil, err
		}
	}
	return c, l.entries, nil
}

// logFiles is a log that is being read.
type logFiles struct {
	fsys    fs.FS
	c       *Checkpoint
	entries [][]byte
	tree    Tree          // over entries
	seen    map[Tile]bool // files that are there and right
}

// readEntries goes bundle by bundle and ends at the first that is missing, so a
// checkpoint of absurd size costs nothing.
func (l *logFiles) readEntries() error {
	for first := uint64(0); first < l.c.Size; first += TileWidth {
		width := min(TileWidth, l.c.Size-first)
		t := Tile{Level: LevelEntries, Index: first / TileWidth, Width: int(width)}
		data, err := readFile(l.fsys, t.Path(), maxBundle)
		if err != nil {
			return err
		}
		entries, err := ParseBundle(data, t.Width)
		if err != nil {
			return &FileError{Path: t.Path(), Err: err}
		}
		if err := l.tree.Append(entries...); err != nil {
			return &FileError{Path: t.Path(), Err: err}
		}
		l.entries = append(l.entries, entries...)
		l.seen[t] = true // ParseBundle accepts one encoding only
	}
	return nil
}

// checkRoot compares the tree over the entries with the checkpoint. After it,
// entries and tree are right, and any file that differs from them is wrong.
func (l *logFiles) checkRoot() error {
	root, err := l.tree.Root(l.c.Size)
	if err != nil {
		return err
	}
	if root == l.c.Root {
		return nil
	}
	return l.findWrongEntry()
}

// findWrongEntry asks the hash tiles, authenticated by the checkpoint, which
// entry is not the one in the log.
func (l *logFiles) findWrongEntry() error {
	r := NewTileReader(l.c, FetchFS(l.fsys))
	for first := uint64(0); first < l.c.Size; first += TileWidth {
		end := min(first+TileWidth, l.c.Size)
		err := r.checkLeaves(first, l.entries[first:end])
		var wrong *EntryError
		if errors.As(err, &wrong) {
			t := Tile{Level: LevelEntries, Index: first / TileWidth, Width: int(end - first)}
			return &FileError{Path: t.Path(), Err: err}
		}
		if err != nil {
			return fmt.Errorf("board: entries do not lead to the checkpoint's root, nor do the hash tiles: %w", err)
		}
	}
	return &FileError{Path: CheckpointFile, Err: ErrContent}
}

// checkFiles compares every file with what it must contain. Partial tiles of
// smaller trees may be there, since tlog-tiles keeps them for slow readers.
func (l *logFiles) checkFiles() error {
	return fs.WalkDir(l.fsys, tileDir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case path == tileDir && errors.Is(err, fs.ErrNotExist):
			return nil // an empty log; otherwise readEntries has complained
		case err != nil:
			return &FileError{Path: path, Err: err}
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			return &FileError{Path: path, Err: fmt.Errorf("%w: not a regular file", ErrUnexpected)}
		}
		t, err := ParseTile(path)
		if err == nil {
			err = t.Check(l.c.Size)
		}
		if err != nil {
			return &FileError{Path: path, Err: fmt.Errorf("%w: %w", ErrUnexpected, err)}
		}
		return l.checkTile(t)
	})
}

func (l *logFiles) checkTile(t Tile) error {
	if l.seen[t] {
		return nil
	}
	want, err := t.data(&l.tree, l)
	if err != nil {
		return &FileError{Path: t.Path(), Err: err}
	}
	got, err := readFile(l.fsys, t.Path(), len(want))
	if err != nil {
		return err
	}
	if i := firstDifference(got, want); i >= 0 {
		return &FileError{Path: t.Path(), Err: fmt.Errorf("%w: from byte %d on", ErrContent, i)}
	}
	l.seen[t] = true
	return nil
}

// firstDifference is the position from which two strings differ, or -1.
func firstDifference(a, b []byte) int {
	if bytes.Equal(a, b) {
		return -1
	}
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// ReadEntries implements EntryReader over the entries read.
func (l *logFiles) ReadEntries(first uint64, n int) ([][]byte, error) {
	return l.entries[first : first+uint64(n)], nil
}

// checkComplete requires every tile of the tree.
func (l *logFiles) checkComplete() error {
	tiles, err := Tiles(0, l.c.Size)
	if err != nil {
		return err
	}
	for _, t := range tiles {
		if !l.seen[t] {
			return &FileError{Path: t.Path(), Err: fmt.Errorf("%w: %w", ErrMissing, fs.ErrNotExist)}
		}
	}
	return nil
}
