package verifier

// processingSettlement holds what the settlement says of late evidence against the
// evidence.
//
// It implements Processing.Settlement of docs/protocol/verify.md.
var processingSettlement = check{
	id:    "processing.settlement",
	title: "what was settled of late evidence is what the evidence says",
	stage: Processed,
	needs: []string{"box.ballots", "settlement.document"},
	run: func(s *State) (int, error) {
		if s.Settlement == nil {
			return 0, nil
		}
		var f faults
		for _, index := range s.outcome.Missettled {
			f.add("entry %d: the settlement says otherwise of its certificate than the evidence in the box", index)
		}
		return len(s.Settlement.List), f.err()
	},
}
