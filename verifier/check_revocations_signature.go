package verifier

import (
	"fmt"
	"io/fs"

	"valik/election"
)

// revocationsSignature checks the orders by which ballots are taken out of the
// count, such as for voters who also voted on paper.
//
// It implements Revocations.Signature of docs/protocol/verify.md.
var revocationsSignature = check{
	id:    "revocations.signature",
	title: "the authority has signed every revocation and restoration on the board",
	stage: Processed,
	needs: []string{"board.entries", "manifest.signature"},
	run: func(s *State) (int, error) {
		sealed, err := s.sealed()
		if err != nil {
			return 0, err
		}
		err = s.ReadRevocations(sealed)
		return len(s.Revocations), err
	},
}

// ReadRevocations reads and checks the revocations that the board names.
func (s *State) ReadRevocations(sealed fs.FS) error {
	s.Revocations = nil
	var f faults
	for i := range s.number(election.KindRevocations) {
		if err := s.readRevocations(sealed, i); err != nil {
			f.add("%s: %w", election.RevocationsFile(i+1), err)
		}
	}
	return f.err()
}

func (s *State) readRevocations(sealed fs.FS, i int) error {
	hash, _ := s.artefact(election.KindRevocations, i)
	raw, err := readHash(sealed, election.RevocationsFile(i+1), hash, documentLimit)
	if err != nil {
		return err
	}
	r, err := election.ParseRevocations(raw)
	if err != nil {
		return err
	}
	s.Revocations = append(s.Revocations, r)
	if err := s.officials(sealed, election.RevocationsFile(i+1), raw); err != nil {
		return err
	}
	if r.Number != i+1 || r.Election != s.Manifest.Fingerprint() {
		return fmt.Errorf("it is number %d of election %s", r.Number, r.Election)
	}
	return nil
}
