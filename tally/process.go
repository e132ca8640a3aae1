package tally

import (
	"os"

	"valik/board"
	"valik/election"
	"valik/election/processing"
	"valik/verifier"
)

// Process decides about every ballot and fixes the input of the mix.
//
// It implements Step.Process of docs/protocol/steps.md.
func (f *Folder) Process(key *board.Key) (*processing.Outcome, error) {
	s, err := f.verify(verifier.Closed)
	if err != nil {
		return nil, err
	}
	if len(election.Where(s.Entries, election.KindInput)) > 0 {
		return nil, ErrDone
	}
	if err := s.ReadRevocations(os.DirFS(f.Sealed())); err != nil {
		return nil, err
	}
	outcome, err := s.Process(os.DirFS(f.Sealed()))
	if err != nil {
		return nil, err
	}
	if err := f.writeOutcome(s.Manifest, outcome); err != nil {
		return nil, err
	}
	entry := election.NewEntry(election.KindInput, s.Manifest.Fingerprint(), election.HashOf(outcome.Input().Bytes()))
	return outcome, f.enter(s.Manifest, key, entry)
}

func (f *Folder) writeOutcome(m *election.Manifest, o *processing.Outcome) error {
	folder, mode := f.Record(), public
	if m.Profile == election.ProfileGuarded {
		folder, mode = f.Sealed(), private
	}
	for _, l := range o.Lists {
		if err := write(folder, election.InputBin(l.ID), l.Rows.Bytes(), mode); err != nil {
			return err
		}
	}
	if err := write(f.Sealed(), election.DecisionsFile, o.Decisions.Bytes(), private); err != nil {
		return err
	}
	return write(f.Record(), election.InputFile, o.Input().Bytes(), public)
}
