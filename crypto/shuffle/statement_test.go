package shuffle_test

import (
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/shuffle"
)

// A proof is of one statement: whatever changes there, nothing of it holds.
func TestProofOfAnotherStatement(t *testing.T) {
	x := newWorld(4, 2, rand.Reader)
	p := x.prove(t)
	changes := map[string]func(c ciphertexts) ciphertexts{
		"a changed A":         func(c ciphertexts) ciphertexts { c[2].A.Add(&c[2].A, base); return c },
		"a changed B":         func(c ciphertexts) ciphertexts { c[2].B.Add(&c[2].B, base); return c },
		"A and B swapped":     func(c ciphertexts) ciphertexts { c[2].A, c[2].B = c[2].B, c[2].A; return c },
		"re-encrypted":        func(c ciphertexts) ciphertexts { c[2] = *x.key.ReEncrypt(&c[2], one); return c },
		"an identity":         func(c ciphertexts) ciphertexts { c[2].A = *group.NewElement(); return c },
		"an empty ciphertext": func(c ciphertexts) ciphertexts { c[2] = emptyCiphertext(); return c },
		"rows swapped":        func(c ciphertexts) ciphertexts { c[0], c[1], c[2], c[3] = c[2], c[3], c[0], c[1]; return c },
		"a row twice":         func(c ciphertexts) ciphertexts { c[0], c[1] = c[2], c[3]; return c },
		"slots swapped":       func(c ciphertexts) ciphertexts { c[0], c[1] = c[1], c[0]; return c },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			in, out := *x.statement, *x.statement
			in.Input, out.Output = rows(x.in, change), rows(x.out, change)
			require.ErrorIs(t, verify(p, &in), shuffle.ErrUnrelated, "input")
			require.ErrorIs(t, verify(p, &out), shuffle.ErrUnrelated, "output")
		})
	}
}

func TestProofUnderAnotherKeyOrContext(t *testing.T) {
	x := newWorld(3, 1, rand.Reader)
	p := x.prove(t)
	s := *x.statement
	s.Key = newKey(rand.Reader)
	require.ErrorIs(t, verify(p, &s), shuffle.ErrUnrelated)
	require.ErrorIs(t, p.Verify(mixContext(2), x.statement, rand.Reader), shuffle.ErrUnrelated)
	late := mixContext(1)
	late.String("mixer", "somebody else")
	require.ErrorIs(t, p.Verify(late, x.statement, rand.Reader), shuffle.ErrUnrelated)
}

// The next mixer replays the proof of the mixer before, with its output or with
// the same rows.
func TestReplayedProof(t *testing.T) {
	x := newWorld(3, 1, rand.Reader)
	p := x.prove(t)
	next, witness := shuffle.Shuffle(x.key, x.out)
	s := &shuffle.Statement{Key: x.key, Input: x.out, Output: next}
	honestNext, err := shuffle.Prove(mixContext(2), s, witness)
	require.NoError(t, err)
	require.NoError(t, honestNext.Verify(mixContext(2), s, rand.Reader))

	require.ErrorIs(t, p.Verify(mixContext(2), s, rand.Reader), shuffle.ErrUnrelated)
	require.ErrorIs(t, verify(p, s), shuffle.ErrUnrelated)
	back := &shuffle.Statement{Key: x.key, Input: x.out, Output: x.in}
	require.ErrorIs(t, verify(p, back), shuffle.ErrUnrelated)
	none := &shuffle.Statement{Key: x.key, Input: x.in, Output: x.in}
	require.ErrorIs(t, verify(p, none), shuffle.ErrUnrelated)
}

func TestRowsOfOtherSizes(t *testing.T) {
	x := newWorld(4, 1, rand.Reader)
	p := x.prove(t)
	shorter := func(c ciphertexts) ciphertexts { return c[:3] }
	longer := func(c ciphertexts) ciphertexts { return append(c, c[0]) }
	for name, s := range map[string]*shuffle.Statement{
		"a row lost":       {Key: x.key, Input: x.in, Output: rows(x.out, shorter)},
		"a row added":      {Key: x.key, Input: x.in, Output: rows(x.out, longer)},
		"both shorter":     {Key: x.key, Input: rows(x.in, shorter), Output: rows(x.out, shorter)},
		"both longer":      {Key: x.key, Input: rows(x.in, longer), Output: rows(x.out, longer)},
		"output is wider":  {Key: x.key, Input: x.in, Output: elgamal.NewRows(2, x.out.All())},
		"both are wider":   {Key: x.key, Input: elgamal.NewRows(2, x.in.All()), Output: elgamal.NewRows(2, x.out.All())},
		"nothing is mixed": {Key: x.key, Input: elgamal.NewRows(1, nil), Output: elgamal.NewRows(1, nil)},
	} {
		err := verify(p, s)
		require.ErrorIs(t, err, shuffle.ErrLength, name)
		requirePart(t, err, "statement", -1)
	}
	_, err := shuffle.Prove(mixContext(1), &shuffle.Statement{Key: x.key, Input: x.in, Output: rows(x.out, shorter)}, x.witness)
	require.ErrorIs(t, err, shuffle.ErrLength)
}
