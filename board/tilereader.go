package board

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"golang.org/x/mod/sumdb/tlog"
)

// TileReader is a Store over published tiles. Whatever it returns has been
// authenticated against the checkpoint, so the tiles may come from anywhere.
type TileReader struct {
	tree  tlog.Tree
	fetch Fetch
}

// NewTileReader reads the tree of a checkpoint that Policy.Open has accepted.
// fetch returns the bytes at a path as Tile.Path writes it, and an error that is
// fs.ErrNotExist for what is not there; it should bound what it reads.
// It implements Tile.Read of docs/protocol/board.md.
func NewTileReader(c *Checkpoint, fetch Fetch) *TileReader {
	return &TileReader{tree: tlog.Tree{N: int64(c.Size), Hash: c.Root}, fetch: fetch}
}

// FetchFS fetches tiles for NewTileReader from a folder or an archive.
func FetchFS(fsys fs.FS) Fetch {
	return func(path string) ([]byte, error) { return readFile(fsys, path, maxBundle) }
}

// ReadHashes implements tlog.HashReader. Errors: ErrOutside, ErrContent if the
// tiles do not lead to the checkpoint's root, *FileError, and those of fetch.
// It implements Tile.Read of docs/protocol/board.md.
func (r *TileReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	if len(indexes) == 0 {
		return nil, nil // tlog's reader has no answer to this in an empty tree
	}
	for _, x := range indexes {
		if x < 0 || x >= tlog.StoredHashCount(r.tree.N) {
			return nil, fmt.Errorf("%w: hash number %d of %d entries", ErrOutside, x, r.tree.N)
		}
	}
	t := &tileSource{fetch: r.fetch}
	hs, err := tlog.TileHashReader(r.tree, t).ReadHashes(indexes)
	if t.err != nil {
		return nil, t.err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: hash tiles: %w", ErrContent, err)
	}
	return hs, nil
}

// ReadEntries implements EntryReader. Errors: as ReadHashes, and *EntryError
// with ErrContent for an entry that is not the one in the tree.
// It implements Tile.Read of docs/protocol/board.md.
func (r *TileReader) ReadEntries(first uint64, n int) ([][]byte, error) {
	if n < 0 || first > uint64(r.tree.N) || uint64(n) > uint64(r.tree.N)-first {
		return nil, fmt.Errorf("%w: %d entries from %d on, of %d", ErrOutside, n, first, r.tree.N)
	}
	var entries [][]byte
	for end := first + uint64(n); first < end; first = first - first%TileWidth + TileWidth {
		skip := first % TileWidth
		b, err := r.bundle(first / TileWidth)
		if err != nil {
			return nil, err
		}
		b = b[skip:min(uint64(len(b)), skip+end-first)]
		if err := r.checkLeaves(first, b); err != nil {
			return nil, err
		}
		entries = append(entries, b...)
	}
	return entries, nil
}

// bundle fetches the entry bundle of this index at the tree's size.
func (r *TileReader) bundle(index uint64) ([][]byte, error) {
	width := min(TileWidth, uint64(r.tree.N)-index*TileWidth)
	t := Tile{Level: LevelEntries, Index: index, Width: int(width)}
	data, got, err := fetchTile(r.fetch, t)
	if err != nil {
		return nil, err
	}
	entries, err := ParseBundle(data, got.Width)
	if err != nil {
		return nil, &FileError{Path: got.Path(), Err: err}
	}
	return entries[:t.Width], nil
}

func (r *TileReader) checkLeaves(first uint64, entries [][]byte) error {
	indexes := make([]int64, len(entries))
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, int64(first)+int64(i))
	}
	hs, err := r.ReadHashes(indexes)
	if err != nil {
		return err
	}
	for i, e := range entries {
		if LeafHash(e) != hs[i] {
			return &EntryError{Index: first + uint64(i), Err: ErrContent}
		}
	}
	return nil
}

// fetchTile falls back to the full tile if the partial one has been deleted,
// which tlog-tiles allows; it says which one it got.
func fetchTile(fetch Fetch, t Tile) ([]byte, Tile, error) {
	data, err := fetch(t.Path())
	if err == nil || t.Full() || !errors.Is(err, fs.ErrNotExist) {
		return data, t, err
	}
	full := Tile{Level: t.Level, Index: t.Index, Width: TileWidth}
	if data, err2 := fetch(full.Path()); err2 == nil {
		return data, full, nil
	}
	return nil, t, err
}

// tileSource is the tlog.TileReader of a TileReader; it keeps the error of a
// fetch apart from those of authentication.
type tileSource struct {
	fetch Fetch
	err   error
}

// Height implements tlog.TileReader.
func (s *tileSource) Height() int { return tileHeight }

// SaveTiles implements tlog.TileReader.
func (s *tileSource) SaveTiles([]tlog.Tile, [][]byte) {}

// ReadTiles implements tlog.TileReader.
func (s *tileSource) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		want := Tile{Level: t.L, Index: uint64(t.N), Width: t.W}
		b, got, err := fetchTile(s.fetch, want)
		if err == nil && len(b) != got.Width*tlog.HashSize {
			err = &FileError{Path: got.Path(), Err: fmt.Errorf("%w: %d bytes", ErrMalformed, len(b))}
		}
		if err != nil {
			s.err = err
			return nil, err
		}
		data[i] = b[:want.Width*tlog.HashSize]
	}
	return data, nil
}

// readFile reads at most limit bytes: an archive may unpack to more than memory.
func readFile(fsys fs.FS, path string, limit int) ([]byte, error) {
	f, err := fsys.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &FileError{Path: path, Err: fmt.Errorf("%w: %w", ErrMissing, err)}
	}
	if err != nil {
		return nil, &FileError{Path: path, Err: err}
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return nil, &FileError{Path: path, Err: err}
	}
	if len(b) > limit {
		return nil, &FileError{Path: path, Err: fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)}
	}
	return b, nil
}
