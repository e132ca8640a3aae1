package election

import (
	"errors"
	"fmt"
	"slices"

	"valik/crypto/elgamal"
	"valik/crypto/sigma"
)

// Ballot is the inner ballot: what the voter signs. It says nothing about who
// voted but the pseudonym.
type Ballot struct {
	Type      string          `json:"type"`
	Version   int             `json:"version"`
	Election  Hash            `json:"election"`
	District  string          `json:"district"`
	Pseudonym Pseudonym       `json:"pseudonym"`
	Anchor    Anchor          `json:"anchor"`
	Contests  []BallotContest `json:"contests"` // the district's, in the order of the manifest
}

// Anchor is the checkpoint that the voter's program had verified just before: it
// says after which ballots this one was made.
type Anchor struct {
	Size uint64 `json:"size"` // entries of the board
	Root Hash   `json:"root"` // of the tree over them
}

// BallotContest is the voter's choices in one contest.
type BallotContest struct {
	Contest string `json:"contest"`
	Slots   []Slot `json:"slots"`
}

// Slot is one choice, encrypted, with the proof that it is one of the list's.
type Slot struct {
	Ciphertext []byte `json:"ciphertext"` // 64 bytes
	Proof      []byte `json:"proof"`      // sigma.MembershipSize bytes
}

const (
	ballotKind = "ballot"
	// BallotLimit is the most bytes that an inner ballot may have.
	BallotLimit = 256 << 10
)

// What [Ballot.Check] refuses.
var (
	ErrWrongElection = errors.New("election: the ballot is of another election")
	ErrWrongDistrict = errors.New("election: the ballot is of a district that does not exist")
	ErrWrongStyle    = errors.New("election: the ballot has not the contests and slots of its district")
)

// ParseBallot reads an inner ballot. Whether it fits an election is for
// [Ballot.Check]. Errors: *[FormatError].
//
// It implements Ballot.Parse of docs/protocol/ballot.md.
func ParseBallot(b []byte) (*Ballot, error) {
	ballot := new(Ballot)
	if err := unmarshal(ballotKind, BallotLimit, b, ballot); err != nil {
		return nil, err
	}
	if err := ballot.checkShape(); err != nil {
		return nil, err
	}
	return ballot, nil
}

func (b *Ballot) checkShape() error {
	if b.Anchor.Size > maxInteger {
		return badField(ballotKind, "anchor.size", "%d is out of range", b.Anchor.Size)
	}
	for i, c := range b.Contests {
		for k, s := range c.Slots {
			if len(s.Ciphertext) != elgamal.CiphertextSize {
				at := indexed(indexed("contests", i)+".slots", k)
				return badField(ballotKind, at+".ciphertext", "%d bytes where %d are expected", len(s.Ciphertext), elgamal.CiphertextSize)
			}
		}
	}
	return nil
}

// Bytes returns the stored form: the file that is signed.
func (b *Ballot) Bytes() []byte { return marshal(b) }

// Hash returns the hash of the inner ballot.
func (b *Ballot) Hash() Hash { return HashOf(b.Bytes()) }

// Style returns the ids of the ballot's contests in order.
func (b *Ballot) Style() []string {
	style := make([]string, len(b.Contests))
	for i, c := range b.Contests {
		style[i] = c.Contest
	}
	return style
}

// Check checks that the ballot is one of the election in everything that needs
// no cryptography: election, district, contests in order, number of slots,
// lengths of proofs. Errors wrap [ErrWrongElection], [ErrWrongDistrict] or
// [ErrWrongStyle].
//
// It implements Ballot.Check of docs/protocol/ballot.md.
func (b *Ballot) Check(m *Manifest) error {
	if b.Election != m.Fingerprint() {
		return ErrWrongElection
	}
	if _, ok := m.District(b.District); !ok {
		return fmt.Errorf("%w: %.40q", ErrWrongDistrict, b.District)
	}
	if !slices.Equal(b.Style(), m.Style(b.District)) {
		return fmt.Errorf("%w: contests %.200q", ErrWrongStyle, b.Style())
	}
	for _, c := range b.Contests {
		if err := checkSlots(m, b.District, c); err != nil {
			return err
		}
	}
	return nil
}

func checkSlots(m *Manifest, district string, c BallotContest) error {
	id := ListID{c.Contest, district}
	if len(c.Slots) != m.Width(id) {
		return fmt.Errorf("%w: %d slots in contest %s, not %d", ErrWrongStyle, len(c.Slots), c.Contest, m.Width(id))
	}
	size := sigma.MembershipSize(len(m.facts().lists[id].codes))
	for k, s := range c.Slots {
		if len(s.Proof) != size {
			return fmt.Errorf("%w: the proof of slot %d of contest %s has %d bytes, not %d", ErrWrongStyle, k, c.Contest, len(s.Proof), size)
		}
	}
	return nil
}
