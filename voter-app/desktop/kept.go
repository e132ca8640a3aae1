package desktop

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"valik/election"
	voter "valik/voter-app"
)

// ballotFile names a signed ballot by its hash. So no ballot is written over another one, or
// removed in its place: not another voter's at the same computer, not an earlier one of which
// nothing is known yet, and not that of a second program that uses the folder at the same time.
func ballotFile(s *voter.Sealed) string {
	return ballotPrefix + s.Ballot.Hash().String() + ballotSuffix
}

const (
	ballotPrefix = "ballot-"
	ballotSuffix = ".asice"
	brokenSuffix = ".broken" // behind the name of a file that is no ballot
)

// unconfirmed is a ballot that is signed and has no receipt.
type unconfirmed struct {
	*voter.Sealed
	choices map[string][]string // nil for one of an earlier run
}

// waiting is the ballot that may be cast again, nil for none: the newest without a receipt. Of a
// voter who has signed on it is their own: another's receipt would not be for their vote. And
// beside the choices of a review it is one that was made of them: no other is meant there.
func (v *voting) waiting(s *State) *voter.Sealed {
	for _, k := range slices.Backward(v.kept) {
		own := v.who == nil || v.who.Pseudonym == k.Ballot.Pseudonym
		if own && (s.Step != StepReview || maps.EqualFunc(k.choices, s.Selections, slices.Equal)) {
			return k.Sealed
		}
	}
	return nil
}

// keep puts a signed ballot on the disk.
func (a *App) keep(s *voter.Sealed, choices map[string][]string) error {
	path, err := a.keeps().of(a.voting.fingerprint, ballotFile(s))
	if path != "" && err == nil {
		err = voter.WriteFile(path, s.Container)
	}
	if err == nil {
		a.voting.kept = append(a.voting.kept, unconfirmed{s, choices})
	}
	return err
}

// forget lets those ballots go whose fate is certain.
func (a *App) forget(certain func(*voter.Sealed) bool) error {
	var failures []error
	a.voting.kept = slices.DeleteFunc(a.voting.kept, func(k unconfirmed) bool {
		if !certain(k.Sealed) {
			return false
		}
		failures = append(failures, a.remove(k.Sealed))
		return true
	})
	return errors.Join(failures...)
}

func (a *App) remove(s *voter.Sealed) error {
	path, err := a.keeps().of(a.voting.fingerprint, ballotFile(s))
	if path == "" || err != nil {
		return err
	}
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) { // a second program may have been quicker
		return err
	}
	return nil
}

// outdated says that a ballot can count no more since another one of the same voter has a
// receipt: it was made before that one came to the board, so it is superseded there, or stale.
func outdated(k, cast *voter.Sealed, r *election.Receipt) bool {
	return k.Ballot.Pseudonym == cast.Ballot.Pseudonym && k.Ballot.Anchor.Size <= r.Index
}

// takeUp looks for ballots whose cast was interrupted in an earlier run. What cannot be used is
// put aside.
func (a *App) takeUp() error {
	a.voting.kept = nil
	dir, err := a.keeps().of(a.voting.fingerprint, "")
	if err != nil {
		return &folderError{err}
	}
	if dir == "" {
		return nil
	}
	names, err := fs.Glob(os.DirFS(dir), ballotPrefix+"*"+ballotSuffix)
	if err != nil {
		return &folderError{err}
	}
	var failures []error
	for _, name := range names {
		s, err := a.resume(filepath.Join(dir, name))
		if failures = append(failures, err); err == nil {
			a.voting.kept = append(a.voting.kept, unconfirmed{Sealed: s})
		}
	}
	slices.SortStableFunc(a.voting.kept, older)
	return errors.Join(failures...)
}

func (a *App) resume(path string) (*voter.Sealed, error) {
	container, err := os.ReadFile(path)
	if err != nil {
		return nil, &folderError{err}
	}
	s, err := a.voting.election.Resume(container)
	if err != nil {
		aside := path + brokenSuffix
		return nil, errors.Join(fmt.Errorf("%s: %w", aside, err), os.Rename(path, aside))
	}
	return s, nil
}

// older orders ballots as they were made: by what each knew of the board, and those between two
// checkpoints by this computer's clock.
func older(a, b unconfirmed) int {
	return cmp.Or(cmp.Compare(a.Ballot.Anchor.Size, b.Ballot.Anchor.Size), a.Signed.Compare(b.Signed))
}
