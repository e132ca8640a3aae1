package verifier

import (
	"fmt"

	"valik/election"
)

// needsOpen is the outcome of checks of published ballots where there are none.
var needsOpen = &notPossible{needs: "published ballots, which this election keeps in the sealed part: box.ballots and processing.input look there", excused: true}

// ballotsLeaves checks that the published ballots are exactly those of the board.
//
// It implements Ballots.Leaves of docs/protocol/verify.md.
var ballotsLeaves = check{
	id:    "ballots.leaves",
	title: "the published ballots are exactly those on the board",
	stage: Closed,
	needs: []string{"board.entries"},
	run: func(s *State) (int, error) {
		if s.Manifest.Profile != election.ProfileOpen {
			return 0, needsOpen
		}
		f, _, err := open(s.in.Record, election.BallotsFile, listLimit)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		ballots, err := election.ReadPublicBallots(f)
		if err != nil {
			return 0, err
		}
		s.Ballots = ballots
		if ballots.Election != s.Manifest.Fingerprint() {
			return len(ballots.List), fmt.Errorf("%s is of another election", election.BallotsFile)
		}
		return len(ballots.List), s.matchLeaves(ballots.List)
	},
}

// matchLeaves checks that line i of the ballots is what the i-th ballot entry of
// the board stands for.
func (s *State) matchLeaves(list []election.PublicBallot) error {
	at := election.Where(s.Entries, election.KindBallot)
	if len(at) != len(list) {
		return fmt.Errorf("%d ballots are published, the board has %d", len(list), len(at))
	}
	var f faults
	for i := range list {
		if list[i].Index != uint64(at[i]) {
			f.add("ballot %d of the list is said to be entry %d, not %d", i, list[i].Index, at[i])
		} else if list[i].Leaf() != s.Entries[at[i]].Artefact {
			f.add("ballot at entry %d is not the one that the board has", at[i])
		}
	}
	return f.err()
}
