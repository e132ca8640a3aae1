package tally

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"valik/board"
	"valik/election"
)

// Setup begins an election in a folder: manifest and initial voter roll, signed
// by the authority, and a board whose first entry is the manifest. An interrupted
// setup is done again with the same manifest. Errors: [ErrDone] if the board has
// an entry, [ErrKey] for a key that is not the manifest's.
//
// It implements Step.Setup of docs/protocol/steps.md.
func (f *Folder) Setup(m *election.Manifest, roll *election.Roll, authority *Authority, key *board.Key) (err error) {
	if key.Public() != m.Board.Key {
		return fmt.Errorf("%w: the board's key is %s", ErrKey, m.Board.Key)
	}
	if err := checkInitial(m, roll); err != nil {
		return err
	}
	if err := f.requireNone(); err != nil {
		return err
	}
	if err := authority.write(f.manifestFile(), m.Bytes(), m); err != nil {
		return err
	}
	if err := authority.write(f.rollFile(0), roll.Bytes(), m); err != nil {
		return err
	}
	log, err := board.CreateFolder(f.Record(), m.Policy(), key)
	if err != nil {
		return err
	}
	_, err = log.Append(key, election.NewEntry(election.KindManifest, m.Fingerprint(), m.Fingerprint()).Bytes())
	return errors.Join(err, log.Close())
}

func checkInitial(m *election.Manifest, roll *election.Roll) error {
	if err := roll.Check(m); err != nil {
		return err
	}
	if roll.Changeset != 0 {
		return errors.New("tally: an election begins with the initial roll, changeset 0")
	}
	return nil
}

// requireNone refuses a folder in which an election has begun. A board without
// entries is what a setup leaves that was interrupted at its very end; nobody has
// seen it, and it makes room.
func (f *Folder) requireNone() error {
	m, err := f.Manifest()
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	log, err := board.OpenFolder(f.Record(), m.Policy())
	if errors.Is(err, board.ErrMissing) {
		return nil // interrupted before the board was begun
	}
	if err != nil {
		return err
	}
	size := log.Checkpoint().Size
	if err := log.Close(); err != nil {
		return err
	}
	if size > 0 {
		return fmt.Errorf("%w: %s holds the election %s", ErrDone, f.dir, m.ID)
	}
	return errors.Join(
		os.Remove(filepath.Join(f.Record(), election.CheckpointFile)),
		os.RemoveAll(filepath.Join(f.Record(), election.TileFolder)))
}
