package election

import (
	"fmt"
	"slices"
)

// OrderError is an entry that may not stand where it stands on the board.
type OrderError struct {
	Index  int // of the entry; the number of entries where one is missing at the end
	Detail string
}

func (e *OrderError) Error() string {
	return fmt.Sprintf("election: board entry %d: %s", e.Index, e.Detail)
}

// follows says which kinds may stand after a kind.
var follows = map[Kind][]Kind{
	"":              {KindManifest},
	KindManifest:    {KindCeremony},
	KindCeremony:    {KindRoll},
	KindRoll:        {KindRoll, KindOpen}, // before the opening
	KindOpen:        {KindBallot, KindRoll, KindClose},
	KindBallot:      {KindBallot, KindRoll, KindClose},
	KindClose:       {KindSettlement, KindRevocations, KindInput},
	KindSettlement:  {KindRevocations, KindInput},
	KindRevocations: {KindRevocations, KindInput},
	KindInput:       {KindMix},
	KindMix:         {KindMix, KindDecryption},
	KindDecryption:  {KindDecryption, KindResult},
}

// Position is how far a board has come: all of its past that decides about what
// may follow. The zero value is the beginning. It is a small value, so that who
// follows a board can keep it.
type Position struct {
	Last        Kind `json:"last"`        // of the newest entry
	Opened      bool `json:"opened"`      // the polls have been opened
	Mixes       int  `json:"mixes"`       // so far
	Decryptions int  `json:"decryptions"` // so far
}

// CheckOrder checks that entries are a board of the election, complete up to
// any moment: all of this election, in the order of the protocol, with the
// number of mixes that the manifest requires. The error is an *[OrderError].
// [Complete] says whether the last moment has come.
//
// It implements Entry.CheckOrder of docs/protocol/entries.md.
func CheckOrder(entries []Entry, m *Manifest) error {
	var p Position
	for i, e := range entries {
		next, err := p.Next(e, m)
		if err != nil {
			return &OrderError{i, err.Error()}
		}
		p = next
	}
	return nil
}

// Next returns the position after one more entry. The error says why the entry may
// not stand here.
func (p Position) Next(e Entry, m *Manifest) (Position, error) {
	if err := p.check(e, m); err != nil {
		return p, err
	}
	p.Last = e.Kind
	switch e.Kind {
	case KindOpen:
		p.Opened = true
	case KindMix:
		p.Mixes++
	case KindDecryption:
		p.Decryptions++
	}
	return p, nil
}

// Complete checks that a board in good order is that of a finished election.
func Complete(entries []Entry) error {
	if n := len(entries); n == 0 || entries[n-1].Kind != KindResult {
		return &OrderError{n, "the result is missing"}
	}
	return nil
}

func (p Position) check(e Entry, m *Manifest) error {
	if e.Election != m.Fingerprint() {
		return fmt.Errorf("it belongs to another election")
	}
	if e.Kind == KindManifest && e.Artefact != m.Fingerprint() {
		return fmt.Errorf("it is another manifest")
	}
	if !slices.Contains(p.allowed(), e.Kind) {
		return fmt.Errorf("%s may not stand after %s", e.Kind, orBeginning(p.Last))
	}
	t := m.Trustees
	switch settles := m.Settles(); {
	case e.Kind == KindSettlement && !settles:
		return fmt.Errorf("a settlement, and the manifest leaves nothing to settle")
	case settles && p.Last == KindClose && e.Kind != KindSettlement:
		return fmt.Errorf("%s before the settlement", e.Kind)
	case e.Kind == KindMix && p.Mixes == m.Mixers.Required:
		return fmt.Errorf("a mix more than the %d that are required", m.Mixers.Required)
	case e.Kind == KindDecryption && p.Mixes < m.Mixers.Required:
		return fmt.Errorf("decryption after %d of %d mixes", p.Mixes, m.Mixers.Required)
	case e.Kind == KindDecryption && p.Decryptions == len(t.Cards):
		return fmt.Errorf("a decryption more than there are trustees, %d", len(t.Cards))
	case e.Kind == KindResult && p.Decryptions < t.Threshold:
		return fmt.Errorf("result after %d of %d decryptions", p.Decryptions, t.Threshold)
	}
	return nil
}

// allowed says what may follow: a roll changes nothing about whether the polls
// are open.
func (p Position) allowed() []Kind {
	if p.Last == KindRoll && p.Opened {
		return follows[KindOpen]
	}
	return follows[p.Last]
}

func orBeginning(k Kind) Kind {
	if k == "" {
		return "the beginning"
	}
	return k
}

// Where returns the indexes of the entries of one kind.
func Where(entries []Entry, kind Kind) []int {
	var found []int
	for i, e := range entries {
		if e.Kind == kind {
			found = append(found, i)
		}
	}
	return found
}

// ParseEntries reads the data of all leaves of a board. The error is an
// *[OrderError] around the fault of one entry.
func ParseEntries(leaves [][]byte) ([]Entry, error) {
	entries := make([]Entry, len(leaves))
	for i, b := range leaves {
		e, err := ParseEntry(b)
		if err != nil {
			return nil, &OrderError{i, err.Error()}
		}
		entries[i] = *e
	}
	return entries, nil
}
