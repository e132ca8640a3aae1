package tally

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"valik/eid"
	"valik/election"
	"valik/election/vis3"
)

// ReadRegister reads voter lists in the VIS3 form, the initial one and all
// changesets in order, and then the files that say which personal codes have
// changed, in order too. Errors name the file.
func ReadRegister(m *election.Manifest, lists, changed []string) (*vis3.Register, error) {
	register := vis3.NewRegister(m.ID, m.Districts)
	apply := applyList(m, register)
	for _, path := range lists {
		raw, err := readHandedIn(m, path)
		if err == nil {
			err = named(path, apply(raw, m.EIDRules()))
		}
		if err != nil {
			return nil, err
		}
	}
	return register, readInto(m, changed, vis3.ParseCodeChanges, register.Link)
}

// readInto reads files and applies each.
func readInto[T any](m *election.Manifest, paths []string, parse func([]byte, *eid.Rules) (*T, error), apply func(*T) error) error {
	for _, path := range paths {
		raw, err := readHandedIn(m, path)
		if err != nil {
			return err
		}
		v, err := parse(raw, m.EIDRules())
		if err == nil {
			err = apply(v)
		}
		if err != nil {
			return named(path, err)
		}
	}
	return nil
}

// named says which file an error is about.
func named(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", path, err)
}

// AddRoll puts the next version of the voter roll into the folder, signed by the
// authority. The collector takes it over and puts it on the board. Voters keep
// their pseudonyms, also under a new code. The register is that of all files so far.
// Errors: [vis3.ErrRollback] if it lacks files of the version before.
//
// It implements Step.Roll of docs/protocol/steps.md.
func (f *Folder) AddRoll(register *vis3.Register, authority *Authority) (*election.Roll, error) {
	m, err := f.Manifest()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(f.Sealed(), election.BoxFile)); err == nil {
		return nil, fmt.Errorf("%w: the polls are closed", ErrDone)
	}
	previous, err := f.latestRoll(m)
	if err != nil {
		return nil, err
	}
	roll, err := register.Roll(m.Fingerprint(), previous)
	if err != nil {
		return nil, err
	}
	if err := roll.Check(m); err != nil {
		return nil, err
	}
	return roll, authority.write(f.rollFile(roll.Changeset), roll.Bytes(), m)
}

// RollChange is how many voters came and went with a version of the roll. Who got a
// new code, or moved, did neither.
type RollChange struct{ Added, Removed int }

// RollChange says what a version of the roll has changed, from version 1 on.
func (f *Folder) RollChange(version int) (RollChange, error) {
	m, err := f.Manifest()
	if err != nil {
		return RollChange{}, err
	}
	before, err := f.roll(m, version-1)
	if err != nil {
		return RollChange{}, err
	}
	after, err := f.roll(m, version)
	if err != nil {
		return RollChange{}, err
	}
	return changeOf(before, after), nil
}

func changeOf(before, after *election.Roll) RollChange {
	stayed := 0
	for i := range after.List {
		if _, ok := before.ByPseudonym(after.List[i].Pseudonym); ok {
			stayed++
		}
	}
	return RollChange{Added: len(after.List) - stayed, Removed: len(before.List) - stayed}
}

func (f *Folder) latestRoll(m *election.Manifest) (*election.Roll, error) {
	var latest *election.Roll
	for k := 0; ; k++ {
		roll, err := f.roll(m, k)
		if errors.Is(err, fs.ErrNotExist) && latest != nil {
			return latest, nil
		}
		if err != nil {
			return nil, err
		}
		latest = roll
	}
}

// roll reads a version of the roll that the authority has signed.
func (f *Folder) roll(m *election.Manifest, changeset int) (*election.Roll, error) {
	raw, err := f.rollFile(changeset).read(m)
	if err != nil {
		return nil, err
	}
	roll, err := election.ParseRoll(raw)
	if err == nil {
		err = roll.Check(m)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", election.RollFile(changeset), err)
	}
	return roll, nil
}
