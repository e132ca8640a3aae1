package verifier

import (
	"fmt"

	"valik/election"
)

// decryptionQuorum checks that enough different trustees have decrypted, all of
// them the output of the last mix.
//
// It implements Decryption.Quorum of docs/protocol/verify.md.
var decryptionQuorum = check{
	id:    "decryption.quorum",
	title: "enough different trustees have decrypted the last mix",
	stage: Decrypted,
	needs: []string{"mix.required"},
	run: func(s *State) (int, error) {
		if want := s.Manifest.Trustees.Threshold; s.stage > Decrypted && len(s.Decryptions) < want {
			return len(s.Decryptions), fmt.Errorf("%d trustees have decrypted, %d are needed", len(s.Decryptions), want)
		}
		last, _ := s.artefact(election.KindMix, len(s.Mixes)-1)
		seen := map[int]bool{}
		for _, d := range s.Decryptions {
			if err := s.checkDecryption(d, last); err != nil {
				return len(seen), fmt.Errorf("%s: %w", election.DecryptionFile(d.Trustee), err)
			}
			if seen[d.Trustee] {
				return len(seen), fmt.Errorf("trustee %d stands on the board twice", d.Trustee)
			}
			seen[d.Trustee] = true
		}
		return len(seen), nil
	},
}

func (s *State) checkDecryption(d *election.Decryption, last election.Hash) error {
	if err := d.Check(s.Manifest); err != nil {
		return err
	}
	if d.Input != last {
		return fmt.Errorf("it has decrypted %s, not the last mix", d.Input)
	}
	for k, l := range d.Lists {
		if mix := s.Mixes[len(s.Mixes)-1].Lists[k]; l.ID() != mix.ID() || l.Rows != mix.Rows || l.Width != mix.Width {
			return fmt.Errorf("list %s has %d rows, the last mix %d", l.ID(), l.Rows, mix.Rows)
		}
	}
	return nil
}
