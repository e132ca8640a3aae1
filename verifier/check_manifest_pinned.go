package verifier

import "fmt"

// manifestPinned checks that this is the election that the caller asked for.
//
// It implements Manifest.Pinned of docs/protocol/verify.md.
var manifestPinned = check{
	id:    "manifest.pinned",
	title: "the manifest has the fingerprint that was asked for",
	stage: Prepared,
	needs: []string{"manifest.form"},
	run: func(s *State) (int, error) {
		if s.in.Fingerprint == nil {
			return 0, needsFingerprint
		}
		if got := s.Manifest.Fingerprint(); got != *s.in.Fingerprint {
			return 1, fmt.Errorf("the record is of election %s, not of %s", got, *s.in.Fingerprint)
		}
		return 1, nil
	},
}
