package election

import (
	"bytes"
	"io"
	"iter"
)

// PublicBallots is the list of inner ballots that an election with profile open
// publishes. It says nothing about who voted.
type PublicBallots struct {
	PublicBallotsHeader
	List []PublicBallot // in the order of the board
}

// PublicBallotsHeader is its first line.
type PublicBallotsHeader struct {
	Type     string `json:"type"`
	Version  int    `json:"version"`
	Election Hash   `json:"election"`
	Ballots  int    `json:"ballots"`
}

// PublicBallot is one of its lines.
type PublicBallot struct {
	Index    uint64 `json:"index"`    // of the entry on the board
	Envelope Hash   `json:"envelope"` // of the container that is not shown
	Evidence Hash   `json:"evidence"` // of the evidence that is not shown, or zero
	Time     Time   `json:"time"`     // when the collector took the ballot
	Ballot   Ballot `json:"ballot"`
}

const publicBallotsKind = "ballots"

// Leaf returns the artefact that the board holds for the ballot.
func (b *PublicBallot) Leaf() Hash {
	return BallotLeaf(b.Ballot.Hash(), b.Envelope, b.Evidence, b.Time)
}

// NewPublicBallots returns the list; ballots are in the order of the board.
func NewPublicBallots(fingerprint Hash, ballots []PublicBallot) *PublicBallots {
	d := header(publicBallotsKind)
	return &PublicBallots{PublicBallotsHeader{d.Type, d.Version, fingerprint, len(ballots)}, ballots}
}

// ParsePublicBallots reads the list. Errors: *[FormatError].
//
// It implements PublicBallots.Parse of docs/protocol/record.md.
func ParsePublicBallots(b []byte) (*PublicBallots, error) {
	return ReadPublicBallots(bytes.NewReader(b))
}

// ReadPublicBallots reads the list as [ParsePublicBallots] does.
func ReadPublicBallots(in io.Reader) (*PublicBallots, error) {
	lines := newLineReader(publicBallotsKind, BallotLimit+1024, in)
	p := new(PublicBallots)
	if err := lines.header(&p.PublicBallotsHeader); err != nil {
		return nil, err
	}
	if p.Ballots < 0 {
		return nil, badField(publicBallotsKind, "ballots", "%d is out of range", p.Ballots)
	}
	var last uint64
	var err error
	p.List, err = readLines(lines, p.Ballots, func(i int, b *PublicBallot) error {
		if b.Index > maxInteger || i > 0 && b.Index <= last {
			return badField(lines.name(), "index", "%d is out of order or range", b.Index)
		}
		last = b.Index
		if d := header(ballotKind); b.Ballot.Type != d.Type || b.Ballot.Version != d.Version {
			return badField(lines.name(), "ballot.type", "not a ballot of this version")
		}
		return relabel(b.Ballot.checkShape(), lines.name())
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Bytes returns the stored form.
func (p *PublicBallots) Bytes() []byte {
	var b bytes.Buffer
	writeLine(&b, p.PublicBallotsHeader)
	for i := range p.List {
		writeLine(&b, p.List[i])
	}
	return b.Bytes()
}

// WritePublicBallots writes the list of n inner ballots, a line at a time: the
// ballots of a nation do not fit into memory.
func WritePublicBallots(out io.Writer, fingerprint Hash, n int, ballots iter.Seq2[*PublicBallot, error]) error {
	d := header(publicBallotsKind)
	return writeList(out, PublicBallotsHeader{d.Type, d.Version, fingerprint, n}, n, ballots)
}
