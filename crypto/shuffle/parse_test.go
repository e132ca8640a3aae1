package shuffle_test

import (
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
	"valik/crypto/shuffle"
)

const fieldSize = 32

// order is ℓ, the smallest number that is not a scalar.
var order = []byte{
	0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
}

// oddElement is no element: encodings are even.
var oddElement = append([]byte{1}, make([]byte, 31)...)

func TestParseRefusesEveryFieldThatIsNotCanonical(t *testing.T) {
	const n, w = 2, 2
	x := newWorld(n, w, rand.Reader)
	p := x.prove(t)
	elements := 3*n + 3 + 2*w
	for at := range len(p.Bytes()) / fieldSize {
		part, index := p.Field(at)
		t.Run(fmt.Sprint(part, index), func(t *testing.T) {
			wrong, reason := oddElement, group.ErrElement
			if at >= elements {
				wrong, reason = order, group.ErrScalar
			}
			_, err := shuffle.ParseProof(replaceField(p.Bytes(), at, wrong), n, w)
			require.ErrorIs(t, err, reason)
			requirePart(t, err, part, index)
		})
	}
}

// The names of the fields, in the order of the specification.
func TestFieldOrder(t *testing.T) {
	x := newWorld(2, 2, rand.Reader)
	p := x.prove(t)
	var names []string
	for at := range len(p.Bytes()) / fieldSize {
		part, index := p.Field(at)
		names = append(names, fmt.Sprintf("%s %d", part, index))
	}
	require.Equal(t, []string{
		"c 0", "c 1", "chain 0", "chain 1", "t_1 -1", "t_2 -1", "t_3 -1",
		"t_4 0", "t_4 0", "t_4 1", "t_4 1", "t_hat 0", "t_hat 1",
		"s_1 -1", "s_2 -1", "s_3 -1", "s_4 0", "s_4 1",
		"s_hat 0", "s_hat 1", "s_tilde 0", "s_tilde 1",
	}, names)
}

func TestParseRefusesOtherLengths(t *testing.T) {
	x := newWorld(3, 1, rand.Reader)
	b := x.prove(t).Bytes()
	for _, wrong := range [][]byte{nil, b[:len(b)-1], b[:len(b)-32], b[32:], append(b[:len(b):len(b)], 0)} {
		_, err := shuffle.ParseProof(wrong, 3, 1)
		require.ErrorIs(t, err, shuffle.ErrLength)
	}
	for _, size := range [][2]int{{0, 1}, {2, 1}, {4, 1}, {3, 2}} {
		_, err := shuffle.ParseProof(b, size[0], size[1])
		require.ErrorIs(t, err, shuffle.ErrLength)
	}
	require.Panics(t, func() { _, _ = shuffle.ParseProof(nil, 0, 0) })
	require.Panics(t, func() { _, _ = shuffle.ParseProof(nil, -1, 1) })
}

func FuzzParseProof(f *testing.F) {
	for _, size := range [][2]int{{0, 1}, {1, 1}, {2, 1}, {1, 2}} {
		x := newWorld(size[0], size[1], stream("fuzz"))
		p := shuffle.ProveFrom(mixContext(1), x.statement, x.witness, stream("proof"))
		f.Add(p.Bytes(), uint8(size[0]), uint8(size[1]))
	}
	worlds := map[[2]int]*world{}
	f.Fuzz(func(t *testing.T, b []byte, n, w uint8) {
		size := [2]int{int(n % 4), int(w%3) + 1}
		p, err := shuffle.ParseProof(b, size[0], size[1])
		if err != nil {
			return
		}
		require.Equal(t, b, p.Bytes())
		x := worlds[size]
		if x == nil {
			x = newWorld(size[0], size[1], stream("other"))
			worlds[size] = x
		}
		if err := verify(p, x.statement); size[0] > 0 {
			require.ErrorIs(t, err, shuffle.ErrEquation)
		}
	})
}

func replaceField(b []byte, at int, field []byte) []byte {
	b = append([]byte(nil), b...)
	copy(b[fieldSize*at:], field)
	return b
}

// requirePart checks what an error names.
func requirePart(t *testing.T, err error, part string, index int) {
	t.Helper()
	var e *shuffle.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, part, e.Part)
	require.Equal(t, index, e.Index)
	require.ErrorContains(t, err, part)
}
