package sigma_test

import (
	"bytes"
	"crypto/rand"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/sigma"
)

// batchOf returns a batch of the proofs of all ballots.
func batchOf(t *testing.T, b *ballots, proofs []*sigma.Membership, weights io.Reader) *sigma.MembershipBatch {
	batch := sigma.NewMembershipBatch(b.pk, weights)
	for i, p := range proofs {
		require.NoError(t, batch.Add(b.transcript(i), b.choices, &b.ciphertexts[i], p))
	}
	require.Equal(t, len(proofs), batch.Len())
	return batch
}

func proveAll(t *testing.T, b *ballots) []*sigma.Membership {
	proofs := make([]*sigma.Membership, len(b.r))
	for i := range proofs {
		proofs[i] = b.prove(t, i)
	}
	return proofs
}

// with returns the proof with one change to the scalar in field n.
func with(t *testing.T, p *sigma.Membership, choices int, n int, change func(*group.Scalar)) *sigma.Membership {
	encoded := p.Bytes()
	s, err := group.NewScalar(0).SetBytes(encoded[32*n:][:32])
	require.NoError(t, err)
	change(s)
	out, err := sigma.ParseMembership(edited(encoded, n, s.Bytes()), choices)
	require.NoError(t, err)
	return out
}

func TestMembershipBatch(t *testing.T) {
	require.NoError(t, sigma.NewMembershipBatch(newBallots(t, 1, 1).pk, rand.Reader).Verify(), "empty")
	b := newBallots(t, 5, 9)
	batch := batchOf(t, b, proveAll(t, b), rand.Reader)
	require.NoError(t, batch.Verify())
	require.NoError(t, batch.Verify(), "again")
	require.Empty(t, batch.Culprits())
}

// TestMembershipBatchOfManyLists: ballots of different contests, of different and
// of equal lengths, under one key.
func TestMembershipBatchOfManyLists(t *testing.T) {
	all := newBallots(t, 17, 17)
	batch := sigma.NewMembershipBatch(all.pk, rand.Reader)
	lists := [][]group.Element{all.list[:1], all.list[:4], all.list[2:6], all.list[1:], all.list}
	for n, list := range lists {
		for _, index := range []int{0, len(list) - 1} {
			b := *all
			b.list, b.choices = list, newChoices(t, list)
			b.ciphertexts = append([]elgamal.Ciphertext(nil), all.ciphertexts...)
			b.ciphertexts[0] = *b.pk.Encrypt(&list[index], &b.r[0])
			p, err := sigma.ProveMembership(b.transcript(n), b.pk, b.choices, &b.ciphertexts[0], index, &b.r[0])
			require.NoError(t, err)
			require.NoError(t, batch.Add(b.transcript(n), b.choices, &b.ciphertexts[0], p))
		}
	}
	require.NoError(t, batch.Verify())
}

// TestMembershipBatchFindsCulprits breaks each equation in some proof.
func TestMembershipBatchFindsCulprits(t *testing.T) {
	b := newBallots(t, 2, 8) // m = 1: fields A B C D G.A G.B f f f z_A z_C z
	increment := func(s *group.Scalar) { s.Add(s, group.NewScalar(1)) }
	wrong := map[int]string{6: "digits", 9: "digits", 10: "zero or one", 11: "component A"}
	good := proveAll(t, b)
	for field, equation := range wrong {
		for _, at := range [][]int{{0}, {7}, {3, 4}, {0, 2, 7}, {0, 1, 2, 3, 4, 5, 6, 7}} {
			proofs := append([]*sigma.Membership(nil), good...)
			for _, i := range at {
				proofs[i] = with(t, proofs[i], 2, field, increment)
			}
			batch := batchOf(t, b, proofs, rand.Reader)
			require.ErrorIs(t, batch.Verify(), sigma.ErrBatch)
			var found []int
			for _, c := range batch.Culprits() {
				found = append(found, c.Item)
				requirePart(t, c.Err, "equation "+equation, sigma.ErrEquation, equation)
			}
			require.Equal(t, at, found)
		}
	}
}

// TestMembershipBatchOfNoChoice: one ballot for a point that is in no list among
// good ones.
func TestMembershipBatchOfNoChoice(t *testing.T) {
	b := newBallots(t, 2, 5)
	proofs := proveAll(t, b)
	b.encryptInstead(point("no choice", 0))
	proofs[0] = b.cheat(digitsOf(0, 1)).proof(t)
	batch := batchOf(t, b, proofs, rand.Reader)
	require.ErrorIs(t, batch.Verify(), sigma.ErrBatch)
	culprits := batch.Culprits()
	require.Len(t, culprits, 1)
	requirePart(t, culprits[0].Err, "equation component B", sigma.ErrEquation, "no choice")
}

// TestMembershipBatchNeedsWeights: two wrong proofs whose errors cancel. Under
// equal weights the batch would pass.
func TestMembershipBatchNeedsWeights(t *testing.T) {
	b := newBallots(t, 2, 2)
	for field := range 12 {
		if field < 9 {
			continue // the commitments and f enter the challenge or more than one term
		}
		proofs := proveAll(t, b)
		e := group.RandomScalar()
		proofs[0] = with(t, proofs[0], 2, field, func(s *group.Scalar) { s.Add(s, e) })
		proofs[1] = with(t, proofs[1], 2, field, func(s *group.Scalar) { s.Subtract(s, e) })

		equal := bytes.NewReader(bytes.Repeat([]byte{1}, 16*4*2))
		require.NoError(t, batchOf(t, b, proofs, equal).Verify(), "the errors cancel under equal weights")
		batch := batchOf(t, b, proofs, rand.Reader)
		require.ErrorIs(t, batch.Verify(), sigma.ErrBatch)
		require.Len(t, batch.Culprits(), 2)
	}
}

// TestMembershipBatchNeedsAWeightForEachEquation: errors in two equations of one
// proof that would cancel if they shared a weight.
func TestMembershipBatchNeedsAWeightForEachEquation(t *testing.T) {
	b := newBallots(t, 2, 1)
	p := b.prove(t, 0)
	p = with(t, p, 2, 9, func(s *group.Scalar) { s.Add(s, group.NewScalar(1)) })
	p = with(t, p, 2, 10, func(s *group.Scalar) { s.Subtract(s, group.NewScalar(1)) })
	equal := bytes.NewReader(bytes.Repeat([]byte{1}, 16*4))
	require.NoError(t, batchOf(t, b, []*sigma.Membership{p}, equal).Verify())
	require.ErrorIs(t, batchOf(t, b, []*sigma.Membership{p}, rand.Reader).Verify(), sigma.ErrBatch)
}

func TestMembershipBatchRefusesAtOnce(t *testing.T) {
	b := newBallots(t, 5, 2)
	proofs := proveAll(t, b)
	batch := sigma.NewMembershipBatch(b.pk, rand.Reader)
	open := &elgamal.Ciphertext{A: *group.NewElement(), B: b.list[0]}
	err := batch.Add(b.transcript(0), b.choices, open, proofs[0])
	requirePart(t, err, "component A of the ciphertext", sigma.ErrIdentity, "A = identity")
	short := newChoices(t, b.list[:4])
	err = batch.Add(b.transcript(0), short, &b.ciphertexts[0], proofs[0])
	requirePart(t, err, "number of digits", sigma.ErrLength, "other m")

	require.Zero(t, batch.Len(), "refused proofs are not in the batch")
	require.NoError(t, batch.Add(b.transcript(1), b.choices, &b.ciphertexts[1], proofs[1]))
	require.NoError(t, batch.Verify())
}

// TestMembershipBatchOtherStatements: what a single verification refuses, a batch
// refuses.
func TestMembershipBatchOtherStatements(t *testing.T) {
	b := newBallots(t, 5, 3)
	proofs := proveAll(t, b)
	one := func(change func(batch *sigma.MembershipBatch) error) error {
		batch := sigma.NewMembershipBatch(b.pk, rand.Reader)
		require.NoError(t, batch.Add(b.transcript(1), b.choices, &b.ciphertexts[1], proofs[1]))
		require.NoError(t, change(batch))
		return batch.Verify()
	}
	permuted := append([]group.Element{b.list[1], b.list[0]}, b.list[2:]...)
	require.ErrorIs(t, one(func(batch *sigma.MembershipBatch) error {
		return batch.Add(b.transcript(2), b.choices, &b.ciphertexts[0], proofs[0])
	}), sigma.ErrBatch, "context")
	require.ErrorIs(t, one(func(batch *sigma.MembershipBatch) error {
		return batch.Add(b.transcript(0), b.choices, &b.ciphertexts[2], proofs[0])
	}), sigma.ErrBatch, "ciphertext")
	require.ErrorIs(t, one(func(batch *sigma.MembershipBatch) error {
		return batch.Add(b.transcript(0), newChoices(t, permuted), &b.ciphertexts[0], proofs[0])
	}), sigma.ErrBatch, "list permuted")
}
