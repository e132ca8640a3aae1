package group_test

import (
	"encoding/binary"
	"fmt"
	"sync"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	"valik/crypto/group"
	"valik/crypto/internal/tuplehash"
)

func TestHashToElementDefinition(t *testing.T) {
	h := tuplehash.New("valik/1 hash to group")
	for _, s := range []string{"label", "one", "", "three"} {
		h.WriteString([]byte(s))
	}
	want, err := ristretto255.NewIdentityElement().SetUniformBytes(h.XOF(64))
	require.NoError(t, err)
	got := group.HashToElement("label", []byte("one"), nil, []byte("three"))
	require.Equal(t, want.Bytes(), got.Bytes())
}

func TestHashToElementSeparates(t *testing.T) {
	seen := make(map[string]string)
	for _, tuple := range [][]string{
		{""},
		{"", ""},
		{"ab"},
		{"ab", ""},
		{"a", "b"},
		{"", "ab"},
		{"a", "b", ""},
		{"a", "", "b"},
		{"ab", "", ""},
		{"b", "a"},
	} {
		var data [][]byte
		for _, s := range tuple[1:] {
			data = append(data, []byte(s))
		}
		key := string(group.HashToElement(tuple[0], data...).Bytes())
		require.Empty(t, seen[key], "same as %q", tuple)
		seen[key] = fmt.Sprintf("%q", tuple)
	}
}

func TestGeneratorsDefinition(t *testing.T) {
	h := group.Generators("definition", 300)
	for _, i := range []int{1, 2, 256, 300} {
		want := group.HashToElement("definition", binary.BigEndian.AppendUint64(nil, uint64(i)))
		require.True(t, h[i-1].Equal(want), i)
	}
	other := group.Generators("definition too", 1)
	require.False(t, other[0].Equal(&h[0]))
}

func TestGeneratorsCache(t *testing.T) {
	require.Empty(t, group.Generators("cache", 0))
	group.Generators("cache", 2)
	more := group.Generators("cache", 10)
	few := group.Generators("cache", 3)
	require.Equal(t, 3, cap(few))
	third := few[2]
	for i := range few {
		require.Same(t, &few[i], &more[i], "computed once")
	}
	// A caller's append must not reach the cache.
	_ = append(few, *group.NewElement())
	require.False(t, group.Generators("cache", 10)[3].IsIdentity())
	require.True(t, group.Generators("cache", 3)[2].Equal(&third))
}

func TestGeneratorsConcurrently(t *testing.T) {
	want := group.Generators("concurrent, alone", 1)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 40 {
				h := group.Generators("concurrent", n*i)
				if len(h) != n*i {
					t.Error("wrong length")
				}
				group.Generators(fmt.Sprint("concurrent", n%3), n)
			}
			if h := group.Generators("concurrent, alone", 1); !h[0].Equal(&want[0]) {
				t.Error("changed")
			}
		})
	}
	wg.Wait()
	h := group.Generators("concurrent", 273)
	last := group.HashToElement("concurrent", binary.BigEndian.AppendUint64(nil, 273))
	require.True(t, h[272].Equal(last))
}
