package statistics

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"valik/election"
)

// The attacker has every report, the casts of every hour, which the board shows, and, after
// the result, the voters of every district. To be on the safe side it is given the re-votes
// of every district too. It solves the whole system for whole numbers that are not negative.

// truth is an election that the attacker wants to know about.
type truth struct {
	counter *Counter
	rows    []span // as the counter joins them, the first one and those that are not told too
	hidden  [][]bool
}

func truthOf(c *Counter) *truth {
	w := &truth{counter: c, rows: c.rows(c.steps())}
	if len(w.rows) == 0 {
		return w
	}
	in := shown(w.rows[0], c.smallest)
	for i, row := range w.rows {
		h := hide(row, in, c.smallest)
		if i == 0 {
			for d := range h {
				h[d] = true
			}
		}
		w.hidden = append(w.hidden, h)
	}
	return w
}

// table is what is hidden of one measure, with the true values: rows and columns have
// sums that the attacker knows.
type table struct {
	value  [][]int
	hidden [][]bool
}

func (w *truth) table(of func(cell) int) *table {
	t := &table{hidden: w.hidden}
	for _, row := range w.rows {
		values := make([]int, len(row.cells))
		for d, c := range row.cells {
			values[d] = of(c)
		}
		t.value = append(t.value, values)
	}
	return t
}

func (t *table) clone() *table {
	c := &table{hidden: t.hidden}
	for _, row := range t.value {
		c.value = append(c.value, append([]int(nil), row...))
	}
	return c
}

// freedom is by how much a cell can grow and shrink, up to enough, while all sums stay. It is
// exact: the values are a flow between rows and columns, and a flow that no path improves is
// the largest there is.
func (t *table) freedom(row, column, enough int) (up, down int) {
	larger, smaller := t.clone(), t.clone()
	for up < enough && larger.cycle(row, column, true) {
		up++
	}
	for down < enough && smaller.value[row][column] > 0 && smaller.cycle(row, column, false) {
		down++
	}
	return up, down
}

// cycle moves a cell by one and others so that all sums stay, and says whether that can be.
func (t *table) cycle(row, column int, up bool) bool {
	rows, columns := len(t.value), len(t.value[0])
	start, goal := rows+column, row // nodes: rows, then columns
	if !up {
		start, goal = row, rows+column
	}
	from := map[int]int{start: -1}
	queue := []int{start}
	for len(queue) > 0 && !has(from, goal) {
		node := queue[0]
		queue = queue[1:]
		for next := range rows + columns {
			if !has(from, next) && t.open(node, next, row, column) {
				from[next], queue = node, append(queue, next)
			}
		}
	}
	if !has(from, goal) {
		return false
	}
	t.move(row, column, up)
	for node := goal; from[node] >= 0; node = from[node] {
		r, c, grows := t.edge(from[node], node)
		t.move(r, c, grows)
	}
	return true
}

func has(m map[int]int, k int) bool { _, ok := m[k]; return ok }

func (t *table) move(row, column int, up bool) {
	if up {
		t.value[row][column]++
	} else {
		t.value[row][column]--
	}
}

// edge is the cell between two nodes: from a row to a column it grows.
func (t *table) edge(a, b int) (row, column int, grows bool) {
	if rows := len(t.value); a < rows {
		return a, b - rows, true
	}
	return b, a - len(t.value), false
}

// open says whether a path may go from one node to another, not through the cell in question.
func (t *table) open(a, b, row, column int) bool {
	if rows := len(t.value); (a < rows) == (b < rows) {
		return false
	}
	r, c, grows := t.edge(a, b)
	return t.hidden[r][c] && (r != row || c != column) && (grows || t.value[r][c] > 0)
}

// requireSafe is what docs/protocol/statistics.md proves: a number that is hidden because it
// is small may have as many other values as the minimum, or as there are such ballots in its
// district at all. Where something of a row is told, all these values may be larger ones,
// but in a district that is too small to be told anywhere.
func (w *truth) requireSafe(t require.TestingT) {
	if len(w.rows) < 2 {
		return // no district was told, and all that is known of one is the result
	}
	in := shown(w.rows[0], w.counter.smallest)
	if !anyOf(in) {
		return
	}
	for measure, of := range map[string]func(cell) int{
		"voters": func(c cell) int { return c.voters }, "revotes": func(c cell) int { return c.revotes },
	} {
		table := w.table(of)
		for r, row := range w.rows {
			for d, c := range row.cells {
				if !w.hidden[r][d] || of(c) >= w.counter.smallest {
					continue
				}
				want := min(w.counter.smallest, withheld(table, d))
				up, down := table.freedom(r, d, want)
				require.GreaterOrEqual(t, up+down, want, "%s of district %d in row %d: %v, hidden %v", measure, d, r, w.rows, w.hidden)
				if in[d] && !allOf(w.hidden[r]) {
					require.GreaterOrEqual(t, up, want, "%s of district %d in row %d: %v, hidden %v", measure, d, r, w.rows, w.hidden)
				}
			}
		}
	}
}

func allOf(list []bool) bool { return !slices.Contains(list, false) }

func anyOf(list []bool) bool { return slices.Contains(list, true) }

func withheld(t *table, d int) (n int) {
	for r, row := range t.value {
		if t.hidden[r][d] {
			n += row[d]
		}
	}
	return n
}

// The attack itself is tested: where only small numbers are left out, and nothing hides
// them, it finds them.
func TestTheAttackFindsWhatIsNotHidden(t *testing.T) {
	cells := func(voters ...int) (row span) {
		for _, n := range voters {
			row.cells = append(row.cells, cell{n, 20})
		}
		return row
	}
	c, err := NewCounter([]string{"a", "b", "c"}, 5)
	require.NoError(t, err)
	w := &truth{counter: c, rows: []span{cells(9, 9, 9), {}}}
	voters := func(c cell) int { return c.voters }
	for name, one := range map[string]struct {
		middle   []int
		hidden   []bool
		up, down int
	}{
		"the total less the others":             {[]int{30, 3, 30}, []bool{false, true, false}, 0, 0},
		"two hide each other":                   {[]int{30, 3, 30}, []bool{true, true, false}, 9, 3},
		"two small ones do not hide each other": {[]int{30, 3, 1}, []bool{false, true, true}, 1, 3},
	} {
		w.rows[1] = cells(one.middle...)
		w.hidden = [][]bool{{true, true, true}, one.hidden}
		up, down := w.table(voters).freedom(1, 1, 100)
		require.Equal(t, []int{one.up, one.down}, []int{up, down}, name)
	}
}

// drawn is an election with districts of very different size, hour by hour, busy and quiet.
func drawn(t *rapid.T, smallest int) (c *Counter, hours []func()) {
	districts := make([]string, rapid.IntRange(1, 6).Draw(t, "districts"))
	size := make([]int, len(districts))
	for d := range districts {
		districts[d] = fmt.Sprint("d", d)
		size[d] = rapid.SampledFrom([]int{100, 100, 100, 12, 2}).Draw(t, "size")
	}
	c, err := NewCounter(districts, smallest)
	require.NoError(t, err)
	many := rapid.SampledFrom([]int{40, 25, 15, 8, 3, 0})
	next, at := 0, election.Time(0)
	for range rapid.IntRange(1, 24).Draw(t, "hours") {
		at += hourLength * election.Time(rapid.SampledFrom([]int{1, 1, 1, 2, 9}).Draw(t, "pause"))
		when, first := at, next
		busy := rapid.SampledFrom([]int{100, 100, 20, 5}).Draw(t, "busy")
		voters, again := make([]int, len(districts)), make([]int, len(districts))
		for d := range districts {
			voters[d] = many.Draw(t, "voters") * busy * size[d] / 10000
			again[d] = many.Draw(t, "again") * busy * size[d] / 10000
			next += max(1, voters[d])
		}
		hours = append(hours, func() { cast(t, c, when, first, voters, again) })
	}
	return c, hours
}

// cast lets voters vote, and then somebody of the district again.
func cast(t require.TestingT, c *Counter, at election.Time, first int, voters, again []int) {
	for d, n := range voters {
		for i := range n + again[d] {
			require.NoError(t, c.Add(pseudonym(first+i%max(1, n)), c.districts[d], at+election.Time(i)))
		}
		first += max(1, n)
	}
}

func pseudonym(n int) (p election.Pseudonym) {
	big.NewInt(int64(n)).FillBytes(p[:])
	return p
}

// Whatever the election, no attacker learns a small number, at the end or before, and
// nothing that was told is ever told otherwise.
func TestNoSmallNumberCanBeFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, hours := drawn(t, Floor)
		before := c.Report(election.Hash{}, 0)
		for i := range len(hours) + 1 {
			if i < len(hours) {
				hours[i]()
			} else {
				c.Close()
			}
			now := c.Report(election.Hash{}, 0)
			require.Equal(t, before.Steps, now.Steps[:len(before.Steps)])
			require.Equal(t, before.Rows, now.Rows[:len(before.Rows)])
			requireMinimum(t, now)
			before = now
		}
		truthOf(c).requireSafe(t)
		requireUnsolvable(t, c)
	})
}

func requireMinimum(t require.TestingT, s *Statistics) {
	all := []Counts{}
	for _, step := range s.Steps {
		all = append(all, step.Counts)
	}
	for _, row := range s.Rows {
		for _, d := range row.Districts {
			all = append(all, d.Counts)
		}
		if row.Others != nil {
			all = append(all, row.Others.Counts)
		}
	}
	for _, c := range all {
		require.GreaterOrEqual(t, c.Voters, s.Smallest)
		require.GreaterOrEqual(t, c.Revotes, s.Smallest)
		require.Equal(t, c.Casts, c.Voters+c.Revotes)
	}
}
