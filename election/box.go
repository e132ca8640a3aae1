package election

import (
	"bytes"
	"cmp"
	"io"
	"iter"
	"slices"

	"valik/eid"
)

// BoxHeader is the first line of the sealed ballot box.
type BoxHeader struct {
	Type     string `json:"type"`
	Version  int    `json:"version"`
	Election Hash   `json:"election"`
	Ballots  int    `json:"ballots"`
}

// Header returns the first line.
func (h BoxHeader) Header() BoxHeader { return h }

// BoxBallot is a line of the ballot box: a ballot as it was cast.
type BoxBallot struct {
	Index     uint64 `json:"index"`              // of the entry on the board
	Container []byte `json:"container"`          // the voter's signed container
	Evidence  []byte `json:"evidence,omitempty"` // the stored form of an [Evidence], if there is any
	Time      Time   `json:"time"`               // when the collector took it
}

const (
	boxKind = "box"
	// base64 of the largest container and evidence, and the other fields
	boxLineLimit = (eid.Limit+EvidenceLimit)*4/3 + 1024
)

// BoxReader reads a ballot box a line at a time.
type BoxReader struct {
	BoxHeader
	lines *lineReader
}

// ReadBox begins to read a ballot box. Errors: *[FormatError].
//
// It implements Box.Read of docs/protocol/record.md.
func ReadBox(in io.Reader) (*BoxReader, error) {
	r := &BoxReader{lines: newLineReader(boxKind, boxLineLimit, in)}
	if err := r.lines.header(&r.BoxHeader); err != nil {
		return nil, err
	}
	if r.Ballots < 0 {
		return nil, badField(boxKind, "ballots", "%d is out of range", r.Ballots)
	}
	return r, nil
}

// All yields the ballots in the order of the board, or an error as the last
// pair. It reads the box once.
func (r *BoxReader) All() iter.Seq2[*BoxBallot, error] {
	return func(yield func(*BoxBallot, error) bool) {
		var last uint64
		for i := range r.Ballots {
			b := new(BoxBallot)
			err := r.lines.early(r.lines.next(b), r.Ballots)
			if err == nil && (b.Index > maxInteger || i > 0 && b.Index <= last) {
				err = badField(r.lines.name(), "index", "%d is out of order or range", b.Index)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			last = b.Index
			if !yield(b, nil) {
				return
			}
		}
		if err := r.lines.end(r.Ballots); err != nil {
			yield(nil, err)
		}
	}
}

// Box is a ballot box in memory.
type Box struct {
	BoxHeader
	List []BoxBallot
}

// ParseBox reads a whole ballot box. Errors: *[FormatError].
//
// It implements Box.Read of docs/protocol/record.md.
func ParseBox(b []byte) (*Box, error) {
	r, err := ReadBox(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	box := &Box{BoxHeader: r.BoxHeader}
	for ballot, err := range r.All() {
		if err != nil {
			return nil, err
		}
		box.List = append(box.List, *ballot)
	}
	return box, nil
}

// All yields the ballots as [BoxReader.All] does.
func (b *Box) All() iter.Seq2[*BoxBallot, error] {
	return func(yield func(*BoxBallot, error) bool) {
		for i := range b.List {
			if !yield(&b.List[i], nil) {
				return
			}
		}
	}
}

// Bytes returns the stored form.
func (b *Box) Bytes() []byte {
	var out bytes.Buffer
	err := WriteBox(&out, b.Election, len(b.List), b.All())
	if err != nil {
		panic("election: " + err.Error()) // neither the memory nor the list fails
	}
	return out.Bytes()
}

// WriteBox writes a ballot box of n ballots, a line at a time.
func WriteBox(out io.Writer, fingerprint Hash, n int, ballots iter.Seq2[*BoxBallot, error]) error {
	d := header(boxKind)
	return writeList(out, BoxHeader{d.Type, d.Version, fingerprint, n}, n, ballots)
}

// NewBox returns a box of ballots, sorted by their index.
func NewBox(fingerprint Hash, ballots []BoxBallot) *Box {
	d := header(boxKind)
	list := slices.SortedFunc(slices.Values(ballots), func(a, b BoxBallot) int { return cmp.Compare(a.Index, b.Index) })
	return &Box{BoxHeader{d.Type, d.Version, fingerprint, len(list)}, list}
}
