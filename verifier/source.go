package verifier

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"valik/election"
)

// fileLimit bounds what is read of one file: an archive may unpack to anything.
const fileLimit = 4 << 30

// Open opens a record or a sealed part at a path: a folder, or a zip archive of
// one. The returned function closes it.
func Open(path string) (fs.FS, func() error, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	if info.IsDir() {
		return os.DirFS(path), func() error { return nil }, nil
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %s is neither a folder nor a zip archive: %w", ErrUnreadable, path, err)
	}
	return archive, archive.Close, nil
}

// errMissing says that a file is not there.
var errMissing = errors.New("is missing")

// read reads a whole file.
func read(fsys fs.FS, path string) ([]byte, error) {
	f, err := fsys.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s %w", path, errMissing)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, fileLimit+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(b) > fileLimit {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, int64(fileLimit))
	}
	return b, nil
}

// readHash reads a file that must have a hash.
func readHash(fsys fs.FS, path string, want election.Hash) ([]byte, error) {
	b, err := read(fsys, path)
	if err != nil {
		return nil, err
	}
	if got := election.HashOf(b); got != want {
		return nil, fmt.Errorf("%s has the hash %s, not %s", path, got, want)
	}
	return b, nil
}
