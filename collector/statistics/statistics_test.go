package statistics

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
)

func TestCounterRefuses(t *testing.T) {
	_, err := NewCounter(nil, Floor-1)
	require.ErrorIs(t, err, ErrSmallest)
	c, err := NewCounter([]string{"a"}, Floor)
	require.NoError(t, err)
	require.ErrorIs(t, c.Add(election.Pseudonym{}, "b", 0), ErrDistrict)
	require.Empty(t, c.hours)
}

// A voter's first ballot is a voter's and every later one a re-vote, wherever the voter
// lives by then, and the clock of the log does not run back.
func TestCounterCounts(t *testing.T) {
	c, err := NewCounter([]string{"a", "b"}, Floor)
	require.NoError(t, err)
	for _, one := range []struct {
		voter    int
		district string
		at       election.Time
	}{
		{1, "a", 7200},
		{1, "a", 10799},
		{2, "b", 10800},
		{3, "a", 10799}, // waited longer for its place than the one before
		{1, "b", 18000},
	} {
		require.NoError(t, c.Add(pseudonym(one.voter), one.district, one.at))
	}
	want := []span{
		{7200, 10800, []cell{{1, 1}, {0, 0}}},
		{10800, 14400, []cell{{1, 0}, {1, 0}}},
		{18000, 21600, []cell{{0, 0}, {0, 1}}},
	}
	require.Equal(t, want, c.hours)
	require.Equal(t, want[:2], c.complete(), "the hour of the newest ballot is not complete")
	c.Close()
	require.Equal(t, want, c.complete())
}

// hoursOf makes a counter with hours of these cells.
func hoursOf(t *testing.T, hours ...[]cell) *Counter {
	c, err := NewCounter([]string{"a", "b", "c"}, Floor)
	require.NoError(t, err)
	next := 0
	for h, cells := range hours {
		var voters, again []int
		for _, one := range cells {
			voters, again = append(voters, one.voters), append(again, one.revotes)
		}
		cast(t, c, election.Time(h)*hourLength, next, voters, again)
		next = 1000 * (h + 1)
	}
	return c
}

func TestSteps(t *testing.T) {
	many, few, late := []cell{{9, 9}, {9, 9}, {9, 9}}, []cell{{2, 2}, {2, 2}, {0, 0}}, []cell{{1, 0}, {0, 0}, {0, 0}}
	for name, one := range map[string]struct {
		hours  [][]cell
		closed bool
		want   []election.Time // ends of steps, in hours
	}{
		"nothing":                            {nil, false, nil},
		"nothing, and closed":                {nil, true, nil},
		"too few":                            {[][]cell{few}, true, nil},
		"the newest hour is not complete":    {[][]cell{many}, false, nil},
		"the newest step is held back":       {[][]cell{many, late}, false, nil},
		"until another is complete":          {[][]cell{many, many, late}, false, []election.Time{1}},
		"few wait for more":                  {[][]cell{few, few, few, many, late}, false, []election.Time{2}},
		"after the close nothing waits":      {[][]cell{many, many}, true, []election.Time{1, 2}},
		"what remains goes to the last step": {[][]cell{many, many, late}, true, []election.Time{1, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			c := hoursOf(t, one.hours...)
			if one.closed {
				c.Close()
			}
			var ends []election.Time
			for _, s := range c.steps() {
				ends = append(ends, s.to/hourLength)
			}
			require.Equal(t, one.want, ends)
		})
	}
}

func TestRows(t *testing.T) {
	all, two := []cell{{9, 9}, {9, 9}, {9, 9}}, []cell{{9, 9}, {9, 9}, {1, 1}}
	var day [][]cell
	for range 26 {
		day = append(day, []cell{{9, 9}, {9, 9}, {0, 0}})
	}
	for name, one := range map[string]struct {
		hours [][]cell
		want  []election.Time // ends of rows, in hours
	}{
		"an hour each":                  {[][]cell{all, all, all}, []election.Time{1, 2, 3}},
		"until the smallest has enough": {[][]cell{all, two, two, two, two, two, all}, []election.Time{1, 6, 7}},
		"or a day":                      {day, []election.Time{24, 26}},
	} {
		t.Run(name, func(t *testing.T) {
			c := hoursOf(t, one.hours...)
			c.Close()
			var ends []election.Time
			for _, s := range c.rows(c.steps()) {
				ends = append(ends, s.to/hourLength)
			}
			require.Equal(t, one.want, ends)
		})
	}
}

func TestHide(t *testing.T) {
	yes, no := true, false
	for name, one := range map[string]struct {
		row   []cell
		shown []bool
		want  []bool
	}{
		"nothing is small":              {[]cell{{5, 5}, {9, 9}, {9, 9}}, []bool{yes, yes, yes}, []bool{no, no, no}},
		"small, and the cheapest":       {[]cell{{4, 9}, {20, 20}, {9, 9}}, []bool{yes, yes, yes}, []bool{yes, no, yes}},
		"one more, as that is not all":  {[]cell{{4, 4}, {20, 20}, {5, 5}, {9, 9}, {9, 10}}, []bool{yes, yes, yes, yes, yes}, []bool{yes, no, yes, yes, no}},
		"re-votes alone":                {[]cell{{30, 4}, {20, 20}, {9, 9}}, []bool{yes, yes, yes}, []bool{yes, no, yes}},
		"zero is small":                 {[]cell{{30, 0}, {20, 20}, {10, 10}}, []bool{yes, yes, yes}, []bool{yes, no, yes}},
		"never shown":                   {[]cell{{30, 30}, {20, 20}, {9, 10}, {10, 10}}, []bool{no, yes, yes, yes}, []bool{yes, no, yes, yes}},
		"all, if all cannot hide it":    {[]cell{{4, 4}, {5, 5}}, []bool{yes, yes}, []bool{yes, yes}},
		"those never shown do not hide": {[]cell{{100, 100}, {4, 4}, {5, 6}, {30, 30}}, []bool{no, yes, yes, yes}, []bool{yes, yes, yes, yes}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, one.want, hide(span{cells: one.row}, one.shown, 5))
		})
	}
}

func TestShown(t *testing.T) {
	require.Equal(t, []bool{true, false, true}, shown(span{cells: []cell{{5, 5}, {5, 4}, {9, 9}}}, 5))
	require.Equal(t, []bool{false, false}, shown(span{cells: []cell{{5, 5}, {4, 5}}}, 5), "one alone is the total")
}

const report = `{"election":"` + zeros + `","rows":[{"districts":[{"casts":36,"district":"c","revotes":16,"voters":20}],"from":"1970-01-01T01:00:00Z",
"others":{"casts":32,"districts":["a","b"],"revotes":16,"voters":16},"to":"1970-01-01T02:00:00Z"}],"smallest":5,
"steps":[{"casts":54,"from":"1970-01-01T00:00:00Z","revotes":27,"to":"1970-01-01T01:00:00Z","voters":27},
{"casts":68,"from":"1970-01-01T01:00:00Z","revotes":32,"to":"1970-01-01T02:00:00Z","voters":36}],
"total":{"casts":122,"revotes":59,"until":"1970-01-01T02:00:00Z","voters":63},"type":"valik/statistics","version":1}`

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

const sheet = `from,to,district,casts,voters,revotes
1970-01-01T00:00:00Z,1970-01-01T01:00:00Z,all,54,27,27
1970-01-01T01:00:00Z,1970-01-01T02:00:00Z,all,68,36,32
1970-01-01T01:00:00Z,1970-01-01T02:00:00Z,c,36,20,16
1970-01-01T01:00:00Z,1970-01-01T02:00:00Z,others,32,16,16
`

func TestReport(t *testing.T) {
	c := hoursOf(t, []cell{{9, 9}, {9, 9}, {9, 9}}, []cell{{12, 12}, {4, 4}, {20, 16}})
	require.Equal(t, Total{Until: 77}, c.Report(election.Hash{}, 77).Total, "before the first step")
	c.Close()
	s := c.Report(election.Hash{}, 77)
	b, err := s.Bytes()
	require.NoError(t, err)
	require.Equal(t, strings.ReplaceAll(report, "\n", ""), string(b))
	var again Statistics
	require.NoError(t, json.Unmarshal(b, &again))
	require.Equal(t, s, &again)
	b, err = s.CSV()
	require.NoError(t, err)
	require.Equal(t, sheet, string(b))
}

// BenchmarkCounter counts a million ballots of a nation over a week, and tells them.
func BenchmarkCounter(b *testing.B) {
	const ballots, districts, week = 1_000_000, 12, 7 * 24 * hourLength
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}
	for b.Loop() {
		c, err := NewCounter(names, Default)
		require.NoError(b, err)
		for i := range ballots {
			voter := i % (ballots * 97 / 100)
			if err := c.Add(pseudonym(voter), names[voter%districts], election.Time(i)*week/ballots); err != nil {
				b.Fatal(err)
			}
		}
		c.Report(election.Hash{}, 0)
	}
	b.ReportAllocs()
}
