package group

import (
	"runtime"

	"filippo.io/edwards25519/field"
)

// pippenger is one multi-scalar multiplication by buckets. The terms are in
// columns: those with long scalars first, so that the windows above the short
// ones run over the long ones only.
type pippenger struct {
	c       int     // bits of a window
	long    int     // how many terms have long scalars
	entries []niels // the points, their signs already those of the scalars
	digits  []int16 // one row of len(entries) for each window
	windows int
}

// pippengerVarTime returns Σ s[i]·p[i] by sorting the terms of each window of
// the scalars into buckets by their digit (Pippenger), on all cores: the better
// way for many terms.
func pippengerVarTime(s []Scalar, p []Element) *Element {
	m := newPippenger(s, p)
	return m.combine(m.windowSums())
}

func newPippenger(s []Scalar, p []Element) *pippenger {
	n := len(s)
	magnitudes := make([]magnitude, n)
	negative := make([]bool, n)
	parallel(n, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			magnitudes[i], negative[i] = magnitudeVarTime(&s[i])
		}
	})
	columns, long := partition(magnitudes)
	m := &pippenger{long: long, entries: make([]niels, n)}
	m.c, m.windows = chooseWindow(long, n-long)
	m.digits = make([]int16, m.windows*n)
	parallel(n, func(lo, hi int) {
		m.load(lo, hi, columns, magnitudes, negative, p)
	})
	return m
}

// partition returns the order of the terms, the long ones first, and how many
// these are.
func partition(magnitudes []magnitude) (columns []int32, long int) {
	n := len(magnitudes)
	columns = make([]int32, n)
	short := n
	for i := range magnitudes {
		if magnitudes[i].short() {
			short--
			columns[short] = int32(i)
		} else {
			columns[long] = int32(i)
			long++
		}
	}
	return columns, long
}

// load fills the columns [lo, hi).
func (m *pippenger) load(lo, hi int, columns []int32, magnitudes []magnitude, negative []bool, p []Element) {
	points := make([]Element, hi-lo)
	for j := lo; j < hi; j++ {
		i := columns[j]
		points[j-lo] = p[i]
		if negative[i] {
			points[j-lo].Negate(&p[i])
		}
		windows := m.windows
		if j >= m.long {
			windows = windowCount(shortBits, m.c)
		}
		magnitudes[i].digits(m.digits[j:], len(m.entries), windows, m.c)
	}
	toNiels(m.entries[lo:hi], points)
}

// chooseWindow returns the window width that needs the least work for so many
// long and short scalars, and the number of windows.
func chooseWindow(long, short int) (c, windows int) {
	best := -1
	for width := 3; width <= 15; width++ {
		high, low := windowCount(longBits, width), windowCount(shortBits, width)
		count := high
		if long == 0 {
			count = low
		}
		// An addition to a bucket costs 3/4 of one between buckets, of which
		// there are two for each bucket of each window.
		work := 3*(long*high+short*low) + 4*count*(2<<(width-1))
		if best < 0 || work < best {
			best, c, windows = work, width, count
		}
	}
	return c, windows
}

// columnsOf returns how many columns have a digit in the window.
func (m *pippenger) columnsOf(window int) int {
	if window >= windowCount(shortBits, m.c) {
		return m.long
	}
	return len(m.entries)
}

// windowSums returns Σ digit·P of every window. Where there are more cores than
// windows, several share one.
func (m *pippenger) windowSums() []Element {
	parts := (2*runtime.GOMAXPROCS(0) + m.windows - 1) / m.windows
	sums := make([]Element, m.windows*parts)
	parallelEach(len(sums), func(i int) {
		w, part := i/parts, i%parts
		n := m.columnsOf(w)
		sums[i] = *m.bucketSum(w, n*part/parts, n*(part+1)/parts)
	})
	for w := range m.windows {
		sum := sums[w*parts]
		for _, s := range sums[w*parts+1 : (w+1)*parts] {
			sum.Add(&sum, &s)
		}
		sums[w] = sum
	}
	return sums[:m.windows]
}

// bucketSum returns Σ digit·P over the columns [lo, hi) of one window.
func (m *pippenger) bucketSum(window, lo, hi int) *Element {
	buckets := make([]Element, 1<<(m.c-1))
	row := m.digits[window*len(m.entries):]
	for i := lo; i < hi; i++ {
		n := &m.entries[i]
		d := row[i]
		switch {
		case d > 0 && buckets[d-1].isEmpty():
			buckets[d-1].setNiels(&n.plus, &n.minus)
		case d > 0:
			buckets[d-1].addNiels(n)
		case d < 0 && buckets[-d-1].isEmpty():
			buckets[-d-1].setNiels(&n.minus, &n.plus)
		case d < 0:
			buckets[-d-1].subNiels(n)
		}
	}
	return weightedSum(buckets)
}

// isEmpty reports whether a bucket is still the zero value of Element, which is
// no point. The first term is then copied, not added: a good part of all terms
// where there are few for each bucket.
func (e *Element) isEmpty() bool { return e.z == field.Element{} }

// weightedSum returns Σ (i+1)·buckets[i], as the sum of the running sums from
// the last bucket down.
func weightedSum(buckets []Element) *Element {
	running, sum := NewElement(), NewElement()
	for i := len(buckets) - 1; i >= 0; i-- {
		if !buckets[i].isEmpty() {
			running.Add(running, &buckets[i])
		}
		sum.Add(sum, running)
	}
	return sum
}

// combine returns Σ 2^(c·w)·sums[w].
func (m *pippenger) combine(sums []Element) *Element {
	e := NewElement()
	for w := len(sums) - 1; w >= 0; w-- {
		for range m.c {
			e.Double(e)
		}
		e.Add(e, &sums[w])
	}
	return e
}
