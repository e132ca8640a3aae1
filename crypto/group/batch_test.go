package group_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"valik/crypto/group"
)

func TestEncodeAndDecodeAll(t *testing.T) {
	for _, n := range []int{0, 1, 255, 256, 257, 600} {
		p := group.Generators("batch test", n)
		b := group.EncodeAll(p)
		require.Len(t, b, 32*n)
		got, err := group.DecodeAll(b)
		require.NoError(t, err)
		require.Len(t, got, n)
		for i := range p {
			require.Equal(t, p[i].Bytes(), b[32*i:32*i+32], i)
			require.True(t, got[i].Equal(&p[i]), i)
		}
	}
}

func TestDecodeAllNamesTheFirst(t *testing.T) {
	good := group.EncodeAll(group.Generators("batch test", 900))
	for _, bad := range [][]int{{0}, {899}, {300, 301}, {700, 20, 400}, {255, 256, 512}} {
		b := append([]byte{}, good...)
		first := 900
		for _, i := range bad {
			b[32*i] ^= 1 // negative
			first = min(first, i)
		}
		_, err := group.DecodeAll(b)
		var de *group.DecodeError
		require.ErrorAs(t, err, &de)
		require.ErrorIs(t, err, group.ErrElement)
		require.Equal(t, first, de.Index)
	}
}

func TestDecodeAllTruncated(t *testing.T) {
	b := group.EncodeAll(group.Generators("batch test", 3))
	for _, n := range []int{1, 31, 33, 95} {
		_, err := group.DecodeAll(b[:n])
		var de *group.DecodeError
		require.ErrorAs(t, err, &de)
		require.ErrorIs(t, err, group.ErrElement)
		require.Equal(t, n/32, de.Index)
		require.NotEmpty(t, err.Error())
	}
}

func TestDoubleAndEncodeAll(t *testing.T) {
	require.Empty(t, group.DoubleAndEncodeAll(nil))
	// Every point of the identity and of others, decoded or not.
	var p []group.Element
	for k := range 4 {
		for z := range uint32(3) {
			p = append(p, *group.InCoset(group.NewElement(), k, z))
			p = append(p, *group.InCoset(group.NewGenerator(), k, z))
		}
	}
	p = append(p, group.Generators("batch test", 600)...)
	requireDoubles(t, p)
	decoded, err := group.DecodeAll(group.EncodeAll(p))
	require.NoError(t, err)
	requireDoubles(t, decoded)

	rapid.Check(t, func(t *rapid.T) {
		requireDoubles(t, []group.Element{*drawElement(t, "P"), *drawElement(t, "Q")})
	})
}

func requireDoubles(t require.TestingT, p []group.Element) {
	doubles := make([]group.Element, len(p))
	for i := range p {
		doubles[i].Double(&p[i])
	}
	require.Equal(t, group.EncodeAll(doubles), group.DoubleAndEncodeAll(p))
}
