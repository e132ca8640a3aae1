package verifier

import (
	"fmt"

	"valik/board"
	"valik/election"
)

// ballotsForm checks that every published ballot is one of this election, was
// made for this board, of which its anchor is an earlier state, and was taken
// while the polls were open.
//
// It implements Ballots.Form of docs/protocol/verify.md.
var ballotsForm = check{
	id:    "ballots.form",
	title: "every ballot is of this election, made for this board, and came in time",
	stage: Closed,
	needs: []string{"ballots.leaves"},
	run: func(s *State) (int, error) {
		tree, err := board.NewTree(s.Leaves)
		if err != nil {
			return 0, err
		}
		var f faults
		for i := range s.Ballots.List {
			b := &s.Ballots.List[i]
			if err := b.Ballot.Check(s.Manifest); err != nil {
				f.add("ballot at entry %d: %w", b.Index, err)
			} else if err := checkAnchor(b, tree); err != nil {
				f.add("ballot at entry %d: %w", b.Index, err)
			} else if b.Time < s.Manifest.Opens || b.Time >= s.Manifest.Closes {
				f.add("ballot at entry %d was taken at %s, when the polls were not open", b.Index, b.Time)
			}
		}
		return len(s.Ballots.List), f.err()
	},
}

// checkAnchor follows Processing.Anchor: a ballot that is good in public and bad
// in the sealed count, or the other way round, would set the two against each
// other.
func checkAnchor(b *election.PublicBallot, tree *board.Tree) error {
	a := b.Ballot.Anchor
	if a.Size == 0 || a.Size > b.Index {
		return fmt.Errorf("its anchor has %d entries, which is no state of the board before the ballot", a.Size)
	}
	root, err := tree.Root(a.Size)
	if err != nil {
		return err
	}
	if election.Hash(root) != a.Root {
		return fmt.Errorf("the board never had the root of its anchor, %s at %d entries: the voter was shown another board", a.Root, a.Size)
	}
	return nil
}
