package verifier

import (
	"io/fs"

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
	f, _, err := open(sealed, election.BoxFile, bulkLimit) // it is read a line at a time
	if err != nil {
		return nil, err
	}
	defer f.Close()
	box, err := election.ReadBox(f)
	if err != nil {
		return nil, err
	}
	return processing.Process(&processing.Source{
		Manifest: s.Manifest, Key: s.Keys.Public(), Entries: s.Leaves,
		Box: box, Rolls: s.Rolls, Revocations: s.Revocations, Settlement: s.Settlement,
		RevocationLists: func(hash election.Hash) ([]byte, error) {
			return readHash(sealed, election.RevocationListFile(hash), hash, documentLimit)
		},
	})
}
