package tally

import (
	"errors"
	"os"

	"valik/board"
	"valik/election"
	"valik/election/processing"
	"valik/verifier"
)

var stepProcess = step{after: election.KindClose, until: election.KindInput, stage: verifier.Closed}

// Process decides about every ballot and fixes the input of the mix.
//
// It implements Step.Process of docs/protocol/steps.md.
func (f *Folder) Process(key *board.Key) (outcome *processing.Outcome, err error) {
	w, err := f.begin(key, stepProcess)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	sealed := os.DirFS(f.Sealed())
	if err := w.ReadRevocations(sealed); err != nil {
		return nil, err
	}
	if outcome, err = w.Process(sealed); err != nil {
		return nil, err
	}
	if err := f.writeOutcome(w.Manifest, outcome); err != nil {
		return nil, err
	}
	return outcome, w.enter(election.KindInput, election.HashOf(outcome.Input().Bytes()))
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
