package verifier

import (
	"fmt"

	"valik/board"
	"valik/election"
)

// ballotsForm checks that every published ballot is one of this election, and
// was made for this board: its anchor is an earlier state of it.
//
// It implements Ballots.Form of docs/protocol/verify.md.
var ballotsForm = check{
	id:    "ballots.form",
	title: "every ballot has the contests of its district and an anchor in this board",
	stage: Closed,
	needs: []string{"ballots.leaves"},
	run: func(s *State) (int, error) {
		growth, err := board.Append(0, s.Leaves, nil)
		if err != nil {
			return 0, err
		}
		hashes := storedHashes(growth.Hashes)
		var f faults
		for i := range s.Ballots.List {
			b := &s.Ballots.List[i]
			if err := b.Ballot.Check(s.Manifest); err != nil {
				f.add("ballot at entry %d: %w", b.Index, err)
			} else if err := checkAnchor(b, hashes); err != nil {
				f.add("ballot at entry %d: %w", b.Index, err)
			}
		}
		return len(s.Ballots.List), f.err()
	},
}

func checkAnchor(b *election.PublicBallot, hashes storedHashes) error {
	a := b.Ballot.Anchor
	if a.Size > b.Index {
		return fmt.Errorf("its anchor has %d entries, which is later than the ballot", a.Size)
	}
	root, err := board.Root(a.Size, hashes)
	if err != nil {
		return err
	}
	if election.Hash(root) != a.Root {
		return fmt.Errorf("the board never had the root of its anchor, %s at %d entries: the voter was shown another board", a.Root, a.Size)
	}
	return nil
}
