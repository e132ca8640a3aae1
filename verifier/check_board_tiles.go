package verifier

import "valik/board"

// boardTiles checks that the entries and every tile hash to the checkpoint.
//
// It implements Board.Tiles of docs/protocol/verify.md.
var boardTiles = check{
	id:    "board.tiles",
	title: "entries and tiles hash to the root of the checkpoint",
	stage: Prepared,
	needs: []string{"board.checkpoint"},
	run: func(s *State) (int, error) {
		var err error
		s.Checkpoint, s.Leaves, err = board.ReadAll(s.in.Record, s.Manifest.Policy())
		return len(s.Leaves), err
	},
}
