package tally

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"valik/election"
	"valik/verifier"
)

// Folder is the officials' folder of one election.
type Folder struct {
	dir string
	// Progress, if not nil, is told how far a step is: done of total items.
	Progress func(step string, done, total int)
	// Fingerprint and Checkpoint, if not nil, are what those who take a step know of
	// election and board from a source of their own: a step on another election, or
	// on a board that does not extend this checkpoint, is refused. Without them
	// whoever hands over the folder chooses both.
	Fingerprint *election.Hash
	Checkpoint  []byte
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
	ErrUnsigned   = errors.New("tally: an official has yet to sign (officer sign)")
	ErrKey        = errors.New("tally: this is not the key that the manifest names")
	ErrBusy       = errors.New("tally: another program is at work in this folder")
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
	path := filepath.Join(f.Record(), election.ManifestFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: no election is set up in %s: %w", ErrTooEarly, f.dir, err)
	}
	if err != nil {
		return nil, err
	}
	m, err := election.ParseManifest(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// verify verifies everything up to a stage. The sealed part is used if it is
// there: a mixer or trustee of a guarded election does without.
func (f *Folder) verify(stage verifier.Stage) (*verifier.State, error) {
	in := verifier.Input{
		Record: os.DirFS(f.Record()), Fingerprint: f.Fingerprint, Checkpoint: f.Checkpoint,
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

// failures says which checks failed and why, one a line; if none did, which were
// not possible.
func failures(r *verifier.Report) string {
	var failed, missing []string
	for _, c := range r.Checks {
		line := fmt.Sprintf("  %s: %s", c.ID, c.Detail)
		switch c.Status {
		case verifier.Fail:
			failed = append(failed, line)
		case verifier.NotPossible:
			missing = append(missing, line)
		}
	}
	if len(failed) == 0 {
		failed = missing
	}
	return strings.Join(failed, "\n")
}
