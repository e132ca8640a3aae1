package verifier

import (
	"fmt"
	"io/fs"
	"slices"

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
		var f faults
		for i := range s.number(election.KindRoll) {
			if err := s.readRoll(sealed, i); err != nil {
				f.add("%s: %w", election.RollFile(i), err)
			}
		}
		return len(s.Rolls), f.err()
	},
}

// readRoll reads and checks version i of the roll.
func (s *State) readRoll(sealed fs.FS, i int) error {
	hash, _ := s.artefact(election.KindRoll, i)
	raw, err := readHash(sealed, election.RollFile(i), hash, listLimit)
	if err != nil {
		return err
	}
	roll, err := election.ParseRoll(raw)
	if err != nil {
		return err
	}
	s.Rolls = append(s.Rolls, roll)
	if err := s.officials(sealed, election.RollFile(i), raw); err != nil {
		return err
	}
	if roll.Changeset != i {
		return fmt.Errorf("it is changeset %d", roll.Changeset)
	}
	if err := roll.Check(s.Manifest); err != nil {
		return err
	}
	return samePseudonyms(s.Rolls)
}

// samePseudonyms checks that the newest roll calls nobody by another pseudonym
// than the one before, under any of their codes, and nobody by one that was ever
// somebody else's: in public a pseudonym is the voter, whose last ballot counts.
func samePseudonyms(rolls []*election.Roll) error {
	newest, before := rolls[len(rolls)-1], rolls[:len(rolls)-1]
	for _, v := range newest.List {
		for i, old := range before {
			for _, code := range v.Codes() {
				if was, ok := old.ByCode(code); ok && i == len(before)-1 && was.Pseudonym != v.Pseudonym {
					return fmt.Errorf("a voter has the pseudonym %s, and had %s before", v.Pseudonym, was.Pseudonym)
				}
			}
			if was, ok := old.ByPseudonym(v.Pseudonym); ok && !slices.ContainsFunc(was.Codes(), v.Is) {
				return fmt.Errorf("the pseudonym %s was another voter's in version %d", v.Pseudonym, i)
			}
		}
	}
	return nil
}
