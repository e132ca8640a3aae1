package verifier

import "valik/election"

// boardCheckpoint checks who has signed the state of the board.
//
// It implements Board.Checkpoint of docs/protocol/verify.md.
var boardCheckpoint = check{
	id:    "board.checkpoint",
	title: "the board's key and a quorum of witnesses have signed the checkpoint",
	stage: Prepared,
	needs: []string{"manifest.form"},
	run: func(s *State) (int, error) {
		raw, err := read(s.in.Record, election.CheckpointFile, documentLimit)
		if err != nil {
			return 0, err
		}
		s.checkpointRaw = raw
		s.Checkpoint, err = s.Manifest.Policy().Open(raw)
		return 1, err
	},
}
