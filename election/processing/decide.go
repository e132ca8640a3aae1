package processing

import "valik/election"

// Vote is what the rules among ballots need to know of one.
type Vote struct {
	Index  uint64             // of the entry on the board
	Inner  election.Hash      // of the inner ballot
	Voter  election.Pseudonym // not looked at if there is a Reason
	Anchor uint64             // size of the board that the voter's program had seen
	Reason election.Reason    // why it fails by itself, or ""
	Code   string             // of evidence that proves nothing, for the decision
}

// Decide applies the rules among ballots, which stand in the order of the board:
// which is the voter's last, and may it count?
//
// Only a ballot that passed all checks of its own takes part. The first of equal
// ballots stands, the others are duplicates. A ballot is stale if the voter's
// ballot before it, which neither is a duplicate nor stale, was logged at or
// after its anchor: it was made without knowledge of that one. Of the rest of a
// voter's ballots each supersedes the one before. The last counts, unless the
// voter is revoked.
//
// It implements Processing.Decide of docs/protocol/processing.md.
func Decide(votes []Vote, revoked map[election.Pseudonym]bool) []election.Decision {
	decisions := make([]election.Decision, len(votes))
	first := make(map[election.Hash]uint64, len(votes))      // index of an inner ballot
	standing := make(map[election.Pseudonym]int, len(votes)) // position of the voter's last
	for i, v := range votes {
		decisions[i] = election.Decision{Index: v.Index, Reason: v.Reason, Code: v.Code}
		if v.Reason != "" {
			continue
		}
		if index, twice := first[v.Inner]; twice {
			decisions[i] = by(v.Index, election.Duplicate, index)
			continue
		}
		first[v.Inner] = v.Index
		before, again := standing[v.Voter]
		if again && votes[before].Index >= v.Anchor {
			decisions[i] = by(v.Index, election.Stale, votes[before].Index)
			continue
		}
		if again {
			decisions[before] = by(votes[before].Index, election.Superseded, v.Index)
		}
		decisions[i].Reason = election.Counted
		standing[v.Voter] = i
	}
	for voter, i := range standing {
		if revoked[voter] {
			decisions[i].Reason = election.Revoked
		}
	}
	return decisions
}

func by(index uint64, reason election.Reason, other uint64) election.Decision {
	return election.Decision{Index: index, Reason: reason, By: &other}
}

// Revoked returns the voters whose ballots are out of the count after all
// documents, applied in their order. A document names a person by a code that any
// version of the roll knows: also by one that changed since the ballot was cast. Who
// is on no roll has cast nothing.
//
// It implements Processing.Revoked of docs/protocol/processing.md.
func Revoked(documents []*election.Revocations, rolls []*election.Roll) map[election.Pseudonym]bool {
	revoked := map[election.Pseudonym]bool{}
	for _, d := range documents {
		for _, code := range d.Persons {
			for _, roll := range rolls {
				voter, ok := roll.ByCode(code)
				if ok && d.Action == election.Revoke {
					revoked[voter.Pseudonym] = true
				} else if ok {
					delete(revoked, voter.Pseudonym)
				}
			}
		}
	}
	return revoked
}
