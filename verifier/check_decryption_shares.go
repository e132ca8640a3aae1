package verifier

import (
	"valik/crypto/elgamal"
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
		shares := 0
		lists := s.Mixes[len(s.Mixes)-1].Lists
		for k := range lists {
			rows, err := s.Last(lists[k].ID()) // once for all trustees: decoding costs as much as a proof
			if err != nil {
				f.add("list %s: %w", lists[k].ID(), err)
				continue
			}
			for _, d := range s.Decryptions { // each has the lists of the mix: decryption.quorum
				if err := s.verifyShare(d.Trustee, &d.Lists[k], rows); err != nil {
					f.add("trustee %d, list %s: %w", d.Trustee, lists[k].ID(), err)
				}
				shares += len(rows.All())
			}
			s.progress("decryption.shares", k+1, len(lists))
		}
		return shares, f.err()
	},
}

func (s *State) verifyShare(trustee int, l *election.DecryptionList, rows *elgamal.Rows) error {
	share, err := s.share(trustee, l)
	if err != nil {
		return err
	}
	last, _ := s.artefact(election.KindMix, len(s.Mixes)-1)
	t := election.DecryptionTranscript(s.Manifest, trustee, l.ID(), last)
	return share.Verify(t, s.Keys, trustee, rows)
}

// share reads a trustee's decryption share of a list.
func (s *State) share(trustee int, l *election.DecryptionList) (*threshold.DecryptionShare, error) {
	raw, err := readBulk(s.in.Record, election.DecryptionBin(trustee, l.ID()), l.Shares, int64(threshold.DecryptionShareSize(l.Rows*l.Width)))
	if err != nil {
		return nil, err
	}
	return threshold.ParseDecryptionShare(raw, l.Rows*l.Width)
}
