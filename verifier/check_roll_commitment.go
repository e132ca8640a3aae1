package verifier

import (
	"fmt"

	"valik/election"
)

// rollCommitment checks that every version of the voter roll is the one that the
// board commits to, signed by the authority and fit for the election.
//
// It implements Roll.Commitment of docs/protocol/verify.md.
var rollCommitment = check{
	id:    "roll.commitment",
	title: "the voter rolls are those that the board commits to",
	stage: Prepared,
	needs: []string{"board.entries"},
	run: func(s *State) (int, error) {
		sealed, err := s.sealed()
		if err != nil {
			return 0, err
		}
		for i := range s.number(election.KindRoll) {
			hash, _ := s.artefact(election.KindRoll, i)
			path := election.RollFile(i)
			raw, err := readHash(sealed, path, hash, listLimit)
			if err != nil {
				return i, err
			}
			if err := s.authority(sealed, election.RollSignatureFile(i), raw); err != nil {
				return i, err
			}
			roll, err := election.ParseRoll(raw)
			if err != nil {
				return i, err
			}
			if roll.Changeset != i {
				return i, fmt.Errorf("%s is changeset %d", path, roll.Changeset)
			}
			if err := roll.Check(s.Manifest); err != nil {
				return i, fmt.Errorf("%s: %w", path, err)
			}
			s.Rolls = append(s.Rolls, roll)
		}
		return len(s.Rolls), nil
	},
}
