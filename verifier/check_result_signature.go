package verifier

import "valik/election"

// resultSignature checks the officials' signatures of the result.
//
// It implements Result.Signature of docs/protocol/verify.md.
var resultSignature = check{
	id:    "result.signature",
	title: "the authority's officials have signed the result",
	stage: Finished,
	needs: []string{"record.files"},
	run: func(s *State) (int, error) {
		raw, err := s.document(election.ResultFile, election.KindResult)
		if err != nil {
			return 0, err
		}
		return s.Manifest.Authority.Signatures, s.officials(s.in.Record, election.ResultFile, raw)
	},
}
