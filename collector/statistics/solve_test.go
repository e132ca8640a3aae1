package statistics

import (
	"math/big"

	"github.com/stretchr/testify/require"
)

// requireUnsolvable writes down every equation about voters and re-votes by hour and district
// that the attacker has, and solves them: what has one solution is not small.
func requireUnsolvable(t require.TestingT, c *Counter) {
	s := c.Report([32]byte{}, 0)
	if len(s.Steps) == 0 {
		return // nothing was told
	}
	e := newEquations(c)
	for h, hour := range c.hours { // the board
		e.add(hour.total().voters+hour.total().revotes, e.unknowns(h, h+1, "", true, true)...)
	}
	for _, step := range s.Steps {
		from, to := e.between(step.From, step.To)
		e.add(step.Voters, e.unknowns(from, to, "", true, false)...)
		e.add(step.Revotes, e.unknowns(from, to, "", false, true)...)
	}
	for _, row := range s.Rows {
		from, to := e.between(row.From, row.To)
		for _, d := range row.Districts {
			e.add(d.Voters, e.unknowns(from, to, d.District, true, false)...)
			e.add(d.Revotes, e.unknowns(from, to, d.District, false, true)...)
		}
	}
	e.addResult(len(s.Rows) > 0)
	for unknown, value := range e.solve() {
		h, d := unknown/2/len(c.districts), unknown/2%len(c.districts)
		require.True(t, value.Cmp(big.NewRat(int64(c.smallest), 1)) >= 0, "hour %d district %d is %s", h, d, value)
	}
}

// equations are linear; unknown 2(hD + d) are the voters, the one after it the re-votes, of
// district d in hour h. Where nobody ever voted there is nothing to find.
type equations struct {
	c    *Counter
	rows [][]*big.Rat // coefficients and then the constant
}

func newEquations(c *Counter) *equations { return &equations{c: c} }

// addResult adds the voters of every district, and their re-votes to be on the safe side, or
// only those of all: where no district was told, what is known of one is the result's.
func (e *equations) addResult(byDistrict bool) {
	last, all := len(e.c.hours), cell{}
	for d, id := range e.c.districts {
		var of cell
		for _, hour := range e.c.hours {
			of = of.plus(hour.cells[d])
		}
		all = all.plus(of)
		if byDistrict && of.voters > 0 {
			e.add(of.voters, e.unknowns(0, last, id, true, false)...)
			e.add(of.revotes, e.unknowns(0, last, id, false, true)...)
		}
	}
	e.add(all.voters, e.unknowns(0, last, "", true, false)...)
}

func (e *equations) size() int { return 2 * len(e.c.hours) * len(e.c.districts) }

// between gives the hours of a time.
func (e *equations) between(from, to interface{ String() string }) (first, end int) {
	first = len(e.c.hours)
	for h, hour := range e.c.hours {
		if hour.from.String() >= from.String() && hour.from.String() < to.String() {
			first, end = min(first, h), h+1
		}
	}
	return first, end
}

func (e *equations) unknowns(from, to int, district string, voters, revotes bool) (list []int) {
	for h := from; h < to; h++ {
		for d, id := range e.c.districts {
			if district != "" && id != district {
				continue
			}
			if voters {
				list = append(list, 2*(h*len(e.c.districts)+d))
			}
			if revotes {
				list = append(list, 2*(h*len(e.c.districts)+d)+1)
			}
		}
	}
	return list
}

func (e *equations) add(total int, unknowns ...int) {
	row := make([]*big.Rat, e.size()+1)
	for i := range row {
		row[i] = new(big.Rat)
	}
	for _, u := range unknowns {
		row[u].SetInt64(1)
	}
	row[e.size()].SetInt64(int64(total))
	e.rows = append(e.rows, row)
}

// solve gives the unknowns that have one solution, by Gauss and Jordan.
func (e *equations) solve() map[int]*big.Rat {
	pivots := 0
	for u := range e.size() {
		if e.pivot(pivots, u) {
			pivots++
		}
	}
	found := map[int]*big.Rat{}
	for _, row := range e.rows[:pivots] {
		only, n := 0, 0
		for u := range e.size() {
			if row[u].Sign() != 0 {
				only, n = u, n+1
			}
		}
		if n == 1 {
			found[only] = new(big.Rat).Quo(row[e.size()], row[only])
		}
	}
	return found
}

// pivot clears unknown u from all rows but one, which becomes row number at.
func (e *equations) pivot(at, u int) bool {
	for i := at; i < len(e.rows); i++ {
		if e.rows[i][u].Sign() == 0 {
			continue
		}
		e.rows[at], e.rows[i] = e.rows[i], e.rows[at]
		for k, row := range e.rows {
			if k != at && row[u].Sign() != 0 {
				subtract(row, e.rows[at], new(big.Rat).Quo(row[u], e.rows[at][u]))
			}
		}
		return true
	}
	return false
}

func subtract(row, other []*big.Rat, times *big.Rat) {
	product := new(big.Rat)
	for i := range row {
		if other[i].Sign() != 0 {
			row[i].Sub(row[i], product.Mul(times, other[i]))
		}
	}
}
