package verifier

import (
	"valik/crypto/threshold"
	"valik/election"
)

// decryptionSignature checks that every decryption was signed by its trustee.
//
// It implements Decryption.Signature of docs/protocol/verify.md.
var decryptionSignature = check{
	id:    "decryption.signature",
	title: "every trustee has signed their decryption",
	stage: Decrypted,
	needs: []string{"decryption.quorum"},
	run: func(s *State) (int, error) {
		var f faults
		for _, d := range s.Decryptions {
			card, err := threshold.ParseCard(s.Manifest.Trustees.Cards[d.Trustee-1])
			if err != nil {
				f.add("trustee %d: %w", d.Trustee, err)
				continue
			}
			if err := s.signed(card.SigningKey(), election.KindDecryption, d.Bytes(), election.DecryptionSignatureFile(d.Trustee)); err != nil {
				f.add("trustee %d: %w", d.Trustee, err)
			}
		}
		return len(s.Decryptions), f.err()
	},
}
