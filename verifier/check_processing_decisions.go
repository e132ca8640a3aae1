package verifier

import (
	"bytes"
	"fmt"

	"valik/election"
)

// processingDecisions checks that the published reasons are those that
// processing gives again, byte for byte.
//
// It implements Processing.Decisions of docs/protocol/verify.md.
var processingDecisions = check{
	id:    "processing.decisions",
	title: "every ballot was decided on as the rules say",
	stage: Processed,
	needs: []string{"box.ballots"},
	run: func(s *State) (int, error) {
		sealed, err := s.sealed()
		if err != nil {
			return 0, err
		}
		raw, err := read(sealed, election.DecisionsFile, listLimit)
		if err != nil {
			return 0, err
		}
		again := s.outcome.Decisions
		if bytes.Equal(raw, again.Bytes()) {
			return len(again.List), nil
		}
		return len(again.List), differingDecision(raw, again)
	},
}

// differingDecision finds words for what differs.
func differingDecision(raw []byte, again *election.Decisions) error {
	given, err := election.ParseDecisions(raw)
	if err != nil {
		return err
	}
	var f faults
	for i := range min(len(given.List), len(again.List)) {
		if g, a := given.List[i], again.List[i]; g.Index != a.Index || g.Reason != a.Reason {
			f.add("ballot at entry %d: %s, where the rules give %s for entry %d", g.Index, g.Reason, a.Reason, a.Index)
		}
	}
	if len(f) == 0 {
		return fmt.Errorf("%s differs from what processing gives again", election.DecisionsFile)
	}
	return f.err()
}
