package processing

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
	"valik/election"
)

// SourceError says which source does not fit the log. It is no verdict about a
// ballot: the count stops until the right source is there.
type SourceError struct {
	Source string // such as "roll 2", "box"
	Index  int    // of the entry on the board, or -1
	Err    error
}

func (e *SourceError) Error() string {
	if e.Index < 0 {
		return fmt.Sprintf("processing: %s: %v", e.Source, e.Err)
	}
	return fmt.Sprintf("processing: %s, board entry %d: %v", e.Source, e.Index, e.Err)
}

// Unwrap returns what is wrong.
func (e *SourceError) Unwrap() error { return e.Err }

// What a source may lack.
var (
	ErrNotClosed  = errors.New("the polls are not closed on the board")
	ErrNotLogged  = errors.New("the board holds another hash")
	ErrMissing    = errors.New("the board has an entry for it, but it is missing")
	ErrTooMany    = errors.New("the board has no entry for it")
	ErrNoBallot   = errors.New("the entry is no ballot's")
	ErrOutOfOrder = errors.New("its number is not its place on the board")
)

// log is the board as processing reads it.
type log struct {
	entries []election.Entry
	hashes  []tlog.Hash // stored hashes of the tree
	rolls   []int       // indexes of entries, as in the others
	revoked []int
	ballots []int
}

// readLog reads the leaves of a closed board and checks their order.
func readLog(m *election.Manifest, leaves [][]byte) (*log, error) {
	entries, err := election.ParseEntries(leaves)
	if err != nil {
		return nil, err
	}
	if err := election.CheckOrder(entries, m); err != nil {
		return nil, err
	}
	if len(election.Where(entries, election.KindClose)) == 0 {
		return nil, &SourceError{"log", -1, ErrNotClosed}
	}
	growth, err := board.Append(0, leaves, nil)
	if err != nil {
		return nil, err
	}
	return &log{
		entries: entries,
		hashes:  growth.Hashes,
		rolls:   election.Where(entries, election.KindRoll),
		revoked: election.Where(entries, election.KindRevocations),
		ballots: election.Where(entries, election.KindBallot),
	}, nil
}

// ReadHashes makes the log a tlog.HashReader.
func (l *log) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		found[i] = l.hashes[x]
	}
	return found, nil
}

// root is a [RootAt] of the log.
func (l *log) root(size uint64) (election.Hash, error) {
	if size > uint64(len(l.entries)) {
		return election.Hash{}, errors.New("the board never had this size")
	}
	h, err := board.Root(size, l)
	return election.Hash(h), err
}

// matchRolls checks that the rolls are those of the board, all of them, in order.
func (l *log) matchRolls(m *election.Manifest, rolls []*election.Roll) error {
	for i, r := range rolls {
		name := fmt.Sprintf("roll %d", i)
		if i >= len(l.rolls) {
			return &SourceError{name, -1, ErrTooMany}
		}
		if l.entries[l.rolls[i]].Artefact != r.Hash() {
			return &SourceError{name, l.rolls[i], ErrNotLogged}
		}
		if r.Changeset != i {
			return &SourceError{name, l.rolls[i], ErrOutOfOrder}
		}
		if err := r.Check(m); err != nil {
			return &SourceError{name, l.rolls[i], err}
		}
	}
	if n := len(rolls); n < len(l.rolls) {
		return &SourceError{fmt.Sprintf("roll %d", n), l.rolls[n], ErrMissing}
	}
	return nil
}

// matchRevocations does the same for the revocations.
func (l *log) matchRevocations(documents []*election.Revocations) error {
	for i, d := range documents {
		name := fmt.Sprintf("revocations %d", i+1)
		if i >= len(l.revoked) {
			return &SourceError{name, -1, ErrTooMany}
		}
		if at := l.revoked[i]; l.entries[at].Artefact != d.Hash() || l.entries[at].Election != d.Election {
			return &SourceError{name, at, ErrNotLogged}
		}
		if d.Number != i+1 {
			return &SourceError{name, l.revoked[i], ErrOutOfOrder}
		}
	}
	if n := len(documents); n < len(l.revoked) {
		return &SourceError{fmt.Sprintf("revocations %d", n+1), l.revoked[n], ErrMissing}
	}
	return nil
}

// matchSettlement checks that the settlement is the one of the board, about ballots of
// it, and returns its lines by the ballots' indexes.
func (l *log) matchSettlement(m *election.Manifest, s *election.Settlement) (map[uint64]election.Settled, error) {
	at := election.Where(l.entries, election.KindSettlement)
	switch {
	case len(at) == 0 && s == nil:
		return nil, nil // CheckOrder has seen that there need not be one yet
	case len(at) == 0:
		return nil, &SourceError{"settlement", -1, ErrTooMany}
	case s == nil:
		return nil, &SourceError{"settlement", at[0], ErrMissing}
	case s.Hash() != l.entries[at[0]].Artefact || s.Election != m.Fingerprint():
		return nil, &SourceError{"settlement", at[0], ErrNotLogged}
	}
	settled := make(map[uint64]election.Settled, len(s.List))
	for _, v := range s.List {
		if v.Index >= uint64(len(l.entries)) || l.entries[v.Index].Kind != election.KindBallot {
			return nil, &SourceError{"settlement", int(v.Index), ErrNoBallot}
		}
		settled[v.Index] = v
	}
	return settled, nil
}

// isBallot checks that b stands for the n-th ballot entry.
func (l *log) isBallot(n int, b *election.BoxBallot) error {
	if n == len(l.ballots) {
		return &SourceError{"box", -1, ErrTooMany}
	}
	if at := l.ballots[n]; b.Index != uint64(at) {
		return &SourceError{"box", at, ErrMissing}
	}
	return nil
}

// rollAt returns which roll was in force for the entry at index: the last one
// that the board had before.
func (l *log) rollAt(index int) int {
	version := 0
	for i, at := range l.rolls {
		if at < index {
			version = i
		}
	}
	return version
}
