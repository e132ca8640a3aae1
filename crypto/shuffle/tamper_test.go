package shuffle_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/shuffle"
)

// Errors of two equations that cancel: this is what the weights are for.
func TestErrorsThatCancel(t *testing.T) {
	const n, w = 3, 1
	x := newWorld(n, w, rand.Reader)
	b := x.prove(t).Bytes()
	elements := 3*n + 3 + 2*w
	for name, places := range map[string][2]int{
		"s_1 and s_2":                 {0, 1},
		"s_hat of the first and last": {3 + w, 3 + w + n - 1},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := shuffle.ParseProof(addScalar(addScalar(b, elements+places[0], one), elements+places[1],
				new(group.Scalar).Negate(one)), n, w)
			require.NoError(t, err)
			require.ErrorIs(t, verify(p, x.statement), shuffle.ErrEquation)
			same := bytes.NewReader(bytes.Repeat([]byte{5}, 16*(3+2*w+n)))
			require.True(t, p.BatchHolds(mixContext(1), x.statement, same), "equal weights would accept it")
		})
	}
}

func addScalar(b []byte, at int, d *group.Scalar) []byte {
	s, err := new(group.Scalar).SetBytes(b[fieldSize*at : fieldSize*(at+1)])
	if err != nil {
		panic(err)
	}
	return replaceField(b, at, s.Add(s, d).Bytes())
}

// Every response belongs to the equations that it answers.
func TestChangedResponse(t *testing.T) {
	const n, w = 3, 2
	x := newWorld(n, w, rand.Reader)
	b := x.prove(t).Bytes()
	equations := map[string][]string{
		"s_1": {"t_1"}, "s_2": {"t_2"}, "s_3": {"t_3"}, "s_4": {"t_4"},
		"s_hat": {"t_hat"}, "s_tilde": {"t_3", "t_4", "t_4", "t_hat"},
	}
	for at := 3*n + 3 + 2*w; at < len(b)/fieldSize; at++ {
		for name, changed := range map[string][]byte{
			"added": addScalar(b, at, one), "zeroed": replaceField(b, at, make([]byte, fieldSize)),
		} {
			p, err := shuffle.ParseProof(changed, n, w)
			require.NoError(t, err)
			part, index := p.Field(at)
			failing := equations[part]
			require.Equal(t, failing, p.Failing(mixContext(1), x.statement), "%s %s", part, name)
			if part == "s_tilde" {
				index = -1
			}
			requirePart(t, verify(p, x.statement), failing[0], index)
		}
	}
}

// Every commitment is in a challenge, so its change breaks every equation.
func TestChangedCommitment(t *testing.T) {
	const n, w = 2, 2
	x := newWorld(n, w, rand.Reader)
	b := x.prove(t).Bytes()
	for at := range 3*n + 3 + 2*w {
		for _, wrong := range []*group.Element{base, group.NewElement()} {
			p, err := shuffle.ParseProof(replaceField(b, at, wrong.Bytes()), n, w)
			require.NoError(t, err)
			part, index := p.Field(at)
			require.ErrorIs(t, verify(p, x.statement), shuffle.ErrUnrelated, fmt.Sprint(part, index))
		}
	}
}

func TestEmptiedProofs(t *testing.T) {
	const n, w = 3, 1
	x := newWorld(n, w, rand.Reader)
	b := x.prove(t).Bytes()
	elements := fieldSize * (3*n + 3 + 2*w)
	for name, emptied := range map[string][]byte{
		"everything": make([]byte, len(b)),
		"responses":  append(b[:elements:elements], make([]byte, len(b)-elements)...),
		"elements":   append(make([]byte, elements), b[elements:]...),
	} {
		p, err := shuffle.ParseProof(emptied, n, w)
		require.NoError(t, err)
		require.ErrorIs(t, verify(p, x.statement), shuffle.ErrEquation, name)
	}
}

// A link left out, for a list that is one row shorter.
func TestDroppedRow(t *testing.T) {
	const n, w = 4, 1
	x := newWorld(n, w, rand.Reader)
	b := x.prove(t).Bytes()
	var shorter []byte
	for at := range len(b) / fieldSize {
		switch at {
		case n - 1, 2*n - 1, 3*n + 2 + 2*w, 4*n + 5 + 3*w, 5*n + 5 + 3*w: // the last c, ĉ, t̂, ŝ, s̃
		default:
			shorter = append(shorter, b[fieldSize*at:fieldSize*(at+1)]...)
		}
	}
	p, err := shuffle.ParseProof(shorter, n-1, w)
	require.NoError(t, err)
	drop := func(c []elgamal.Ciphertext) []elgamal.Ciphertext { return c[:n-1] }
	s := &shuffle.Statement{Key: x.key, Input: rows(x.in, drop), Output: rows(x.out, drop)}
	require.ErrorIs(t, verify(p, s), shuffle.ErrUnrelated)
	require.ErrorIs(t, verify(p, x.statement), shuffle.ErrLength)
}
