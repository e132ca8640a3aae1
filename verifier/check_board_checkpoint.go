package verifier

import "valik/election"

// boardCheckpoint checks who has signed the state of the board.
//
// It implements Board.Checkpoint of docs/protocol/verify.md.
var boardCheckpoint = check{
	id:    "board.checkpoint",
	title: "the board's key and as many witnesses as the manifest demands have signed",
	stage: Prepared,
	needs: []string{"manifest.form"},
	run: func(s *State) (int, error) {
		raw, err := read(s.in.Record, election.CheckpointFile, documentLimit)
		if err != nil {
			return 0, err
		}
		s.checkpointRaw = raw
		if s.Checkpoint, err = s.Manifest.Policy().Open(raw); err != nil {
			return 0, err
		}
		if s.Manifest.Board.Quorum == 0 {
			s.note = "the manifest demands no witness: only the board's own key vouches that everybody saw the same board"
		}
		return 1 + len(s.Checkpoint.Cosignatures), nil
	},
}
