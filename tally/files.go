package tally

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// The modes of files: the record is for everybody, the rest for its owner.
const (
	public  fs.FileMode = 0o644
	private fs.FileMode = 0o600
)

func folderMode(file fs.FileMode) fs.FileMode {
	if file == private {
		return 0o700
	}
	return 0o755
}

// newFiles is what a file is called until it is whole.
const newFiles = ".new-*"

// write writes a file so that it is there whole or not at all, and so that it
// survives a power cut once write has returned: the entry on the board comes
// later, and must never speak of a file that is lost.
func write(folder, path string, data []byte, mode fs.FileMode) error {
	full := filepath.Join(folder, filepath.FromSlash(path))
	dir := filepath.Dir(full)
	if err := makeFolder(dir, folderMode(mode)); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, newFiles)
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	err = errors.Join(err, temp.Chmod(mode), temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), full); err != nil {
		return err
	}
	return syncFolder(dir)
}

// makeFolder makes a folder and those above it, each durable in its parent.
func makeFolder(dir string, mode fs.FileMode) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	parent := filepath.Dir(dir)
	if err := makeFolder(parent, mode); err != nil {
		return err
	}
	if err := os.Mkdir(dir, mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(parent)
}

// syncFolder makes the names in a folder durable. Windows has no such call.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
