package verifier

import (
	"bytes"
	"fmt"

	"valik/crypto/group"
	"valik/election"
)

// resultCounts counts the plaintexts again.
//
// It implements Result.Counts of docs/protocol/verify.md.
var resultCounts = check{
	id:    "result.counts",
	title: "the result is the count of the plaintexts, and adds up",
	stage: Finished,
	needs: []string{"decryption.plaintexts"},
	run: func(s *State) (int, error) {
		if err := s.Result.CheckTotals(s.Manifest); err != nil {
			return 0, err
		}
		points := map[election.ListID][]group.Element{}
		rows := 0
		for k, l := range s.Mixes[len(s.Mixes)-1].Lists { // result and mix have the manifest's lists
			p, err := s.plaintexts(&s.Result.Lists[k], l.Rows*l.Width)
			if err != nil {
				return 0, err
			}
			points[l.ID()] = p
			rows += l.Rows
		}
		lists, totals, err := election.Tally(s.Manifest, points)
		if err != nil {
			return rows, err
		}
		again := election.NewResult(s.Manifest, s.Result.Mix, s.Result.Decryptions, lists, totals)
		if !bytes.Equal(again.Bytes(), s.Result.Bytes()) {
			return rows, s.differingCount(again)
		}
		return rows, nil
	},
}

// differingCount finds words for what differs.
func (s *State) differingCount(again *election.Result) error {
	var f faults
	for i, l := range again.Lists {
		given := s.Result.Lists[i]
		for k, c := range l.Counts {
			if given.Counts[k] != c {
				f.add("list %s: choice %s has %d votes, counted again %d", l.ID(), c.Code, given.Counts[k].Votes, c.Votes)
			}
		}
	}
	if len(f) == 0 {
		return fmt.Errorf("%s differs from what is counted again", election.ResultFile)
	}
	return f.err()
}
