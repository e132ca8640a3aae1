package tally

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// What a folder of containers may be refused for.
var (
	ErrExists = errors.New("tally: it is there already, and nothing is written over it")
	ErrPublic = errors.New("tally: what names voters may not lie in the published record")
)

// The names in a folder of containers, beside <index>.asice and <index>.tst.
const (
	containerSuffix = ".asice"
	tokenSuffix     = ".tst"
	indexFile       = "index.csv"
)

// shelf is a folder of containers that is being filled. Until it is full it has another
// name, so that nothing half-written looks whole.
type shelf struct {
	temp, out string
	file      *os.File
	index     *csv.Writer
	levels    map[string]int
}

// keepsSecret refuses an output folder that would be published.
func (f *Folder) keepsSecret(out string) error {
	record, err1 := realPath(f.Record())
	parent, err2 := realPath(filepath.Dir(out))
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	path, err := filepath.Rel(record, parent)
	if err == nil && path != ".." && !strings.HasPrefix(path, ".."+string(filepath.Separator)) {
		return fmt.Errorf("%w: choose another place than %s", ErrPublic, out)
	}
	return nil
}

func realPath(path string) (string, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(whole)
}

// newShelf makes the folder under its other name. The name is always the same: what an
// interruption has left names voters too, and must not lie about unnoticed.
func newShelf(out string) (*shelf, error) {
	out = filepath.Clean(out)
	s := &shelf{out: out, levels: map[string]int{}}
	s.temp = filepath.Join(filepath.Dir(out), strings.TrimSuffix(newFiles, "*")+filepath.Base(out))
	if _, err := os.Lstat(out); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(fmt.Errorf("%w: %s", ErrExists, out), err)
	}
	switch err := os.Mkdir(s.temp, folderMode(private)); {
	case errors.Is(err, fs.ErrExist):
		return nil, fmt.Errorf("%w: another run is writing %s, or was interrupted: then remove it", ErrExists, s.temp)
	case err != nil:
		return nil, err
	}
	var err error
	if s.file, err = s.create(indexFile); err != nil {
		return nil, s.abandon(err)
	}
	s.index = csv.NewWriter(s.file)
	if err := s.index.Write([]string{"index", "time", "file", "level", "time-stamp", "revocation-list", "reason"}); err != nil {
		return nil, s.abandon(err)
	}
	return s, nil
}

func (s *shelf) create(name string) (*os.File, error) {
	return os.OpenFile(filepath.Join(s.temp, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, private)
}

// put writes a ballot and its line of the index.
func (s *shelf) put(it *item) error {
	stem := strconv.FormatUint(it.index, 10)
	name, token := stem+containerSuffix, ""
	if err := s.write(name, it.container); err != nil {
		return err
	}
	if len(it.token) > 0 {
		token = stem + tokenSuffix
		if err := s.write(token, it.token); err != nil {
			return err
		}
	}
	s.levels[it.level]++
	return s.index.Write([]string{stem, it.time.String(), name, it.level, token, it.list, it.reason})
}

func (s *shelf) write(name string, b []byte) error {
	f, err := s.create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

// finish gives the folder its name, after everything in it is durable.
func (s *shelf) finish() error {
	s.index.Flush()
	err := errors.Join(s.index.Error(), s.file.Sync(), syncFolder(s.temp))
	if err == nil {
		err = errors.Join(s.file.Close(), os.Rename(s.temp, s.out))
	}
	if err != nil {
		return s.abandon(err)
	}
	return syncFolder(filepath.Dir(s.out))
}

// abandon removes what was written.
func (s *shelf) abandon(why error) error {
	if s.file != nil {
		_ = s.file.Close() // it is removed
	}
	return errors.Join(why, os.RemoveAll(s.temp))
}
