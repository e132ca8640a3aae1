package verifier

import (
	"bytes"
	"fmt"

	"valik/crypto/elgamal"
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
	title: "the mix input is each voter's last ballot, but for those revoked",
	stage: Processed,
	needs: []string{"input.lists", "ballots.form", "ballots.proofs", "settlement.document"},
	run: func(s *State) (int, error) {
		if s.Manifest.Profile != election.ProfileOpen {
			return 0, needsOpen
		}
		last := s.lastBallots()
		var f faults
		rows, left := 0, 0
		for _, d := range s.Manifest.Districts {
			in, out, err := s.matchDistrict(d.ID, last[d.ID])
			if err != nil {
				f.add("district %s: %w", d.ID, err)
			}
			rows, left = rows+in, left+out
		}
		if len(f) == 0 && left != s.Input.Revoked {
			f.add("%d voters' last ballots are not in the input, but %d are said to be revoked", left, s.Input.Revoked)
		}
		return rows, f.err()
	},
}

// lastBallots applies the rules among ballots to what is public: the ballots that
// nobody superseded, by district, in the order of the board.
func (s *State) lastBallots() map[string][]*election.PublicBallot {
	votes, unproven := make([]processing.Vote, len(s.Ballots.List)), s.unproven()
	for i := range s.Ballots.List {
		b := &s.Ballots.List[i]
		votes[i] = processing.Vote{
			Index: b.Index, Inner: b.Ballot.Hash(),
			Voter: b.Ballot.Pseudonym, Anchor: b.Ballot.Anchor.Size, Reason: unproven[b.Index],
		}
	}
	last := map[string][]*election.PublicBallot{}
	for i, d := range processing.Decide(votes, nil) {
		if d.Reason == election.Counted {
			b := &s.Ballots.List[i]
			last[b.Ballot.District] = append(last[b.Ballot.District], b)
		}
	}
	return last
}

// unproven gives a reason for every ballot of whose signer's certificate nothing shows that
// it was good: by what the settlement says, or, where the manifest settles nothing, since
// it was taken without the evidence that the manifest demands. Which reason it was, only
// the sealed part tells.
func (s *State) unproven() map[uint64]election.Reason {
	reasons := map[uint64]election.Reason{}
	if s.Settlement != nil {
		for _, v := range s.Settlement.List {
			if !v.Good {
				reasons[v.Index] = election.NoStatus
			}
		}
		return reasons
	}
	if s.Manifest.EID.Evidence == nil {
		return reasons
	}
	for i := range s.Ballots.List {
		if b := &s.Ballots.List[i]; b.Evidence == (election.Hash{}) {
			reasons[b.Index] = election.NoStatus
		}
	}
	return reasons
}

// matchDistrict checks that the rows of a district are, in the order of the
// board, ballots of its voters, and returns their number and how many ballots
// are left out. A row is matched as a whole ballot, over all contests: contest by
// contest, half of one ballot and half of another could be left out for one
// revocation, and two voters who share their randomness could make it look so.
func (s *State) matchDistrict(district string, last []*election.PublicBallot) (rows, left int, err error) {
	input, err := s.districtRows(district)
	if err != nil {
		return 0, 0, err
	}
	for _, b := range last {
		if rows < len(input) && bytes.Equal(input[rows], ciphertexts(&b.Ballot)) {
			rows++
		}
	}
	if rows < len(input) {
		return rows, 0, fmt.Errorf("row %d is none of the voters' last ballots in their order", rows)
	}
	return rows, len(last) - rows, nil
}

// districtRows reads the mix input of a district, all contests of a ballot joined.
func (s *State) districtRows(district string) ([][]byte, error) {
	var joined [][]byte
	first := true
	for i := range s.Input.Lists {
		l := &s.Input.Lists[i]
		if l.District != district {
			continue
		}
		rows, err := s.inputRows(l)
		if err != nil {
			return nil, err
		}
		if first {
			joined, first = make([][]byte, l.Rows), false
		}
		if l.Rows != len(joined) {
			return nil, fmt.Errorf("%d ballots in contest %s, but %d in another", l.Rows, l.Contest, len(joined))
		}
		for k := range joined {
			size := elgamal.CiphertextSize * l.Width
			joined[k] = append(joined[k], rows.Bytes()[k*size:(k+1)*size]...)
		}
	}
	return joined, nil
}

// ciphertexts joins those of all slots of a ballot, contests in their order.
func ciphertexts(b *election.Ballot) []byte {
	var joined []byte
	for _, c := range b.Contests {
		for _, slot := range c.Slots {
			joined = append(joined, slot.Ciphertext...)
		}
	}
	return joined
}
