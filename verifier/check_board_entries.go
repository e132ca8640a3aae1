package verifier

import "valik/election"

// boardEntries checks that the board tells one election from its manifest to
// its result, in order, with no ballot after the close.
//
// It implements Board.Entries of docs/protocol/verify.md.
var boardEntries = check{
	id:    "board.entries",
	title: "the entries are those of one election, complete and in order",
	stage: Prepared,
	needs: []string{"board.tiles"},
	run: func(s *State) (int, error) {
		entries, err := election.ParseEntries(s.Leaves)
		if err != nil {
			return len(s.Leaves), err
		}
		s.Entries = entries
		if err := election.CheckOrder(entries, s.Manifest); err != nil {
			return len(entries), err
		}
		return len(entries), reached(s.stage, entries)
	},
}

// lastOf is the kind of entry that shows that a stage is reached.
var lastOf = map[Stage]election.Kind{
	Prepared:  election.KindRoll,
	Closed:    election.KindClose,
	Processed: election.KindInput,
	Mixed:     election.KindMix,
	Decrypted: election.KindDecryption,
}

// reached checks that the board has come to a stage.
func reached(stage Stage, entries []election.Entry) error {
	if stage == Finished {
		return election.Complete(entries)
	}
	if kind := lastOf[stage]; len(election.Where(entries, kind)) == 0 {
		return &election.OrderError{Index: len(entries), Detail: "there is no entry of kind " + string(kind) + " yet"}
	}
	return nil
}
