package statistics

import (
	"errors"
	"fmt"

	"valik/election"
)

const (
	// Default is the minimum that is used where none is set.
	Default = 10
	// Floor is the lowest minimum: below it the numbers would begin to speak of persons.
	Floor = 5

	hourLength = election.Time(3600) // seconds
)

// ErrSmallest is returned for a minimum below Floor.
var ErrSmallest = errors.New("statistics: the minimum of a number is at least 5")

// ErrDistrict is returned for a ballot from a district that the election does not have.
var ErrDistrict = errors.New("statistics: the election has no such district")

// cell counts ballots. A voter's first ballot counts under voters, every later one under
// revotes, so casts are their sum.
type cell struct{ voters, revotes int }

func (a cell) plus(b cell) cell { return cell{a.voters + b.voters, a.revotes + b.revotes} }

// reaches says whether both numbers are at least n. Neither may be small alone: with the casts,
// which everybody counts on the board, each gives the other.
func (a cell) reaches(n int) bool { return a.voters >= n && a.revotes >= n }

func sum(cells []cell) (total cell) {
	for _, c := range cells {
		total = total.plus(c)
	}
	return total
}

// span is a time with the ballots that were cast in it, by district.
type span struct {
	from, to election.Time // from ≤ t < to
	cells    []cell
}

func (s *span) total() cell { return sum(s.cells) }

// with is the span and the one that follows it.
func (s span) with(next span) span {
	joint := span{s.from, next.to, make([]cell, len(s.cells))}
	for d := range joint.cells {
		joint.cells[d] = s.cells[d].plus(next.cells[d])
	}
	return joint
}

// Counter counts the ballots of an election in the order of its log. It remembers 16 bytes
// of every voter. It is not safe for use by many goroutines at once.
type Counter struct {
	districts []string
	number    map[string]int // of a district
	smallest  int

	seen   map[election.Pseudonym]struct{}
	hours  []span // those in which ballots were cast
	closed bool
}

// NewCounter makes a counter for the districts of an election, in their order. No number
// below smallest is told. Error: ErrSmallest.
func NewCounter(districts []string, smallest int) (*Counter, error) {
	if smallest < Floor {
		return nil, fmt.Errorf("%w, not %d", ErrSmallest, smallest)
	}
	c := &Counter{districts: districts, number: map[string]int{}, smallest: smallest, seen: map[election.Pseudonym]struct{}{}}
	for i, d := range districts {
		c.number[d] = i
	}
	return c, nil
}

// Add counts the next ballot of the log. One that was cast in an earlier hour than a ballot
// before it counts in the hour of that one: an hour to which a later one is known never
// changes. Error: ErrDistrict.
func (c *Counter) Add(voter election.Pseudonym, district string, at election.Time) error {
	d, ok := c.number[district]
	if !ok {
		return fmt.Errorf("%w: %.40q", ErrDistrict, district)
	}
	cell := &c.hour(at).cells[d]
	if _, again := c.seen[voter]; again {
		cell.revotes++
		return nil
	}
	c.seen[voter] = struct{}{}
	cell.voters++
	return nil
}

// Close says that the log takes no more ballots.
func (c *Counter) Close() { c.closed = true }

// hour gives the newest hour, which begins now if it has come.
func (c *Counter) hour(at election.Time) *span {
	from := at - at%hourLength
	if n := len(c.hours); n == 0 || from > c.hours[n-1].from {
		c.hours = append(c.hours, span{from, from + hourLength, make([]cell, len(c.districts))})
	}
	return &c.hours[len(c.hours)-1]
}

// complete are the hours in which no ballot can come any more.
func (c *Counter) complete() []span {
	if c.closed || len(c.hours) == 0 {
		return c.hours
	}
	return c.hours[:len(c.hours)-1]
}
