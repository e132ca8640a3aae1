package verifier

import (
	"fmt"

	"valik/election"
)

// proofChunk is how many ballots have their proofs verified as one equation.
const proofChunk = 1024

// ballotsProofs checks that every slot of every published ballot holds one of
// the choices of its list, whichever.
//
// It implements Ballots.Proofs of docs/protocol/verify.md.
var ballotsProofs = check{
	id:    "ballots.proofs",
	title: "every ballot proves that it holds choices of its district's lists",
	stage: Closed,
	needs: []string{"ballots.form", "ceremony.transcript"},
	run: func(s *State) (int, error) {
		list := s.Ballots.List
		var f faults
		for from := 0; from < len(list); from += proofChunk {
			chunk := list[from:min(from+proofChunk, len(list))]
			f = append(f, s.proveChunk(chunk)...)
			s.progress("ballots.proofs", from+len(chunk), len(list))
		}
		return len(list), f.err()
	},
}

func (s *State) proveChunk(chunk []election.PublicBallot) faults {
	var f faults
	batch := election.NewBallotBatch(s.Manifest, s.Keys.Public(), s.weights("ballots"))
	var added []uint64
	for i := range chunk {
		if err := batch.Add(&chunk[i].Ballot); err != nil {
			f.add("ballot at entry %d: %w", chunk[i].Index, err)
			continue
		}
		added = append(added, chunk[i].Index)
	}
	if batch.Verify() == nil {
		return f
	}
	culprits := batch.Culprits()
	for _, c := range culprits {
		f.add("ballot at entry %d: %w", added[c.Ballot], c.Err)
	}
	if len(culprits) == 0 {
		f = append(f, fmt.Errorf("the batch of ballots from entry %d on does not verify", chunk[0].Index))
	}
	return f
}
