package election

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"valik/crypto/elgamal"
	"valik/crypto/sigma"
)

// ErrSeed says that a seed does not open a ballot.
var ErrSeed = errors.New("election: the seed is not this ballot's")

// ErrTwice says that a ballot has a choice twice in a contest: the second would be counted
// as invalid, and whoever prepared it has not followed Ballot.Prepare.
var ErrTwice = errors.New("election: a choice stands in an earlier slot too, so this one does not count")

// SlotError names the slot of a ballot that is at fault.
type SlotError struct {
	Contest string
	Slot    int // from 0
	Err     error
}

func (e *SlotError) Error() string {
	return fmt.Sprintf("election: ballot: slot %d of contest %s: %v", e.Slot, e.Contest, e.Err)
}

// Unwrap returns the fault.
func (e *SlotError) Unwrap() error { return e.Err }

// VerifyProofs checks that every slot of the ballot holds a choice of its
// district, under the election's key pk. Errors: those of [Ballot.Check], and a
// *[SlotError].
//
// It implements Ballot.VerifyProofs of docs/protocol/ballot.md.
func (b *Ballot) VerifyProofs(m *Manifest, pk *elgamal.PublicKey) error {
	batch := NewBallotBatch(m, pk, rand.Reader)
	if err := batch.Add(b); err != nil {
		return err
	}
	for _, c := range batch.Culprits() {
		return c.Err
	}
	return nil
}

// BallotBatch verifies the proofs of many ballots by one multi-scalar
// multiplication. It is not safe for concurrent use.
type BallotBatch struct {
	m       *Manifest
	batch   *sigma.MembershipBatch
	ballots int
	slots   []batchSlot // of the items of batch
}

type batchSlot struct {
	ballot  int
	contest string
	slot    int
}

// BallotCulprit is a ballot of a batch with a wrong proof.
type BallotCulprit struct {
	Ballot int // counted from 0 in the order of Add
	Err    error
}

// NewBallotBatch returns an empty batch. weights is the verifier's private
// randomness, which nobody who makes ballots may know in advance.
func NewBallotBatch(m *Manifest, pk *elgamal.PublicKey, weights io.Reader) *BallotBatch {
	return &BallotBatch{m: m, batch: sigma.NewMembershipBatch(pk, weights)}
}

// Add takes a ballot into the batch as the next one, counted from 0. It refuses
// at once what needs no multiplication; such a ballot is not in the batch and
// not counted. Errors: those of [Ballot.Check], and a *[SlotError].
func (t *BallotBatch) Add(b *Ballot) error {
	if err := b.Check(t.m); err != nil {
		return err
	}
	var opened []openedSlot
	for _, c := range b.Contests {
		for k := range c.Slots {
			o, err := openSlot(t.m, b.District, c, k)
			if err != nil {
				return &SlotError{c.Contest, k, err}
			}
			opened = append(opened, *o)
		}
	}
	for _, o := range opened {
		if err := t.batch.Add(slotTranscript(b, o.contest, o.slot), o.choices, o.ciphertext, o.proof); err != nil {
			return &SlotError{o.contest, o.slot, err}
		}
		t.slots = append(t.slots, batchSlot{t.ballots, o.contest, o.slot})
	}
	t.ballots++
	return nil
}

type openedSlot struct {
	contest    string
	slot       int
	choices    *sigma.Choices
	ciphertext *elgamal.Ciphertext
	proof      *sigma.Membership
}

// openSlot decodes one slot, so that all slots of a ballot enter the batch, or
// none.
func openSlot(m *Manifest, district string, c BallotContest, k int) (*openedSlot, error) {
	choices, err := m.Choices(c.Contest, district)
	if err != nil {
		return nil, err
	}
	ct, err := elgamal.ParseCiphertext(c.Slots[k].Ciphertext)
	if err != nil {
		return nil, err
	}
	if ct.A.IsIdentity() {
		return nil, sigma.ErrIdentity // r = 0: B would show the choice
	}
	p, err := sigma.ParseMembership(c.Slots[k].Proof, choices.Len())
	if err != nil {
		return nil, err
	}
	return &openedSlot{c.Contest, k, choices, ct, p}, nil
}

// Verify returns nil if all proofs of all ballots are right, but for a chance of
// 2^-128, and else wraps sigma.ErrBatch.
//
// It implements Ballot.VerifyBatch of docs/protocol/ballot.md.
func (t *BallotBatch) Verify() error {
	if err := t.batch.Verify(); err != nil {
		return fmt.Errorf("election: a batch of %d ballots: %w", t.ballots, err)
	}
	return nil
}

// Culprits returns the ballots with wrong proofs, in order, each with a
// *[SlotError] for its first wrong slot.
func (t *BallotBatch) Culprits() []BallotCulprit {
	var culprits []BallotCulprit
	for _, c := range t.batch.Culprits() {
		s := t.slots[c.Item]
		if n := len(culprits); n > 0 && culprits[n-1].Ballot == s.ballot {
			continue
		}
		culprits = append(culprits, BallotCulprit{s.ballot, &SlotError{s.contest, s.slot, c.Err}})
	}
	return culprits
}

// Rows returns the ciphertexts of the ballot in the order of its slots, contest
// by contest. The ballot has passed [Ballot.Check]. Errors: *[SlotError].
func (b *Ballot) Rows() ([][]elgamal.Ciphertext, error) {
	rows := make([][]elgamal.Ciphertext, len(b.Contests))
	for i, c := range b.Contests {
		for k, s := range c.Slots {
			ct, err := elgamal.ParseCiphertext(s.Ciphertext)
			if err != nil {
				return nil, &SlotError{c.Contest, k, err}
			}
			rows[i] = append(rows[i], *ct)
		}
	}
	return rows, nil
}
