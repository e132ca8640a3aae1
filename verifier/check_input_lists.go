package verifier

// inputLists checks that the input of the mix has the lists of the manifest.
//
// It implements Input.Lists of docs/protocol/verify.md.
var inputLists = check{
	id:    "input.lists",
	title: "the mix input has one list for each contest and district",
	stage: Processed,
	needs: []string{"board.entries", "record.files"},
	run: func(s *State) (int, error) {
		if err := s.Input.Check(s.Manifest); err != nil {
			return 0, err
		}
		return len(s.Input.Lists), nil
	},
}
