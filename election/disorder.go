package election

import (
	"errors"
	"maps"
)

// Standing is an entry that is known to stand at an index of a board, of which the
// rest need not be known.
type Standing struct {
	Index uint64
	Entry *Entry // nil if the bytes there are no entry
}

// ErrInOrder says that a board in good order can have the entries shown.
var ErrInOrder = errors.New("election: a board in good order can have these entries at these indexes")

// CheckDisorder checks that no board of the election in good order has these
// entries at these indexes, whatever its other entries are: so a few of them show
// what is wrong with a board of millions. Indexes ascend strictly. The error is
// [ErrInOrder].
//
// It implements Entry.CheckDisorder of docs/protocol/monitor.md.
func CheckDisorder(known []Standing, m *Manifest) error {
	possible, at := positions{Position{}: true}, uint64(0)
	for _, k := range known {
		possible = possible.skip(k.Index-at, m)
		if k.Entry == nil {
			return nil
		}
		possible = possible.with(*k.Entry, m)
		at = k.Index + 1
	}
	if len(possible) > 0 {
		return ErrInOrder
	}
	return nil
}

// positions are those at which a board can be, of which some entries are unknown.
// There are never more than the few that mixes, decryptions and kinds can make.
type positions map[Position]bool

// skip goes over so many unknown entries. Rolls, ballots and revocations may repeat,
// everything else moves on: after a few steps nothing changes any more, or nothing is
// possible any more.
func (ps positions) skip(n uint64, m *Manifest) positions {
	for range n {
		next := ps.any(m)
		if maps.Equal(ps, next) {
			break
		}
		ps = next
	}
	return ps
}

// any is where one entry of any kind leads.
func (ps positions) any(m *Manifest) positions {
	all := positions{}
	for _, kind := range kinds {
		e := NewEntry(kind, m.Fingerprint(), m.Fingerprint())
		maps.Copy(all, ps.with(*e, m))
	}
	return all
}

// with is where this entry leads.
func (ps positions) with(e Entry, m *Manifest) positions {
	all := positions{}
	for p := range ps {
		if next, err := p.Next(e, m); err == nil {
			all[next] = true
		}
	}
	return all
}

// ascending reports whether indexes ascend strictly.
func ascending(all []Exhibit) bool {
	for i := 1; i < len(all); i++ {
		if all[i].Index <= all[i-1].Index {
			return false
		}
	}
	return true
}
