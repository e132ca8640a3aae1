package board

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
)

// newFile is the one name under which a file is written before it gets its own
// by rename. It can be left over by a crash and is never read.
const newFile = tileDir + "/.new"

// disk writes files of a log so that a crash leaves each of them absent, old or
// complete. It never follows a link out of its folder.
type disk struct {
	root  *os.Root
	lock  *os.File
	dirty map[string]bool // directories with names that are not yet durable
}

// openDisk takes the folder for this process alone.
func openDisk(dir string) (*disk, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	lock, err := root.Open(".")
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	if err := lockDir(lock); err != nil {
		return nil, errors.Join(fmt.Errorf("board: folder %q is in use: %w", dir, err), lock.Close(), root.Close())
	}
	return &disk{root: root, lock: lock, dirty: map[string]bool{}}, nil
}

func (d *disk) close() error { return errors.Join(d.lock.Close(), d.root.Close()) }

// requireNoLog refuses a folder in which a log has been begun. What an
// interrupted beginning leaves, an empty tile folder, is none.
func (d *disk) requireNoLog() error {
	if _, err := d.root.Lstat(CheckpointFile); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, &FileError{Path: CheckpointFile, Err: fmt.Errorf("%w: folder has a log", ErrUnexpected)})
	}
	names, err := fs.ReadDir(d.root.FS(), tileDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, n := range names {
		if name := path.Join(tileDir, n.Name()); name != newFile {
			return &FileError{Path: name, Err: fmt.Errorf("%w: folder has parts of a log", ErrUnexpected)}
		}
	}
	return nil
}

// write makes one file complete and durable, except for its name: see sync.
func (d *disk) write(name string, data []byte) error {
	dir := path.Dir(name)
	if err := errors.Join(d.root.MkdirAll(dir, 0o755), d.root.MkdirAll(tileDir, 0o755)); err != nil {
		return err
	}
	if err := d.writeNew(data); err != nil {
		return err
	}
	if err := d.root.Rename(newFile, name); err != nil {
		return err
	}
	for ; dir != "."; dir = path.Dir(dir) {
		d.dirty[dir] = true
	}
	d.dirty["."], d.dirty[tileDir] = true, true
	return nil
}

func (d *disk) writeNew(data []byte) error {
	f, err := d.root.OpenFile(newFile, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// sync makes the names of all files written so far durable.
func (d *disk) sync() error {
	for dir := range d.dirty {
		f, err := d.root.Open(dir)
		if err != nil {
			return err
		}
		if err := errors.Join(syncDir(f), f.Close()); err != nil {
			return err
		}
		delete(d.dirty, dir)
	}
	return nil
}

// commit makes a checkpoint valid: after everything that it speaks of, and in
// one step.
func (d *disk) commit(checkpoint []byte) error {
	if err := d.sync(); err != nil {
		return err
	}
	if err := d.write(CheckpointFile, checkpoint); err != nil {
		return err
	}
	return d.sync()
}

// repair removes what an interrupted append has left: the file being written,
// tiles beyond the checkpoint and empty directories. Files that we would not
// have written stay, and are an error of the reading that follows.
func (d *disk) repair(size uint64) error {
	var extra, dirs []string
	err := fs.WalkDir(d.root.FS(), tileDir, func(name string, e fs.DirEntry, err error) error {
		if name == tileDir && errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if e.IsDir() {
			dirs = append(dirs, name)
			return nil
		}
		t, err := ParseTile(name)
		if name == newFile || err == nil && t.Check(size) != nil {
			extra = append(extra, name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range extra {
		if err := d.root.Remove(name); err != nil {
			return err
		}
	}
	return d.removeEmpty(dirs)
}

// removeEmpty removes those directories, given parents first, that have become
// empty.
func (d *disk) removeEmpty(dirs []string) error {
	for _, dir := range slices.Backward(dirs) {
		names, err := fs.ReadDir(d.root.FS(), dir)
		if err != nil {
			return err
		}
		if len(names) > 0 {
			continue
		}
		if err := d.root.Remove(dir); err != nil {
			return err
		}
	}
	return nil
}
