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
	for i := range s.number(election.KindRevocations) {
		hash, _ := s.artefact(election.KindRevocations, i)
		path := election.RevocationsFile(i + 1)
		raw, err := readHash(sealed, path, hash, documentLimit)
		if err != nil {
			return err
		}
		if err := s.authority(sealed, election.RevocationsSignatureFile(i+1), raw); err != nil {
			return err
		}
		r, err := election.ParseRevocations(raw)
		if err != nil {
			return err
		}
		if r.Number != i+1 || r.Election != s.Manifest.Fingerprint() {
			return fmt.Errorf("%s is number %d of election %s", path, r.Number, r.Election)
		}
		s.Revocations = append(s.Revocations, r)
	}
	return nil
}
