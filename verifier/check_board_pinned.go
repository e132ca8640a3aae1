package verifier

import (
	"fmt"

	"valik/board"
)

// boardPinned checks that the record's board extends a checkpoint that the
// caller has from elsewhere: nothing that was seen then has been taken back.
//
// It implements Board.Pinned of docs/protocol/verify.md.
var boardPinned = check{
	id:    "board.pinned",
	title: "the board extends the checkpoint that was seen elsewhere",
	stage: Prepared,
	needs: []string{"board.tiles"},
	run: func(s *State) (int, error) {
		if s.in.Checkpoint == nil {
			return 0, needsCheckpoint
		}
		seen, err := s.Manifest.Policy().Open(s.in.Checkpoint)
		if err != nil {
			return 1, fmt.Errorf("the checkpoint from elsewhere: %w", err)
		}
		if seen.Size > uint64(len(s.Leaves)) {
			return 1, fmt.Errorf("%w: it has %d entries, the checkpoint from elsewhere %d", board.ErrRollback, len(s.Leaves), seen.Size)
		}
		tree, err := board.NewTree(s.Leaves[:seen.Size])
		if err != nil {
			return 1, err
		}
		root, err := tree.Root(seen.Size)
		if err != nil {
			return 1, err
		}
		if root != seen.Root {
			return 1, fmt.Errorf("%w: its first %d entries have another root than the checkpoint from elsewhere", board.ErrFork, seen.Size)
		}
		return 1, nil
	},
}
