package tally

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"valik/board"
	"valik/election"
	"valik/verifier"
)

// Folder is the officials' folder of one election.
type Folder struct {
	dir string
	// Progress, if not nil, is told how far a step is: done of total items.
	Progress func(step string, done, total int)
}

// The parts of a folder.
const (
	recordFolder   = "record"
	sealedFolder   = "sealed"
	ceremonyFolder = "ceremony"
)

// What a step may refuse.
var (
	ErrDone       = errors.New("tally: this step is done already")
	ErrTooEarly   = errors.New("tally: a step before this one is missing")
	ErrUnverified = errors.New("tally: what came before does not verify")
)

// NewFolder names a folder; nothing is read or written yet.
func NewFolder(dir string) *Folder { return &Folder{dir: dir} }

// Record is the path of the published part.
func (f *Folder) Record() string { return filepath.Join(f.dir, recordFolder) }

// Sealed is the path of the sealed part.
func (f *Folder) Sealed() string { return filepath.Join(f.dir, sealedFolder) }

func (f *Folder) progress(step string, done, total int) {
	if f.Progress != nil {
		f.Progress(step, done, total)
	}
}

// Manifest reads the folder's manifest.
func (f *Folder) Manifest() (*election.Manifest, error) {
	raw, err := os.ReadFile(filepath.Join(f.Record(), election.ManifestFile))
	if err != nil {
		return nil, err
	}
	return election.ParseManifest(raw)
}

// verify verifies everything up to a stage. The sealed part is used if it is
// there: a mixer or trustee of a guarded election does without.
func (f *Folder) verify(stage verifier.Stage) (*verifier.State, error) {
	in := verifier.Input{
		Record: os.DirFS(f.Record()),
		Progress: func(id string, done, total int) {
			f.progress("verify "+id, done, total)
		},
	}
	if _, err := os.Stat(filepath.Join(f.Sealed(), election.BoxFile)); err == nil || stage < verifier.Closed {
		in.Sealed = os.DirFS(f.Sealed())
	}
	state, report, err := verifier.VerifyTo(in, stage)
	if err != nil {
		return nil, err
	}
	if !report.Verified {
		return nil, fmt.Errorf("%w:\n%s", ErrUnverified, failures(report))
	}
	return state, nil
}

// failures says which checks failed and why, one a line.
func failures(r *verifier.Report) string {
	var lines []string
	for _, c := range r.Checks {
		if c.Status == verifier.Fail {
			lines = append(lines, fmt.Sprintf("  %s: %s", c.ID, c.Detail))
		}
	}
	return strings.Join(lines, "\n")
}

// log opens the board of the folder to append to it.
func (f *Folder) log(m *election.Manifest) (*board.Folder, error) {
	return board.OpenFolder(f.Record(), m.Policy())
}

// enter writes the entry of an artefact as the last act of a step.
func (f *Folder) enter(m *election.Manifest, key *board.Key, entries ...*election.Entry) error {
	log, err := f.log(m)
	if err != nil {
		return err
	}
	leaves := make([][]byte, len(entries))
	for i, e := range entries {
		leaves[i] = e.Bytes()
	}
	_, err = log.Append(key, leaves...)
	return errors.Join(err, log.Close())
}

// write writes a file of the record or the sealed part so that it is there whole
// or not at all, and is there when the entry is.
func write(folder, path string, data []byte, mode fs.FileMode) error {
	full := filepath.Join(folder, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), folderMode(mode)); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(full), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	err = errors.Join(err, temp.Chmod(mode), temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), full)
}

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

// readAll reads several files.
func readAll(paths ...string) ([][]byte, error) {
	contents := make([][]byte, len(paths))
	for i, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			return nil, err
		}
		contents[i] = b
	}
	return contents, nil
}
