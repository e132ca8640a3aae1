package verifier

import (
	"fmt"

	"valik/crypto/elgamal"
	"valik/crypto/shuffle"
	"valik/election"
)

// mixLater checks the proofs of all mixes after the first.
//
// It implements Mix.Later of docs/protocol/verify.md.
var mixLater = check{
	id:    "mix.later",
	title: "every later mix is a shuffle of the one before",
	stage: Mixed,
	needs: []string{"mix.required", "ceremony.transcript"},
	run: func(s *State) (int, error) {
		rows := 0
		for i := 1; i < len(s.Mixes); i++ {
			n, err := s.verifyMix(i)
			if err != nil {
				return rows, err
			}
			rows += n
		}
		return rows, nil
	},
}

// verifyMix checks the proofs of all lists of a mix, which counts from 0, and
// returns the number of rows.
func (s *State) verifyMix(i int) (int, error) {
	var f faults
	rows := 0
	for k, l := range s.Mixes[i].Lists {
		if err := s.verifyShuffle(i, &l); err != nil {
			f.add("mix %d by %s, list %s: %w", i+1, s.Mixes[i].Mixer, l.ID(), err)
		}
		rows += l.Rows
		s.progress(mixCheck(i), k+1, len(s.Mixes[i].Lists))
	}
	return rows, f.err()
}

// mixCheck is the id of the check that a mix is verified in.
func mixCheck(i int) string {
	if i == 0 {
		return mixFirstID
	}
	return mixLaterID
}

const (
	mixFirstID = "mix.first"
	mixLaterID = "mix.later"
)

func (s *State) verifyShuffle(i int, l *election.MixList) error {
	before, err := s.before(i, l.ID())
	if err != nil {
		return err
	}
	after, err := s.mixRows(i, l.ID())
	if err != nil {
		return err
	}
	raw, err := readBulk(s.in.Record, election.MixProof(i+1, l.ID()), l.Proof, int64(shuffle.ProofSize(l.Rows, l.Width)))
	if err != nil {
		return err
	}
	proof, err := shuffle.ParseProof(raw, l.Rows, l.Width)
	if err != nil {
		return err
	}
	t := election.MixTranscript(s.Manifest, i+1, s.Mixes[i].Mixer, l.ID())
	statement := &shuffle.Statement{Key: s.Keys.Public(), Input: before, Output: after}
	return proof.Verify(t, statement, s.weights("mix"))
}

// before returns the rows that a mix has mixed.
func (s *State) before(i int, id election.ListID) (*elgamal.Rows, error) {
	if i > 0 {
		return s.mixRows(i-1, id)
	}
	for k := range s.Input.Lists {
		if l := &s.Input.Lists[k]; l.ID() == id {
			return s.inputRows(l)
		}
	}
	return nil, fmt.Errorf("%s has no list %s", election.InputFile, id)
}
