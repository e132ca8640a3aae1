package election_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"valik/crypto/group"
	"valik/election"
)

func TestTally(t *testing.T) {
	lists, totals := tally(t)
	require.Len(t, lists, 3)
	north, south, council := lists[0], lists[1], lists[2]
	require.Equal(t, []election.Count{{"0176.101", 2}, {"0176.103", 0}, {"0176.102", 0}}, north.Counts)
	require.Equal(t, 1, *north.Blank)
	require.Zero(t, north.Invalid)
	require.Equal(t, 3, north.Ballots)
	require.Equal(t, 1, south.Invalid, "a choice that does not exist")
	require.Equal(t, []election.Count{{"0176.201", 1}, {"0176.203", 0}, {"0176.205", 1}, {"0176.202", 2}, {"0176.204", 0}}, council.Counts)
	require.Nil(t, council.Blank, "blank is not allowed there")
	require.Equal(t, 2, council.Invalid, "a repetition, and somebody of another contest")
	require.Equal(t, election.Totals{Ballots: 4, Votes: 6, Blank: 1, Invalid: 3}, totals)
}

func TestTallyNeedsAllPlaintexts(t *testing.T) {
	m := smallElection(t).Manifest
	north := election.ListID{Contest: "mayor", District: "0176.1"}
	council := election.ListID{Contest: "council", District: "0176.1"}
	tests := []struct {
		name   string
		list   election.ListID
		change func(p map[election.ListID][]group.Element)
	}{
		{"list missing", north, func(p map[election.ListID][]group.Element) { delete(p, north) }},
		{"half a row", council, func(p map[election.ListID][]group.Element) { p[council] = p[council][:5] }},
		{"fewer ballots in one contest", council, func(p map[election.ListID][]group.Element) { p[council] = p[council][:4] }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := plaintexts(m)
			test.change(p)
			_, _, err := election.Tally(m, p)
			var c *election.CountError
			require.ErrorAs(t, err, &c)
			require.Equal(t, test.list, c.List)
		})
	}
}

func TestIdentityIsNoChoice(t *testing.T) {
	m := smallElection(t).Manifest
	p := plaintexts(m)
	south := election.ListID{Contest: "mayor", District: "0176.2"}
	p[south][0] = *group.NewElement()
	lists, _, err := election.Tally(m, p)
	require.NoError(t, err)
	require.Equal(t, 1, lists[1].Invalid)
}

// Whatever the plaintexts are, every slot is counted once.
func TestNothingIsLostInTheCount(t *testing.T) {
	m := smallElection(t).Manifest
	pool := []string{"0176.101", "0176.102", "0176.103", "0176.201", "0176.202", "0176.203", "0176.204", "0176.205", "blank", "x"}
	rapid.Check(t, func(t *rapid.T) {
		p := map[election.ListID][]group.Element{}
		rows := map[string]int{}
		for _, d := range []string{"0176.1", "0176.2"} {
			rows[d] = rapid.IntRange(0, 5).Draw(t, "rows")
		}
		for _, id := range m.ListIDs() {
			p[id] = make([]group.Element, rows[id.District]*m.Width(id))
			for i := range p[id] {
				p[id][i].Set(m.Point(id.Contest, rapid.SampledFrom(pool).Draw(t, "code")))
			}
		}
		lists, totals, err := election.Tally(m, p)
		require.NoError(t, err)
		require.Equal(t, rows["0176.1"]+rows["0176.2"], totals.Ballots)
		require.Equal(t, 3*rows["0176.1"]+rows["0176.2"], totals.Votes+totals.Blank+totals.Invalid)
		r := election.NewResult(m, election.Hash{}, []election.Hash{}, lists, totals)
		require.NoError(t, r.CheckTotals(m))
		parsed, err := election.ParseResult(r.Bytes())
		require.NoError(t, err)
		require.NoError(t, parsed.CheckTotals(m))
	})
}

func TestTotalsMustAddUp(t *testing.T) {
	m := smallElection(t).Manifest
	tests := []struct {
		name   string
		change func(r *election.Result)
	}{
		{"a vote more", func(r *election.Result) { r.Lists[0].Counts[0].Votes++ }},
		{"a vote moved to the total alone", func(r *election.Result) { r.Totals.Votes++; r.Totals.Invalid-- }},
		{"an invalid one dropped", func(r *election.Result) { r.Lists[1].Invalid--; r.Totals.Invalid-- }},
		{"a ballot more", func(r *election.Result) { r.Lists[1].Ballots++; r.Lists[1].Invalid++; r.Totals.Invalid++ }},
		{"a contest with fewer ballots", func(r *election.Result) { r.Lists[2].Ballots--; r.Lists[2].Invalid -= 2; r.Totals.Invalid -= 2 }},
		{"a choice dropped", func(r *election.Result) { r.Lists[0].Counts = r.Lists[0].Counts[:2] }},
		{"choices exchanged", func(r *election.Result) {
			c := r.Lists[0].Counts
			c[0].Code, c[1].Code = c[1].Code, c[0].Code
		}},
		{"no blank", func(r *election.Result) { r.Lists[0].Blank = nil }},
		{"blank where it is not allowed", func(r *election.Result) { r.Lists[2].Blank = new(int) }},
		{"a list dropped", func(r *election.Result) { r.Lists = r.Lists[:2] }},
		{"another election", func(r *election.Result) { r.Election[0] ^= 1 }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			lists, totals := tally(t)
			r := election.NewResult(m, election.Hash{}, []election.Hash{}, lists, totals)
			require.NoError(t, r.CheckTotals(m))
			test.change(r)
			require.Error(t, r.CheckTotals(m))
		})
	}
}
