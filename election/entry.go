package election

import (
	"encoding/binary"
	"slices"
)

// Kind is what an entry of the board is about.
type Kind string

// The kinds of entries in the order in which they stand on the board.
const (
	KindManifest    Kind = "manifest"
	KindCeremony    Kind = "ceremony"
	KindRoll        Kind = "roll"
	KindOpen        Kind = "open"
	KindBallot      Kind = "ballot"
	KindClose       Kind = "close"
	KindSettlement  Kind = "settlement"
	KindRevocations Kind = "revocations"
	KindInput       Kind = "input"
	KindMix         Kind = "mix"
	KindDecryption  Kind = "decryption"
	KindResult      Kind = "result"
)

var kinds = []Kind{
	KindManifest, KindCeremony, KindRoll, KindOpen, KindBallot, KindClose,
	KindSettlement, KindRevocations, KindInput, KindMix, KindDecryption, KindResult,
}

// Entry is what the board logs: the hash of an artefact and its kind, never a
// name.
type Entry struct {
	Type     string `json:"type"`
	Version  int    `json:"version"`
	Kind     Kind   `json:"kind"`
	Election Hash   `json:"election"` // fingerprint
	Artefact Hash   `json:"artefact"` // of a ballot: BallotLeaf
}

const entryKind = "entry"

// NewEntry returns the entry of an artefact.
func NewEntry(kind Kind, fingerprint, artefact Hash) *Entry {
	d := header(entryKind)
	return &Entry{Type: d.Type, Version: d.Version, Kind: kind, Election: fingerprint, Artefact: artefact}
}

// ParseEntry reads the data of a leaf of the board. Errors: *[FormatError].
//
// It implements Entry.Parse of docs/protocol/entries.md.
func ParseEntry(b []byte) (*Entry, error) {
	e := new(Entry)
	if err := unmarshal(entryKind, 1024, b, e); err != nil {
		return nil, err
	}
	if !slices.Contains(kinds, e.Kind) {
		return nil, badField(entryKind, "kind", "%.40q is not known", e.Kind)
	}
	return e, nil
}

// Bytes returns the data of the leaf.
func (e *Entry) Bytes() []byte { return marshal(e) }

// BallotLeaf returns what stands for a ballot on the board:
// SHA-256("valik/1 ballot leaf" || 0x00 || inner || envelope || evidence || time).
// The inner ballot can be shown without its envelope, which says whose it is.
// evidence is the hash of the [Evidence] that the collector had when it took the
// ballot, and zero if it had none. The time at which it took it, in seconds since
// 1970 as 8 bytes big endian, decides whether polls were open and certificates
// valid. So nobody can exchange the one or move the other afterwards.
//
// It implements Entry.Ballot of docs/protocol/entries.md.
func BallotLeaf(inner, envelope, evidence Hash, at Time) Hash {
	b := append([]byte("valik/1 ballot leaf\x00"), inner[:]...)
	b = append(b, envelope[:]...)
	b = append(b, evidence[:]...)
	return HashOf(binary.BigEndian.AppendUint64(b, uint64(at)))
}

// NewBallotEntry returns the entry of a ballot.
func NewBallotEntry(fingerprint, inner, envelope, evidence Hash, at Time) *Entry {
	return NewEntry(KindBallot, fingerprint, BallotLeaf(inner, envelope, evidence, at))
}
