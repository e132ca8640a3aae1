package verifier

import (
	"errors"
	"fmt"

	"valik/election"
)

// closeDocument checks the statement with which the polls closed.
//
// It implements Close.Document of docs/protocol/verify.md.
var closeDocument = check{
	id:    "close.document",
	title: "the polls closed by the manifest, and no ballot of the close is missing",
	stage: Closed,
	needs: []string{"board.entries", "record.files"},
	run: func(s *State) (int, error) {
		raw, err := s.document(election.CloseFile, election.KindClose)
		if err != nil {
			return 0, err
		}
		c, err := election.ParseClose(raw)
		if err != nil {
			return 1, err
		}
		switch ballots := s.number(election.KindBallot); {
		case c.Election != s.Manifest.Fingerprint():
			return 1, errors.New("it is of another election")
		case c.Ballots != ballots:
			return 1, fmt.Errorf("it says %d ballots, the board has %d", c.Ballots, ballots)
		case c.Closes != s.Manifest.Closes:
			return 1, fmt.Errorf("the polls closed at %s, the manifest says %s", c.Closes, s.Manifest.Closes)
		}
		return 1, nil
	},
}
