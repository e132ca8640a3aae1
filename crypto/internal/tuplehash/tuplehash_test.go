package tuplehash_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"valik/crypto/internal/tuplehash"
)

var update = flag.Bool("update", false, "rewrite vectors/group/tuplehash.json")

// sample is one of NIST's samples for SP 800-185, all with 512 bits of output.
type sample struct {
	Function string   `json:"function"`
	Custom   string   `json:"custom"`
	Tuple    []string `json:"tuple"`
	Output   string   `json:"output"`
}

var (
	two   = []string{"000102", "101112131415"}
	three = []string{"000102", "101112131415", "202122232425262728"}
)

var samples = []sample{
	{"TupleHash256", "", two, "cfb7058caca5e668f81a12a20a2195ce97a925f1dba3e7449a56f82201ec607311ac2696b1ab5ea2352df1423bde7bd4bb78c9aed1a853c78672f9eb23bbe194"},
	{"TupleHash256", "My Tuple App", two, "147c2191d5ed7efd98dbd96d7ab5a11692576f5fe2a5065f3e33de6bba9f3aa1c4e9a068a289c61c95aab30aee1e410b0b607de3620e24a4e3bf9852a1d4367e"},
	{"TupleHash256", "My Tuple App", three, "45000be63f9b6bfd89f54717670f69a9bc763591a4f05c50d68891a744bcc6e7d6d5b5e82c018da999ed35b0bb49c9678e526abd8e85c13ed254021db9e790ce"},
	{"TupleHashXOF256", "", two, "03ded4610ed6450a1e3f8bc44951d14fbc384ab0efe57b000df6b6df5aae7cd568e77377daf13f37ec75cf5fc598b6841d51dd207c991cd45d210ba60ac52eb9"},
	{"TupleHashXOF256", "My Tuple App", two, "6483cb3c9952eb20e830af4785851fc597ee3bf93bb7602c0ef6a65d741aeca7e63c3b128981aa05c6d27438c79d2754bb1b7191f125d6620fca12ce658b2442"},
	{"TupleHashXOF256", "My Tuple App", three, "0c59b11464f2336c34663ed51b2b950bec743610856f36c28d1d088d8a2446284dd09830a6a178dc752376199fae935d86cfdee5913d4922dfd369b66a53c897"},
}

func TestSamples(t *testing.T) {
	for _, s := range samples {
		h := tuplehash.New(s.Custom)
		var items [][]byte
		for _, item := range s.Tuple {
			b, err := hex.DecodeString(item)
			require.NoError(t, err)
			h.WriteString(b)
			items = append(items, b)
		}
		if s.Function == "TupleHash256" {
			require.Equal(t, s.Output, hex.EncodeToString(h.SumBits(512)))
			continue
		}
		require.Equal(t, s.Output, hex.EncodeToString(h.XOF(64)))
		require.Equal(t, s.Output, hex.EncodeToString(tuplehash.XOF(s.Custom, 64, items...)))
		out := make([]byte, 64)
		_, err := io.ReadFull(h.Reader(), out)
		require.NoError(t, err)
		require.Equal(t, s.Output, hex.EncodeToString(out))
	}
}

func TestVectors(t *testing.T) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	require.NoError(t, enc.Encode(struct {
		Algorithm   string   `json:"algorithm"`
		Description string   `json:"description"`
		Vectors     []sample `json:"vectors"`
	}{"TupleHash.XOF", "NIST's samples of TupleHash256 and TupleHashXOF256, 512 bits of output.", samples}))
	const path = "../../../vectors/group/tuplehash.json"
	if *update {
		require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
	}
	committed, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(committed), b.String())
}

// xof is the hash of the items under no customisation.
func xof(items ...string) string {
	h := tuplehash.New("")
	for _, item := range items {
		h.WriteString([]byte(item))
	}
	return string(h.XOF(32))
}

func TestBoundariesCount(t *testing.T) {
	seen := make(map[string]string)
	for _, tuple := range [][]string{
		{},
		{""},
		{"", ""},
		{"ab"},
		{"a", "b"},
		{"", "ab"},
		{"ab", ""},
		{"a", "", "b"},
		{"b", "a"},
	} {
		key := xof(tuple...)
		require.Empty(t, seen[key], "same as %q", tuple)
		seen[key] = fmt.Sprintf("%q", tuple)
	}
	require.NotEqual(t, tuplehash.New("a").XOF(32), tuplehash.New("b").XOF(32))
	require.NotEqual(t, tuplehash.New("").XOF(32), tuplehash.New("").SumBits(256))
	require.NotEqual(t, tuplehash.New("").SumBits(512)[:32], tuplehash.New("").SumBits(256))
}

func TestOutputLeavesTheState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.SliceOf(rapid.Byte()).Draw(t, "before")
		after := rapid.SliceOf(rapid.Byte()).Draw(t, "after")
		custom := rapid.String().Draw(t, "custom")
		h := tuplehash.New(custom)
		h.WriteString(before)
		early := h.XOF(40)
		require.Equal(t, early, h.XOF(40))
		require.Equal(t, early[:10], h.XOF(10))
		h.SumBits(8)
		c := h.Clone()
		h.WriteString(after)
		require.Equal(t, tuplehash.XOF(custom, 40, before, after), h.XOF(40))
		require.Equal(t, early, c.XOF(40), "the copy is independent")
		c.WriteString(after)
		require.Equal(t, h.XOF(40), c.XOF(40), "and goes on from the same tuple")
	})
}

func TestLongStrings(t *testing.T) {
	// Lengths whose encoding takes one to four bytes, compared with a string
	// that is a byte shorter.
	for _, n := range []int{1, 31, 32, 8191, 8192, 1 << 21} {
		long := string(make([]byte, n))
		require.NotEqual(t, xof(long), xof(long[1:]))
	}
}

func TestWrongOutputLengths(t *testing.T) {
	for _, n := range []int{-8, 0, 7, 12} {
		require.Panics(t, func() { tuplehash.New("").SumBits(n) })
	}
}
