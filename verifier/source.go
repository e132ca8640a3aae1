package verifier

import (
	"archive/zip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"valik/election"
)

const (
	// documentLimit bounds what is read of one document, signature or certificate
	// before it is parsed: an archive may unpack to anything.
	documentLimit = 64 << 20
	// listLimit bounds lists of voters and ballots, which are parsed line by line.
	listLimit = 16 << 30
	// bulkLimit bounds files that are hashed without being kept.
	bulkLimit = 1 << 40
)

// Open opens a record or a sealed part at a path: a folder, or a zip archive of
// one. In an archive everything may lie in one folder, as when a folder was
// packed from outside. The returned function closes it. Errors wrap
// [ErrUnreadable].
//
// It implements Record.Open of docs/protocol/record.md.
func Open(path string) (fs.FS, func() error, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	if info.IsDir() {
		return os.DirFS(path), func() error { return nil }, nil
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%w: %s is neither a folder nor a zip archive", ErrUnreadable, path)
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %s is neither a folder nor a zip archive: %w", ErrUnreadable, path, err)
	}
	inner, err := unwrap(archive)
	if err != nil {
		archive.Close()
		return nil, nil, fmt.Errorf("%w: %s: %w", ErrUnreadable, path, err)
	}
	return inner, archive.Close, nil
}

// unwrap returns the one folder that is all of an archive, or the archive.
func unwrap(archive fs.FS) (fs.FS, error) {
	top, err := fs.ReadDir(archive, ".")
	if err != nil {
		return nil, err
	}
	if len(top) == 1 && top[0].IsDir() {
		return fs.Sub(archive, top[0].Name())
	}
	return archive, nil
}

// errMissing says that a file is not there.
var errMissing = errors.New("is missing")

// open opens a file of at most limit bytes. The size comes before any memory is
// spent, and only regular files are opened: a pipe would wait for ever.
func open(fsys fs.FS, path string, limit int64) (fs.File, int64, error) {
	info, err := fs.Stat(fsys, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, fmt.Errorf("%s %w", path, errMissing)
	case err != nil:
		return nil, 0, fmt.Errorf("%s: %w", path, err)
	case !info.Mode().IsRegular():
		return nil, 0, fmt.Errorf("%s is not a regular file", path)
	case info.Size() > limit:
		return nil, 0, fmt.Errorf("%s has %d bytes, more than the %d that it may have", path, info.Size(), limit)
	}
	f, err := fsys.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", path, err)
	}
	return f, info.Size(), nil
}

// read reads a whole file of at most limit bytes.
func read(fsys fs.FS, path string, limit int64) ([]byte, error) {
	f, size, err := open(fsys, path, limit)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, size+1)) // grows with what comes: the size is a claim
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case int64(len(b)) != size:
		return nil, fmt.Errorf("%s has not the %d bytes that it is said to have", path, size)
	}
	return b, nil
}

// readHash reads a file that must have a hash.
func readHash(fsys fs.FS, path string, want election.Hash, limit int64) ([]byte, error) {
	b, err := read(fsys, path, limit)
	if err != nil {
		return nil, err
	}
	if err := sameHash(path, election.HashOf(b), want); err != nil {
		return nil, err
	}
	return b, nil
}

// readBulk reads a file that must have a hash and n bytes. A length that is only
// claimed costs nothing.
func readBulk(fsys fs.FS, path string, want election.Hash, n int64) ([]byte, error) {
	b, err := readHash(fsys, path, want, n)
	if err != nil {
		return nil, err
	}
	if int64(len(b)) != n {
		return nil, fmt.Errorf("%s has %d bytes, not %d", path, len(b), n)
	}
	return b, nil
}

// checkHash checks the hash of a file without keeping it.
func checkHash(fsys fs.FS, path string, want election.Hash) error {
	f, _, err := open(fsys, path, bulkLimit)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, bulkLimit)); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return sameHash(path, election.Hash(h.Sum(nil)), want)
}

func sameHash(path string, got, want election.Hash) error {
	if got != want {
		return fmt.Errorf("%s has the hash %s, not %s", path, got, want)
	}
	return nil
}
