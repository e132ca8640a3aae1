package recordtest

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing/fstest"
)

// Files is a folder in memory: content by path.
type Files map[string][]byte

// FS returns the folder as a file system.
func (f Files) FS() fs.FS {
	m := fstest.MapFS{}
	for path, content := range f {
		m[path] = &fstest.MapFile{Data: content, Mode: 0o644}
	}
	return m
}

// Paths lists the files, sorted.
func (f Files) Paths() []string { return slices.Sorted(maps.Keys(f)) }

// Clone returns a folder with the same files, to change one of them.
func (f Files) Clone() Files { return maps.Clone(f) }

// Write writes the files into a folder on disk.
func (f Files) Write(dir string) error {
	for path, content := range f {
		full := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(full, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Zip returns the files as an archive, each below prefix.
func (f Files) Zip(prefix string) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, path := range f.Paths() {
		out, err := w.Create(prefix + path)
		if err != nil {
			return nil, err
		}
		if _, err := out.Write(f[path]); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}
