package processing_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"valik/election"
	"valik/election/processing"
)

// pseudonym is that of a voter with a name.
func pseudonym(voter string) election.Pseudonym {
	h := election.HashOf([]byte(voter))
	return election.Pseudonym(h[:16])
}

// vote is a good ballot at index with an anchor.
func vote(voter string, index, anchor uint64) processing.Vote {
	return processing.Vote{
		Index: index, Voter: pseudonym(voter), Anchor: anchor,
		Inner: election.HashOf(fmt.Append(nil, voter, index)),
	}
}

// reasons gives the decisions as a text: "superseded(7) counted".
func reasons(decisions []election.Decision) []string {
	var all []string
	for _, d := range decisions {
		s := string(d.Reason)
		if d.Code != "" {
			s += "/" + d.Code
		}
		if d.By != nil {
			s += fmt.Sprintf("(%d)", *d.By)
		}
		all = append(all, s)
	}
	return all
}

func TestDecide(t *testing.T) {
	bad := func(v processing.Vote, r election.Reason) processing.Vote { v.Reason = r; return v }
	proves := func(v processing.Vote, r election.Reason, code string) processing.Vote {
		v.Reason, v.Code = r, code
		return v
	}
	copied := func(v processing.Vote, index uint64) processing.Vote { v.Index = index; return v }
	a5, a7 := vote("a", 5, 4), vote("a", 7, 6)
	tests := []struct {
		name    string
		votes   []processing.Vote
		revoked []string
		want    []string
	}{
		{"nothing", nil, nil, nil},
		{"one", []processing.Vote{a5}, nil, []string{"counted"}},
		{"two voters", []processing.Vote{a5, vote("b", 6, 4)}, nil, []string{"counted", "counted"}},
		{"the last counts", []processing.Vote{a5, a7, vote("a", 9, 9)}, nil, []string{"superseded(7)", "superseded(9)", "counted"}},
		{"anchor just after the one before", []processing.Vote{a5, vote("a", 7, 6)}, nil, []string{"superseded(7)", "counted"}},
		{"anchor just at the one before", []processing.Vote{a5, vote("a", 7, 5)}, nil, []string{"counted", "stale(5)"}},
		{"held back and replayed", []processing.Vote{a5, a7, vote("a", 9, 6)}, nil, []string{"superseded(7)", "counted", "stale(7)"}},
		{"a stale one makes none stale", []processing.Vote{a5, vote("a", 9, 3), vote("a", 12, 8)}, nil, []string{"superseded(12)", "stale(5)", "counted"}},
		{"the same again", []processing.Vote{a5, copied(a5, 8)}, nil, []string{"counted", "duplicate(5)"}},
		{"the same again after a newer one", []processing.Vote{a5, a7, copied(a5, 8)}, nil, []string{"superseded(7)", "counted", "duplicate(5)"}},
		{"a bad one supersedes nothing", []processing.Vote{a5, bad(a7, election.BadProof)}, nil, []string{"counted", "bad-proof"}},
		{"a bad one makes none stale", []processing.Vote{bad(a5, election.BadSignature), vote("a", 7, 3)}, nil, []string{"bad-signature", "counted"}},
		{"a bad copy first", []processing.Vote{bad(copied(a7, 5), election.Ineligible), a7}, nil, []string{"ineligible", "counted"}},
		{"revoked", []processing.Vote{a5, a7, vote("b", 8, 6)}, []string{"a"}, []string{"superseded(7)", "revoked", "counted"}},
		{"evidence that proves nothing, with its code", []processing.Vote{proves(a5, election.BadStatus, "status_stale"), proves(a7, election.BadTime, "time_signature"), vote("a", 9, 8)}, nil, []string{"bad-status/status_stale", "bad-time/time_signature", "counted"}},
		{"revoked who did not vote", []processing.Vote{a5}, []string{"b"}, []string{"counted"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			revoked := map[election.Pseudonym]bool{}
			for _, p := range test.revoked {
				revoked[pseudonym(p)] = true
			}
			require.Equal(t, test.want, reasons(processing.Decide(test.votes, revoked)))
		})
	}
}

func TestRevocationsApplyInOrder(t *testing.T) {
	rolls := []*election.Roll{roll(t, 0, voter("a"), voter("b"))}
	revoke, restore := order(election.Revoke, "a", "b"), order(election.Restore, "b")
	a, b := pseudonym("a"), pseudonym("b")
	require.Equal(t, map[election.Pseudonym]bool{a: true}, processing.Revoked([]*election.Revocations{revoke, restore}, rolls))
	require.Equal(t, map[election.Pseudonym]bool{a: true, b: true}, processing.Revoked([]*election.Revocations{restore, revoke}, rolls))
	require.Equal(t, map[election.Pseudonym]bool{a: true, b: true}, processing.Revoked([]*election.Revocations{revoke, restore, revoke}, rolls))
	require.Empty(t, processing.Revoked(nil, rolls))
	require.Empty(t, processing.Revoked([]*election.Revocations{order(election.Revoke, "nobody")}, rolls))
}

// order is a document about persons.
func order(action string, persons ...string) *election.Revocations {
	return &election.Revocations{Action: action, Persons: persons}
}

// voter has the pseudonym of the last code: the first that the person had.
func voter(code string, former ...string) election.Voter {
	first := append([]string{code}, former...)[len(former)]
	return election.Voter{Code: code, Former: former, Name: code, District: "0176.1", Parish: "0339", Pseudonym: pseudonym(first)}
}

func roll(t *testing.T, changeset int, voters ...election.Voter) *election.Roll {
	t.Helper()
	r, err := election.NewRoll(election.Hash{}, changeset, election.Salt{}, 0, 1, voters)
	require.NoError(t, err)
	return r
}

// A person is revoked under whatever code the order has, and restored under another.
func TestRevocationsFollowCodes(t *testing.T) {
	rolls := []*election.Roll{
		roll(t, 0, voter("a"), voter("b"), voter("gone")),
		roll(t, 1, voter("b"), voter("new", "a")),
	}
	a := map[election.Pseudonym]bool{pseudonym("a"): true}
	for name, test := range map[string]struct {
		orders []*election.Revocations
		want   map[election.Pseudonym]bool
	}{
		"old code":                    {[]*election.Revocations{order(election.Revoke, "a")}, a},
		"new code":                    {[]*election.Revocations{order(election.Revoke, "new")}, a},
		"old, restored by new":        {[]*election.Revocations{order(election.Revoke, "a"), order(election.Restore, "new")}, map[election.Pseudonym]bool{}},
		"new, restored by old":        {[]*election.Revocations{order(election.Revoke, "new"), order(election.Restore, "a")}, map[election.Pseudonym]bool{}},
		"restored and revoked again":  {[]*election.Revocations{order(election.Restore, "a"), order(election.Revoke, "new")}, a},
		"of an earlier version alone": {[]*election.Revocations{order(election.Revoke, "gone")}, map[election.Pseudonym]bool{pseudonym("gone"): true}},
	} {
		require.Equal(t, test.want, processing.Revoked(test.orders, rolls), name)
	}
}

// votes draws a log of ballots of few voters, with anchors before, copies and
// bad ballots.
func votes(t *rapid.T) []processing.Vote {
	var all []processing.Vote
	index := uint64(4)
	for range rapid.IntRange(0, 30).Draw(t, "ballots") {
		index += uint64(rapid.IntRange(1, 3).Draw(t, "gap"))
		v := vote(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "voter"), index,
			uint64(rapid.IntRange(1, int(index)).Draw(t, "anchor")))
		if len(all) > 0 && rapid.IntRange(0, 9).Draw(t, "copy") == 0 {
			v = rapid.SampledFrom(all).Draw(t, "original")
			v.Index = index
		}
		if rapid.IntRange(0, 4).Draw(t, "bad") == 0 {
			v.Reason = rapid.SampledFrom([]election.Reason{election.Malformed, election.BadProof}).Draw(t, "reason")
		}
		all = append(all, v)
	}
	return all
}

func TestEveryBallotIsDecidedOnceAndNobodyCountsTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := votes(t)
		revoked := map[election.Pseudonym]bool{pseudonym("c"): rapid.Bool().Draw(t, "revoked")}
		decisions := processing.Decide(all, revoked)
		require.Len(t, decisions, len(all))
		require.Equal(t, decisions, processing.Decide(all, revoked), "deterministic")

		good, final := map[election.Pseudonym]bool{}, map[election.Pseudonym]int{}
		for i, d := range decisions {
			v := all[i]
			require.Equal(t, v.Index, d.Index)
			require.Contains(t, election.Reasons(), d.Reason)
			if v.Reason != "" {
				require.Equal(t, v.Reason, d.Reason)
				continue
			}
			good[v.Voter] = true
			switch d.Reason {
			case election.Counted, election.Revoked:
				require.Equal(t, d.Reason == election.Revoked, revoked[v.Voter])
				final[v.Voter]++
			case election.Superseded:
				require.Greater(t, *d.By, d.Index)
			default:
				require.Less(t, *d.By, d.Index)
			}
		}
		for voter := range good {
			require.Equal(t, 1, final[voter], "a voter with a good ballot has exactly one that stands")
		}
	})
}

// Whatever somebody who holds an old ballot back does, the ballot that was cast
// without its knowledge stands.
func TestAReplayNeverWins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := votes(t)
		before := processing.Decide(all, nil)
		end := uint64(1000)
		held := vote("a", end, uint64(rapid.IntRange(1, 999).Draw(t, "anchor")))
		stands := -1
		for i, d := range before {
			if d.Reason == election.Counted && all[i].Voter == pseudonym("a") {
				stands = i
			}
		}
		after := processing.Decide(append(slices.Clone(all), held), nil)
		if stands >= 0 && all[stands].Index >= held.Anchor {
			require.Equal(t, election.Stale, after[len(all)].Reason)
			require.Equal(t, before, after[:len(all)])
		} else {
			require.Equal(t, election.Counted, after[len(all)].Reason)
		}
	})
}

// One voter's ballots decide nothing about another's.
func TestVotersAreIndependent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := votes(t)
		decisions := processing.Decide(all, nil)
		for _, voter := range []string{"a", "b", "c"} {
			var own []processing.Vote
			var want []election.Decision
			for i, v := range all {
				if v.Voter == pseudonym(voter) {
					own, want = append(own, v), append(want, decisions[i])
				}
			}
			require.Equal(t, reasons(want), reasons(processing.Decide(own, nil)))
		}
	})
}
