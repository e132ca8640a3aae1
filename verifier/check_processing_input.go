package verifier

import (
	"bytes"
	"fmt"

	"valik/election"
)

// processingInput checks that the input of the mix is what processing gives
// again, byte for byte.
//
// It implements Processing.Input of docs/protocol/verify.md.
var processingInput = check{
	id:    "processing.input",
	title: "the mix input is exactly the ballots that count",
	stage: Processed,
	needs: []string{"box.ballots", "input.lists"},
	run: func(s *State) (int, error) {
		if _, err := s.sealed(); err != nil {
			return 0, err
		}
		again := s.outcome.Input()
		if bytes.Equal(s.Input.Bytes(), again.Bytes()) {
			return len(again.Lists), nil
		}
		var f faults
		for i, l := range again.Lists {
			if l != s.Input.Lists[i] {
				f.add("list %s is not the ciphertexts of the %d ballots that count", l.ID(), l.Rows)
			}
		}
		if len(f) == 0 {
			return len(again.Lists), fmt.Errorf("%s says that %d ballots were revoked, the rules give %d", election.InputFile, s.Input.Revoked, again.Revoked)
		}
		return len(again.Lists), f.err()
	},
}
