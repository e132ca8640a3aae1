package verifier

import (
	"errors"

	"valik/election"
)

// settlementDocument checks the list of the ballots whose evidence was to come later.
//
// It implements Settlement.Document of docs/protocol/verify.md.
var settlementDocument = check{
	id:    "settlement.document",
	title: "ballots that were taken without evidence were settled after the close",
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

// checkUnsettled checks, where the ballots are published, that just those are settled
// that were taken without evidence.
func (s *State) checkUnsettled(f *faults) {
	if s.Ballots == nil {
		return
	}
	settled := map[uint64]bool{}
	for _, v := range s.Settlement.List {
		settled[v.Index] = true
	}
	for i := range s.Ballots.List {
		b := &s.Ballots.List[i]
		switch without := b.Evidence == (election.Hash{}); {
		case settled[b.Index] && !without:
			f.add("entry %d had its evidence when it was taken, and the settlement gives it another", b.Index)
		case !settled[b.Index] && without:
			f.add("entry %d was taken without evidence, and the settlement says nothing of it", b.Index)
		}
	}
}
