package verifier

import "fmt"

// inputRefused checks that every ballot on the board was one that the collector
// had to take. A collector that follows the protocol refuses the others and
// tells their voters; one that logs them instead gives receipts for votes that
// do not count. The result is right all the same, so the count is not stopped:
// only the finished record fails.
//
// It implements Input.Refused of docs/protocol/verify.md.
var inputRefused = check{
	id:    "input.refused",
	title: "the collector took no ballot that it had to refuse",
	stage: Finished,
	needs: []string{"input.lists"},
	run: func(s *State) (int, error) {
		if n := s.Input.Refused; n > 0 {
			return 1, fmt.Errorf("%d ballots on the board count for nothing by a fault that the collector had to see; their voters may hold receipts (decisions.jsonl of the sealed part says which and why)", n)
		}
		return 1, nil
	},
}
