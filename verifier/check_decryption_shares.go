package verifier

import (
	"valik/crypto/threshold"
	"valik/election"
)

// decryptionShares checks every trustee's proof that they have applied their
// share of the key to every ciphertext.
//
// It implements Decryption.Shares of docs/protocol/verify.md.
var decryptionShares = check{
	id:    "decryption.shares",
	title: "every trustee proves to have decrypted with their share of the key",
	stage: Decrypted,
	needs: []string{"decryption.quorum", "ceremony.transcript"},
	run: func(s *State) (int, error) {
		var f faults
		last, _ := s.artefact(election.KindMix, len(s.Mixes)-1)
		shares := 0
		for i, d := range s.Decryptions {
			for _, l := range d.Lists {
				if err := s.verifyShare(d.Trustee, &l, last); err != nil {
					f.add("trustee %d, list %s: %w", d.Trustee, l.ID(), err)
				}
				shares += l.Rows * l.Width
			}
			s.progress("decryption.shares", i+1, len(s.Decryptions))
		}
		return shares, f.err()
	},
}

func (s *State) verifyShare(trustee int, l *election.DecryptionList, last election.Hash) error {
	rows, err := s.Last(l.ID())
	if err != nil {
		return err
	}
	share, err := s.share(trustee, l)
	if err != nil {
		return err
	}
	t := election.DecryptionTranscript(s.Manifest, trustee, l.ID(), last)
	return share.Verify(t, s.Keys, trustee, rows)
}

// share reads a trustee's decryption share of a list.
func (s *State) share(trustee int, l *election.DecryptionList) (*threshold.DecryptionShare, error) {
	raw, err := readHash(s.in.Record, election.DecryptionBin(trustee, l.ID()), l.Shares, int64(threshold.DecryptionShareSize(l.Rows*l.Width)))
	if err != nil {
		return nil, err
	}
	return threshold.ParseDecryptionShare(raw, l.Rows*l.Width)
}
