package sigma

import (
	"errors"
	"io"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/transcript"
)

// ErrBatch says that some proof of a batch is wrong;
// [MembershipBatch.Culprits] tells which.
var ErrBatch = errors.New("sigma: membership: a proof of the batch does not verify")

// MembershipBatch verifies many membership proofs under one key, about the same
// or different lists, by one multi-scalar multiplication. It is not safe for
// concurrent use.
type MembershipBatch struct {
	pk      *elgamal.PublicKey
	weights io.Reader
	proofs  []*opened
}

// NewMembershipBatch returns an empty batch. weights is the verifier's private
// randomness: whoever knows it in advance can make wrong proofs that cancel.
func NewMembershipBatch(pk *elgamal.PublicKey, weights io.Reader) *MembershipBatch {
	return &MembershipBatch{pk: pk, weights: weights}
}

// Len returns the number of proofs in the batch.
func (b *MembershipBatch) Len() int { return len(b.proofs) }

// Add takes a proof into the batch as the next item, counted from 0. It refuses
// at once what [Membership.Verify] refuses without a multiplication; such a proof
// is not in the batch. The proof, the ciphertext and the choices must not change
// before [MembershipBatch.Verify].
func (b *MembershipBatch) Add(t *transcript.Transcript, choices *Choices, c *elgamal.Ciphertext, p *Membership) error {
	o, err := p.open(t, b.pk, choices, c)
	if err != nil {
		return err
	}
	b.proofs = append(b.proofs, o)
	return nil
}

// Verify returns nil if all proofs are right, and [ErrBatch] if one is not, but
// for a chance of 2^-128. An empty batch is right.
//
// It implements Membership.VerifyBatch of docs/protocol/membership.md.
func (b *MembershipBatch) Verify() error {
	if !b.holdVarTime(b.proofs) {
		return ErrBatch
	}
	return nil
}

// holdVarTime adds all equations of the proofs, each under a weight of its own.
func (b *MembershipBatch) holdVarTime(proofs []*opened) bool {
	sum := group.NewSum(b.weights)
	t := newTerms(sum)
	for _, o := range proofs {
		for _, e := range equations {
			e.add(o, t, sum.Weight())
		}
	}
	return t.areIdentityVarTime(b.pk)
}

// Culprit is a wrong proof of a batch.
type Culprit struct {
	Item int   // counted from 0 in the order of Add
	Err  error // an *Error
}

// Culprits returns the wrong proofs, in order. It halves the batch again and
// again, so few culprits among many proofs cost little more than a second
// verification.
//
// It implements Membership.Culprits of docs/protocol/membership.md.
func (b *MembershipBatch) Culprits() []Culprit {
	return b.culprits(0, len(b.proofs))
}

// culprits searches the items from first to before end.
func (b *MembershipBatch) culprits(first, end int) []Culprit {
	if end-first == 1 {
		if err := b.proofs[first].verify(b.pk); err != nil {
			return []Culprit{{Item: first, Err: err}}
		}
		return nil
	}
	if b.holdVarTime(b.proofs[first:end]) {
		return nil
	}
	middle := (first + end) / 2
	return append(b.culprits(first, middle), b.culprits(middle, end)...)
}
