package verifier

// mixFirst checks the proof that the first mix holds the input, in another order
// and encrypted anew.
//
// It implements Mix.First of docs/protocol/verify.md.
var mixFirst = check{
	id:    "mix.first",
	title: "mix 1 is a shuffle of the mix input",
	stage: Mixed,
	needs: []string{"mix.required", "ceremony.transcript"},
	run: func(s *State) (int, error) {
		if s.inputFolder() == nil {
			return 0, needsSealed
		}
		return s.verifyMix(0)
	},
}
