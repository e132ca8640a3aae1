package verifier

import (
	"errors"
	"io/fs"
	"iter"

	"valik/election"
	"valik/election/processing"
)

// boxBallots judges every ballot of the sealed box again: that it is the one on
// the board, who signed it, and whether it counts.
//
// It implements Box.Ballots of docs/protocol/verify.md.
var boxBallots = check{
	id:    "box.ballots",
	title: "the sealed box holds the ballots of the board, and each is judged again",
	stage: Processed,
	needs: []string{"board.entries", "ceremony.transcript", "roll.commitment", "revocations.signature", "settlement.document"},
	run: func(s *State) (int, error) {
		sealed, err := s.sealed()
		if err != nil {
			return 0, err
		}
		s.outcome, err = s.Process(sealed)
		return s.number(election.KindBallot), err
	},
}

// Process runs the processing of the sealed ballots: who gets what reason, and
// which rows are mixed.
func (s *State) Process(sealed fs.FS) (*processing.Outcome, error) {
	source, shut, err := s.source(sealed)
	if err != nil {
		return nil, err
	}
	defer shut()
	return processing.Process(source)
}

// Matches yields the ballots of the sealed box as they were cast, each after it was
// compared with its entry on the board. See [processing.Matches].
func (s *State) Matches(sealed fs.FS) iter.Seq2[*processing.Match, error] {
	return func(yield func(*processing.Match, error) bool) {
		source, shut, err := s.source(sealed)
		if err != nil {
			yield(nil, err)
			return
		}
		defer shut()
		processing.Matches(source)(yield)
	}
}

// source is what the processing of a sealed part depends on, and what closes it.
func (s *State) source(sealed fs.FS) (*processing.Source, func() error, error) {
	f, _, err := open(sealed, election.BoxFile, bulkLimit) // it is read a line at a time
	if err != nil {
		return nil, nil, err
	}
	box, err := election.ReadBox(f)
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return &processing.Source{
		Manifest: s.Manifest, Key: s.Keys.Public(), Entries: s.Leaves,
		Box: box, Rolls: s.Rolls, Revocations: s.Revocations, Settlement: s.Settlement,
		RevocationLists: func(hash election.Hash) ([]byte, error) {
			return readHash(sealed, election.RevocationListFile(hash), hash, documentLimit)
		},
	}, f.Close, nil
}
