package shuffle_test

import (
	"crypto/rand"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
	"valik/crypto/shuffle"
)

// forgery is a dishonest mixer: its proof is right but for the equations that
// fail. For each equation there is one that only this equation catches, so that a
// verifier that left it out would accept a false result.
type forgery struct {
	name    string
	fails   []string // all equations that do not hold, by their left side
	index   int      // of the first of them, as the error has it
	prepare func(random io.Reader) *prover
}

var forgeries = []forgery{
	{"a row counts half and another double", []string{"t_1"}, -1, scaledRows},
	{"the only row counts half", []string{"t_1", "t_2"}, -1, scaledSingleRow},
	{"rows that are sums of rows", []string{"t_2"}, -1, sumsOfRows},
	{"sums of rows, chain bent at its first link", []string{"t_hat"}, 0, bentChain(0)},
	{"sums of rows, chain bent at its middle link", []string{"t_hat"}, 1, bentChain(1)},
	{"sums of rows, chain bent at its last link", []string{"t_hat"}, 2, bentChain(2)},
	{"a row twice, another dropped", []string{"t_2", "t_4"}, -1, rowTwice},
	{"two rows merged", []string{"t_1", "t_2", "t_4"}, -1, rowsMerged},
	{"two rows blended", []string{"t_2", "t_4"}, -1, rowsBlended},
	{"ballots replaced, ũ solved for afterwards", []string{"t_3"}, -1, adaptiveWeights},
	{"a ciphertext replaced", []string{"t_4"}, 0, replacedCiphertext(0)},
	{"the second ciphertext of a row replaced", []string{"t_4"}, 1, replacedCiphertext(1)},
	{"a component A changed", []string{"t_4"}, 0, changedRow(func(c ciphertexts) { c[1].A.Add(&c[1].A, base) })},
	{"a component B changed", []string{"t_4"}, 0, changedRow(func(c ciphertexts) { c[1].B.Add(&c[1].B, base) })},
	{"a component A that is the identity", []string{"t_4"}, 0, changedRow(func(c ciphertexts) { c[1].A = *group.NewElement() })},
	{"a component B that is the identity", []string{"t_4"}, 0, changedRow(func(c ciphertexts) { c[1].B = *group.NewElement() })},
	{"an empty ciphertext", []string{"t_4"}, 0, changedRow(func(c ciphertexts) { c[1] = emptyCiphertext() })},
	{"output rows swapped", []string{"t_4"}, 0, changedRow(func(c ciphertexts) { c[0], c[2] = c[2], c[0] })},
	{"an output row copied over another", []string{"t_4"}, 0, changedRow(func(c ciphertexts) { c[0] = c[2] })},
	{"second column permuted differently", []string{"t_4"}, 1, columnsApart},
	{"ciphertexts swapped within a row", []string{"t_4", "t_4"}, 0, swappedInRow},
	{"generators of the prover's choice", []string{"t_1", "t_3"}, -1, ownGenerators},
	{"generators in another order", []string{"t_3"}, -1, swappedGenerators},
	{"a chain base of the prover's choice", []string{"t_2", "t_hat"}, -1, ownChainBase},
}

func TestForgeries(t *testing.T) {
	for _, f := range forgeries {
		t.Run(f.name, func(t *testing.T) {
			proof, s := prepareForgery(t, f, rand.Reader)
			require.Equal(t, f.fails, proof.Failing(mixContext(1), s))
			err := verify(proof, s)
			require.ErrorIs(t, err, shuffle.ErrEquation)
			require.NotErrorIs(t, err, shuffle.ErrUnrelated)
			requirePart(t, err, f.fails[0], f.index)
		})
	}
}

// prepareForgery makes the forged proof and reads it as a verifier would.
func prepareForgery(t *testing.T, f forgery, random io.Reader) (*shuffle.Proof, *shuffle.Statement) {
	t.Helper()
	p := f.prepare(random)
	proof, err := shuffle.ParseProof(p.prove(mixContext(1), random), p.in.Len(), p.in.Width())
	require.NoError(t, err)
	return proof, &shuffle.Statement{Key: p.key, Input: p.in, Output: p.out}
}

// A liar that does not lie is believed: the forgeries fail for their lie alone.
func TestLiarIsHonestByDefault(t *testing.T) {
	proof, s := prepareForgery(t, forgery{prepare: func(random io.Reader) *prover {
		l := newLiar(4, 2, random)
		l.encryptOutput()
		return l.prover
	}}, rand.Reader)
	require.NoError(t, verify(proof, s))
}

// The product of the ũ is right: (2·u_0)·(u_1/2)·u_2. The output multiplies the
// plaintexts by 1/2 and 2, so that the sums are right too.
func scaledRows(random io.Reader) *prover {
	l := newLiar(3, 1, random)
	return l.lie(matrix(3, two, nil, nil, nil, half, nil, nil, nil, one), []int{0, 1, 2}, []*group.Scalar{half, two, one})
}

// For one row the only permutation is the identity.
func scaledSingleRow(random io.Reader) *prover {
	return newLiar(1, 1, random).lie(matrix(1, two), []int{0}, []*group.Scalar{half})
}

// ũ = (u_0 + u_1 − u_2, u_2, u_2): every row of the matrix adds up to 1. The
// plaintexts fit if rows 0 and 1 voted alike: the output has that vote once, and
// two others of the mixer's choice, as long as they add up.
func sumsOfRows(random io.Reader) *prover {
	l := newLiar(3, 1, random)
	l.x.message[1] = l.x.message[0]
	l.in = encrypt(l.key, 1, l.x.message, l.x.r)
	l.matrix = matrix(3, one, one, minusOne, nil, nil, one, nil, nil, one)
	l.uTilde = func(u []group.Scalar) []group.Scalar { return apply(l.matrix, u) }
	// Σ ũ_i·m'_i = Σ u_j·m_j:   m'_0 = m_0 = m_1   m'_1 + m'_2 − m'_0 = m_2
	l.messageOut[0][0] = l.x.message[0][0]
	l.messageOut[1][0] = *readScalar(random)
	l.messageOut[2][0].Add(&l.x.message[2][0], &l.x.message[0][0])
	l.messageOut[2][0].Subtract(&l.messageOut[2][0], &l.messageOut[1][0])
	l.encryptOutput()
	return l.prover
}

// The same, with one link that makes the chain end in Π u_j.
func bentChain(link int) func(io.Reader) *prover {
	return func(random io.Reader) *prover {
		p := sumsOfRows(random)
		p.bend = link
		return p
	}
}

func rowTwice(random io.Reader) *prover {
	l := newLiar(2, 1, random)
	return l.lie(matrix(2, one, nil, one, nil), []int{0, 0}, []*group.Scalar{one, one})
}

func rowsMerged(random io.Reader) *prover {
	l := newLiar(2, 1, random)
	return l.lie(matrix(2, one, one, nil, nil), []int{0, 1}, []*group.Scalar{one, one})
}

// Half of each row in both places: the rows of the matrix add up to 1, and ũ_0 = ũ_1.
func rowsBlended(random io.Reader) *prover {
	l := newLiar(2, 1, random)
	return l.lie(matrix(2, half, half, half, half), []int{0, 0}, []*group.Scalar{one, one})
}

// The mixer commits to a true permutation, replaces both ballots, and solves
// afterwards for the ũ that make sums and product come out right:
//
//	ũ_0·m'_0 = Σ u_j·m_j   m'_1 = 0   ũ_0·ũ_1 = Π u_j
func adaptiveWeights(random io.Reader) *prover {
	l := newLiar(2, 1, random)
	l.messageOut[0][0] = *readScalar(random)
	l.messageOut[1][0] = group.Scalar{}
	l.encryptOutput()
	l.uTilde = func(u []group.Scalar) []group.Scalar {
		target := new(group.Scalar)
		for j := range u {
			target.MultiplyAdd(&u[j], &l.x.message[j][0], target)
		}
		ut := make([]group.Scalar, 2)
		ut[0].Multiply(target, inverse(&l.messageOut[0][0]))
		ut[1].Multiply(productOf(u), inverse(&ut[0]))
		return ut
	}
	return l.prover
}

// The mixer puts a ballot of its own in a place and proves the rest honestly.
func replacedCiphertext(k int) func(io.Reader) *prover {
	return func(random io.Reader) *prover {
		l := newLiar(4, 2, random)
		l.messageOut[3][k] = *readScalar(random)
		l.encryptOutput()
		return l.prover
	}
}

func changedRow(change func(c ciphertexts)) func(io.Reader) *prover {
	return func(random io.Reader) *prover {
		return changeOutput(3, 1, random, func(c ciphertexts) ciphertexts { change(c); return c })
	}
}

// The second ciphertexts of two rows change places: two halves of ballots meet.
func columnsApart(random io.Reader) *prover {
	return changeOutput(3, 2, random, func(c ciphertexts) ciphertexts {
		c[1], c[3] = c[3], c[1]
		return c
	})
}

func swappedInRow(random io.Reader) *prover {
	return changeOutput(3, 2, random, func(c ciphertexts) ciphertexts {
		c[0], c[1] = c[1], c[0]
		return c
	})
}

// A prover who knows the relations between its generators can open a commitment
// to any matrix. The verifier derives its own.
func ownGenerators(random io.Reader) *prover {
	p := honest(newWorld(3, 1, random))
	for i := range p.generators {
		p.generators[i].ScalarBaseMult(group.NewScalar(uint64(i + 2)))
	}
	return p
}

func swappedGenerators(random io.Reader) *prover {
	p := honest(newWorld(3, 1, random))
	p.generators[0], p.generators[1] = p.generators[1], p.generators[0]
	return p
}

func ownChainBase(random io.Reader) *prover {
	p := honest(newWorld(3, 1, random))
	p.h = group.NewElement().ScalarBaseMult(group.NewScalar(7))
	return p
}
