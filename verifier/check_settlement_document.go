package verifier

import (
	"errors"

	"valik/election"
)

// settlementDocument checks the list of the evidence that came after the ballots.
//
// It implements Settlement.Document of docs/protocol/verify.md.
var settlementDocument = check{
	id:    "settlement.document",
	title: "evidence that came after its ballot was settled at the close",
	stage: Processed,
	needs: []string{"board.entries", "record.files"},
	run: func(s *State) (int, error) {
		if s.Settlement == nil {
			return 0, nil // board.entries has seen that the manifest demands none
		}
		return len(s.Settlement.List), s.checkSettlement()
	},
}

func (s *State) checkSettlement() error {
	if s.Settlement.Election != s.Manifest.Fingerprint() {
		return errors.New("it is of another election")
	}
	var f faults
	for _, v := range s.Settlement.List {
		if v.Index >= uint64(len(s.Entries)) || s.Entries[v.Index].Kind != election.KindBallot {
			f.add("entry %d, whose evidence it settles, is no ballot", v.Index)
		}
	}
	s.checkUnsettled(&f)
	return f.err()
}

// checkUnsettled checks, where the ballots are published, that one whose evidence was
// settled was taken without evidence: it cannot have two.
func (s *State) checkUnsettled(f *faults) {
	if s.Ballots == nil {
		return
	}
	taken := map[uint64]election.Hash{}
	for i := range s.Ballots.List {
		b := &s.Ballots.List[i]
		taken[b.Index] = b.Evidence
	}
	for _, v := range s.Settlement.List {
		if taken[v.Index] != (election.Hash{}) {
			f.add("entry %d had its evidence when it was taken, and the settlement gives it another", v.Index)
		}
	}
}
