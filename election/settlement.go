package election

import (
	"bytes"
	"io"
)

// Settlement lists the ballots that were taken while a service was away, and what
// came of their evidence. Its entry on the board stands after the close: from then on
// no evidence can be added, exchanged or lost unnoticed, and everybody sees which of
// these ballots count.
type Settlement struct {
	SettlementHeader
	List []Settled // in the order of the board
}

// SettlementHeader is its first line.
type SettlementHeader struct {
	Type     string `json:"type"`
	Version  int    `json:"version"`
	Election Hash   `json:"election"`
	Ballots  int    `json:"ballots"`
}

// Settled is what came of one ballot.
type Settled struct {
	Index    uint64 `json:"index"`    // of the ballot's entry
	Evidence Hash   `json:"evidence"` // of the stored form, zero if none came
	Good     bool   `json:"good"`     // whether the certificate was good at the cast; else the ballot does not count
}

const settlementKind = "settlement"

// Settles says whether the manifest lets a ballot be taken before its evidence is there.
func (m *Manifest) Settles() bool {
	return m.EID.Evidence != nil && m.EID.Evidence.Away == AwaySettle
}

// NewSettlement returns the list, which is in the order of the board.
func NewSettlement(fingerprint Hash, list []Settled) *Settlement {
	d := header(settlementKind)
	return &Settlement{SettlementHeader{d.Type, d.Version, fingerprint, len(list)}, list}
}

// ParseSettlement reads the list. Errors: *[FormatError].
//
// It implements Settlement.Parse of docs/protocol/entries.md.
func ParseSettlement(b []byte) (*Settlement, error) { return ReadSettlement(bytes.NewReader(b)) }

// ReadSettlement reads the list as [ParseSettlement] does.
func ReadSettlement(in io.Reader) (*Settlement, error) {
	lines := newLineReader(settlementKind, 1024, in)
	s := new(Settlement)
	if err := lines.header(&s.SettlementHeader); err != nil {
		return nil, err
	}
	if s.Ballots < 0 {
		return nil, badField(settlementKind, "ballots", "%d is out of range", s.Ballots)
	}
	var last uint64
	var err error
	s.List, err = readLines(lines, s.Ballots, func(i int, v *Settled) error {
		if v.Index > maxInteger || i > 0 && v.Index <= last {
			return badField(lines.name(), "index", "%d is out of order or range", v.Index)
		}
		if v.Good && v.Evidence == (Hash{}) {
			return badField(lines.name(), "good", "without evidence nothing is good")
		}
		last = v.Index
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Bytes returns the stored form.
func (s *Settlement) Bytes() []byte {
	var b bytes.Buffer
	writeLine(&b, s.SettlementHeader)
	for _, v := range s.List {
		writeLine(&b, v)
	}
	return b.Bytes()
}

// Hash returns the artefact of the settlement's entry.
func (s *Settlement) Hash() Hash { return HashOf(s.Bytes()) }
