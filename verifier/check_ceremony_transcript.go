package verifier

import "valik/election"

// ceremonyTranscript verifies the key ceremony: every signature, commitment,
// proof and drill of all trustees, and computes the keys from it.
//
// It implements Ceremony.Transcript of docs/protocol/verify.md.
var ceremonyTranscript = check{
	id:    "ceremony.transcript",
	title: "all trustees have made the key together, and every share works",
	stage: Prepared,
	needs: []string{"board.entries", "record.files"},
	run: func(s *State) (int, error) {
		raw, err := s.document(election.CeremonyFile, election.KindCeremony)
		if err != nil {
			return 0, err
		}
		ceremony, err := election.ParseCeremony(raw)
		if err != nil {
			return 0, err
		}
		s.Keys, err = ceremony.Verify(s.Manifest)
		return len(s.Manifest.Trustees.Cards), err
	},
}
