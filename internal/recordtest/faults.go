package recordtest

import "slices"

// Fault is a record that is wrong in exactly one way.
type Fault struct {
	Check string // the one that fails, and no other
	Name  string // what is wrong, in a word or two
	Story string // who has done what
	// Unsealed faults are noticed in the published record alone; the sealed part
	// would show more.
	Unsealed bool
	// Held faults are noticed even without the check: others rest on what it
	// reads, or look again.
	Held bool

	script Script
}

// Make makes the record.
func (f *Fault) Make() (*Record, error) { return Make(&f.script) }

// Faults lists all faults, in the order of the checks.
func Faults() []Fault {
	return slices.Concat(boardFaults(), pollsFaults(), processingFaults(), mixFaults(), decryptionFaults())
}
