package group

import "sync"

// Table multiplies one fixed public base by many scalars. It is safe for
// concurrent use.
type Table struct {
	base Element
}

// NewTable returns a table for p.
func NewTable(p *Element) *Table {
	p.check()
	return &Table{base: *p}
}

// Mult returns s·P, in constant time.
func (t *Table) Mult(s *Scalar) *Element {
	return new(Element).ScalarMult(s, &t.base)
}

// VarTimeMult returns s·P. For public scalars only.
func (t *Table) VarTimeMult(s *Scalar) *Element {
	return new(Element).VarTimeScalarMult(s, &t.base)
}

// GeneratorTable returns the table of G, which is built once and shared.
func GeneratorTable() *Table {
	return generatorTable()
}

var generatorTable = sync.OnceValue(func() *Table { return NewTable(generator) })
