package shuffle_test

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/shuffle"
)

func TestCompleteness(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 20).Draw(t, "n")
		w := rapid.IntRange(1, 3).Draw(t, "w")
		options := shuffle.Options{ConstantTime: rapid.Bool().Draw(t, "constant time")}
		x := newWorld(n, w, rand.Reader)
		out, witness := options.Shuffle(x.key, x.in)
		s := &shuffle.Statement{Key: x.key, Input: x.in, Output: out}
		p, err := shuffle.Prove(mixContext(1), s, witness)
		require.NoError(t, err)
		require.Len(t, p.Bytes(), shuffle.ProofSize(n, w))
		require.NoError(t, verify(p, s))

		parsed, err := shuffle.ParseProof(p.Bytes(), n, w)
		require.NoError(t, err)
		require.Equal(t, p.Bytes(), parsed.Bytes())
		received := &shuffle.Statement{Key: x.key, Input: parseRows(t, x.in), Output: parseRows(t, out)}
		require.NoError(t, verify(parsed, received))
	})
}

func parseRows(t require.TestingT, r *elgamal.Rows) *elgamal.Rows {
	parsed, err := elgamal.ParseRows(r.Bytes(), r.Width())
	require.NoError(t, err)
	return parsed
}

// Sizes above the blocks in which the work is cut.
func TestManyRows(t *testing.T) {
	n := 1200
	if testing.Short() {
		n = 300
	}
	x := newWorld(n, 2, rand.Reader)
	p := x.prove(t)
	require.NoError(t, verify(p, x.statement))

	pi, _ := x.witness.Secrets()
	require.NotEqual(t, 0, pi[0]+pi[1]+pi[2], "the order changed")
	s := *x.statement
	s.Output = rows(x.out, func(c []elgamal.Ciphertext) []elgamal.Ciphertext {
		c[2*n-1].B.Add(&c[2*n-1].B, base)
		return c
	})
	require.ErrorIs(t, verify(p, &s), shuffle.ErrUnrelated)
}

// A batch that is multiplied out in many blocks gives the same answer.
func TestBatchInBlocks(t *testing.T) {
	x := newWorld(10, 2, rand.Reader)
	p := x.prove(t)
	forged, err := shuffle.ParseProof(addScalar(p.Bytes(), len(p.Bytes())/fieldSize-1, one), 10, 2)
	require.NoError(t, err)
	defer shuffle.SetBatchTerms(shuffle.SetBatchTerms(1))
	for _, terms := range []int{1, 2, 7, 64, 122, 123, 1000} {
		shuffle.SetBatchTerms(terms)
		require.NoError(t, verify(p, x.statement), terms)
		require.ErrorIs(t, verify(forged, x.statement), shuffle.ErrEquation, terms)
	}
}

// The second prover, from the specification alone, makes the same bytes from the
// same randomness.
func TestReferenceProverAgrees(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 2}, {2, 1}, {7, 1}, {5, 3}} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			x := newWorld(size[0], size[1], stream("reference"))
			p := shuffle.ProveFrom(mixContext(1), x.statement, x.witness, stream("prover"))
			require.Equal(t, p.Bytes(), honest(x).prove(mixContext(1), stream("prover")))
		})
	}
}

func TestShuffleKeepsThePlaintexts(t *testing.T) {
	secret := group.RandomScalar()
	pk, err := elgamal.NewPublicKey(group.NewElement().ScalarBaseMult(secret))
	require.NoError(t, err)
	message, r := randomMatrix(30, 2, rand.Reader), randomMatrix(30, 2, rand.Reader)
	in := encrypt(pk, 2, message, r)
	out, witness := shuffle.Shuffle(pk, in)
	pi, _ := witness.Secrets()
	for i, j := range pi {
		for k := range 2 {
			e := out.At(i, k)
			m := group.NewElement().ScalarMult(secret, &e.A)
			require.True(t, m.Subtract(&e.B, m).Equal(group.NewElement().ScalarBaseMult(&message[j][k])))
			require.False(t, e.A.Equal(&in.At(j, k).A), "re-encrypted")
		}
	}
}

func TestNoRows(t *testing.T) {
	x := newWorld(0, 2, rand.Reader)
	p := x.prove(t)
	require.Empty(t, p.Bytes())
	require.NoError(t, verify(p, x.statement))
	require.Zero(t, shuffle.ProofSize(0, 3))

	one := newWorld(1, 2, rand.Reader)
	require.ErrorIs(t, verify(p, one.statement), shuffle.ErrLength)
	require.ErrorIs(t, verify(one.prove(t), x.statement), shuffle.ErrLength)
}

func TestProofSize(t *testing.T) {
	require.Equal(t, 32*(5*10+6+3*2), shuffle.ProofSize(10, 2))
}

func TestProveRefusesAWrongWitness(t *testing.T) {
	x, y := newWorld(3, 1, rand.Reader), newWorld(3, 1, rand.Reader)
	for name, s := range map[string]*shuffle.Statement{
		"another key":    {Key: y.key, Input: x.in, Output: x.out},
		"another input":  {Key: x.key, Input: y.in, Output: x.out},
		"another output": {Key: x.key, Input: x.in, Output: y.out},
		"reversed":       {Key: x.key, Input: x.out, Output: x.in},
	} {
		_, err := shuffle.Prove(mixContext(1), s, x.witness)
		require.ErrorIs(t, err, shuffle.ErrWitness, name)
	}
	x.witness.Erase()
	_, err := shuffle.Prove(mixContext(1), x.statement, x.witness)
	require.ErrorIs(t, err, shuffle.ErrErased)
	pi, r := x.witness.Secrets()
	require.Equal(t, []int{0, 0, 0}, pi)
	for i := range r {
		require.True(t, r[i].IsZero())
	}
}

func TestWitnessDoesNotPrint(t *testing.T) {
	x := newWorld(2, 1, rand.Reader)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		require.Equal(t, "[redacted]", fmt.Sprintf(verb, x.witness), verb)
	}
	require.Equal(t, "[redacted]", x.witness.String())
	require.Equal(t, "[redacted]", x.witness.GoString())
}

func TestPermutationIsUniform(t *testing.T) {
	const draws, kinds = 24_000, 24
	random := stream("permutations")
	seen := map[string]int{}
	for range draws {
		seen[fmt.Sprint(shuffle.RandomPermutation(4, random))]++
	}
	require.Len(t, seen, kinds)
	// χ² with 23 degrees of freedom exceeds 49.7 with probability 0.001.
	chi := 0.0
	for _, count := range seen {
		d := float64(count) - draws/kinds
		chi += d * d / (draws / kinds)
	}
	require.Less(t, chi, 49.7)
}

func TestPermutationRejectsTheRemainder(t *testing.T) {
	// For 2 rows the accepted numbers end before 2^64 − 2.
	var b []byte
	for _, v := range []uint64{math.MaxUint64, math.MaxUint64 - 1, math.MaxUint64 - 2, 7} {
		b = append(b, bigEndian(v)...)
	}
	random := bytes.NewReader(b)
	require.Equal(t, []int{0, 1}, shuffle.RandomPermutation(2, random))
	require.Equal(t, 8, random.Len(), "two numbers were rejected, the third was taken")
}

func TestNoRandomnessPanics(t *testing.T) {
	require.Panics(t, func() { shuffle.RandomPermutation(2, bytes.NewReader(nil)) })
	x := newWorld(2, 1, rand.Reader)
	p := x.prove(t)
	err := p.Verify(mixContext(1), x.statement, bytes.NewReader(nil))
	require.ErrorIs(t, err, io.EOF, "a verifier without weights accepts nothing")
}

func bigEndian(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
