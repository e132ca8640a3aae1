package verifier

import (
	"crypto/ed25519"
	"fmt"

	"valik/election"
)

// mixSignature checks that every mix was signed by the operator that it names.
//
// It implements Mix.Signature of docs/protocol/verify.md.
var mixSignature = check{
	id:    "mix.signature",
	title: "every mixer has signed its mix",
	stage: Mixed,
	needs: []string{"mix.required"},
	run: func(s *State) (int, error) {
		var f faults
		for i, mix := range s.Mixes {
			operator, ok := s.Manifest.Operator(mix.Mixer)
			if !ok {
				f.add("mix %d: %q is not a mixer of the manifest", i+1, mix.Mixer)
				continue
			}
			if err := s.signed(ed25519.PublicKey(operator.Key[:]), election.KindMix, mix.Bytes(), election.MixSignatureFile(i+1)); err != nil {
				f.add("mix %d: %w", i+1, err)
			}
		}
		return len(s.Mixes), f.err()
	},
}

// signed checks the signature file beside a document.
func (s *State) signed(key ed25519.PublicKey, kind election.Kind, document []byte, path string) error {
	signature, err := read(s.in.Record, path, documentLimit)
	if err != nil {
		return err
	}
	if err := election.VerifySignature(key, s.Manifest.Fingerprint(), kind, document, signature); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
