package verifier

import (
	"fmt"
	"slices"

	"valik/election"
	"valik/election/processing"
)

// inputPublic checks, without any secret, that the input of the mix is the last
// ballots by pseudonym, but for as many as are said to be revoked. A ballot that
// the collector should have refused for its signature cannot be told here: on a
// board with one, this check fails and the sealed part has to explain it.
//
// It implements Input.Public of docs/protocol/verify.md.
var inputPublic = check{
	id:    "input.public",
	title: "the mix input is each voter's last published ballot, but for those revoked",
	stage: Processed,
	needs: []string{"input.lists", "ballots.form", "ballots.proofs"},
	run: func(s *State) (int, error) {
		if s.Manifest.Profile != election.ProfileOpen {
			return 0, needsOpen
		}
		last := s.lastBallots()
		var f faults
		missing := map[uint64]int{} // lists that lack the last ballot of an entry
		rows := 0
		for i := range s.Input.Lists {
			l := &s.Input.Lists[i]
			rows += l.Rows
			left, err := s.matchRows(l, last)
			if err != nil {
				f.add("list %s: %w", l.ID(), err)
				continue
			}
			for _, index := range left {
				missing[index]++
			}
		}
		if len(f) == 0 {
			f = s.checkMissing(last, missing)
		}
		return rows, f.err()
	},
}

// checkMissing checks that as many ballots are left out as are said to be
// revoked, and each of them whole: who could leave out one vote of a ballot and
// another vote of the next would have two to choose for one revocation.
func (s *State) checkMissing(last []*election.PublicBallot, missing map[uint64]int) faults {
	var f faults
	if len(missing) != s.Input.Revoked {
		f.add("%d voters' last ballots are not in the input, but %d are said to be revoked", len(missing), s.Input.Revoked)
	}
	for _, b := range last {
		if n := missing[b.Index]; n > 0 && n < len(b.Ballot.Contests) {
			f.add("the ballot at entry %d is left out of %d of its %d contests", b.Index, n, len(b.Ballot.Contests))
		}
	}
	return f
}

// lastBallots applies the rules among ballots to what is public.
func (s *State) lastBallots() []*election.PublicBallot {
	votes := make([]processing.Vote, len(s.Ballots.List))
	for i := range s.Ballots.List {
		b := &s.Ballots.List[i]
		votes[i] = processing.Vote{
			Index: b.Index, Inner: b.Ballot.Hash(),
			Voter: b.Ballot.Pseudonym.String(), Anchor: b.Ballot.Anchor.Size,
		}
	}
	var last []*election.PublicBallot
	for i, d := range processing.Decide(votes, nil) {
		if d.Reason == election.Counted {
			last = append(last, &s.Ballots.List[i])
		}
	}
	return last
}

// matchRows checks that the rows of a list are, in the order of the board,
// ciphertexts of the ballots, and returns the entries of those left out.
func (s *State) matchRows(l *election.InputList, last []*election.PublicBallot) ([]uint64, error) {
	input, err := s.inputRows(l)
	if err != nil {
		return nil, err
	}
	rows := slices.Collect(slices.Chunk(input.Bytes(), 64*l.Width))
	var left []uint64
	next := 0
	for _, b := range last {
		row, ok := rowOf(&b.Ballot, l.ID())
		if !ok {
			continue
		}
		if next < len(rows) && slices.Equal(rows[next], row) {
			next++
			continue
		}
		left = append(left, b.Index)
	}
	if next < len(rows) {
		return nil, fmt.Errorf("row %d is none of the voters' last ballots in their order", next)
	}
	return left, nil
}

// rowOf returns a ballot's ciphertexts of one contest, one after the other.
func rowOf(b *election.Ballot, id election.ListID) ([]byte, bool) {
	if b.District != id.District {
		return nil, false
	}
	for _, c := range b.Contests {
		if c.Contest != id.Contest {
			continue
		}
		var row []byte
		for _, slot := range c.Slots {
			row = append(row, slot.Ciphertext...)
		}
		return row, true
	}
	return nil, false
}
