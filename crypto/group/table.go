package group

import (
	"crypto/subtle"
	"sync"

	"filippo.io/edwards25519/field"
)

// tableRows is the number of rows of a table: row i holds multiples of 256^i·P.
const tableRows = 32

// Table multiplies one fixed public base by many scalars. It is safe for
// concurrent use.
type Table struct {
	powers [tableRows]Element // 256^i·P

	// Two sets of multiples, each made at its first use: a small one that is
	// read as a whole, so that the memory access tells nothing about the scalar,
	// and a large one (480 KiB) of which only the entries needed are read.
	scanned func() *[tableRows]scannedRow
	indexed func() *[tableRows]indexedRow
}

type (
	scannedRow [8]niels   // 1, 2, … 8 times the row's base
	indexedRow [128]niels // 1, 2, … 128 times
)

// NewTable returns a table for p.
func NewTable(p *Element) *Table {
	t := &Table{}
	power := *p
	for i := range t.powers {
		t.powers[i] = power
		for range 8 {
			power.Double(&power)
		}
	}
	t.scanned = sync.OnceValue(func() *[tableRows]scannedRow {
		rows := new([tableRows]scannedRow)
		t.fill(func(i int) []niels { return rows[i][:] })
		return rows
	})
	t.indexed = sync.OnceValue(func() *[tableRows]indexedRow {
		rows := new([tableRows]indexedRow)
		t.fill(func(i int) []niels { return rows[i][:] })
		return rows
	})
	return t
}

// fill sets the rows to 1, 2, 3, … times their bases, on all cores.
func (t *Table) fill(row func(i int) []niels) {
	parallelEach(tableRows, func(i int) {
		out := row(i)
		multiples := make([]Element, len(out))
		multiples[0] = t.powers[i]
		for j := 1; j < len(multiples); j++ {
			multiples[j].Add(&multiples[j-1], &t.powers[i])
		}
		toNiels(out, multiples)
	})
}

// Mult returns s·P, in constant time.
func (t *Table) Mult(s *Scalar) *Element {
	rows := t.scanned()
	digits := s.radix16()
	e := NewElement()
	var n niels
	// s·P = 16·(Σ odd digits) + Σ even digits, over the same rows of 256^i·P.
	for i := 1; i < len(digits); i += 2 {
		rows[i/2].lookup(&n, digits[i])
		e.addNiels(&n)
	}
	for range 4 {
		e.Double(e)
	}
	for i := 0; i < len(digits); i += 2 {
		rows[i/2].lookup(&n, digits[i])
		e.addNiels(&n)
	}
	return e
}

// lookup sets n to digit times the row's base, for −8 ≤ digit ≤ 8, in constant
// time: it reads every entry.
func (r *scannedRow) lookup(n *niels, digit int8) {
	sign := digit >> 7 // 0 or −1
	abs := uint8((digit ^ sign) - sign)
	n.identity()
	for j := range r {
		n.choose(&r[j], subtle.ConstantTimeByteEq(abs, uint8(j+1)))
	}
	n.negate(int(sign & 1))
}

// choose sets n = m if cond is 1 and leaves it if cond is 0.
func (n *niels) choose(m *niels, cond int) {
	n.plus.Select(&m.plus, &n.plus, cond)
	n.minus.Select(&m.minus, &n.minus, cond)
	n.t.Select(&m.t, &n.t, cond)
}

// negate sets n = −n if cond is 1 and leaves it if cond is 0.
func (n *niels) negate(cond int) {
	n.plus.Swap(&n.minus, cond)
	n.t.Select(new(field.Element).Negate(&n.t), &n.t, cond)
}

// radix16 writes s as Σ digits[i]·16^i with digits from −8 to 8, in constant
// time.
func (s *Scalar) radix16() (digits [64]int8) {
	for i, b := range s.s.Bytes() {
		digits[2*i] = int8(b & 15)
		digits[2*i+1] = int8(b >> 4)
	}
	// s is below 2^253, so that the last digit takes its carry.
	for i := range 63 {
		carry := (digits[i] + 8) >> 4
		digits[i] -= carry << 4
		digits[i+1] += carry
	}
	return digits
}

// VarTimeMult returns s·P. For public scalars only.
func (t *Table) VarTimeMult(s *Scalar) *Element {
	rows := t.indexed()
	m, negative := magnitudeVarTime(s)
	var digits [tableRows]int16
	m.digits(digits[:], 1, tableRows, 8)
	e := NewElement()
	for i, d := range digits {
		if d == 0 {
			continue
		}
		if (d < 0) != negative {
			e.subNiels(&rows[i][max(d, -d)-1])
		} else {
			e.addNiels(&rows[i][max(d, -d)-1])
		}
	}
	return e
}

// GeneratorTable returns the table of G, which is built once and shared.
func GeneratorTable() *Table {
	return generatorTable()
}

var generatorTable = sync.OnceValue(func() *Table { return NewTable(generator) })
