package transcript_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"valik/crypto/group"
	"valik/crypto/transcript"
)

// item is a label with its value.
type item struct{ label, value string }

// story is a transcript as a list: what it is for, what it absorbs, and the label
// of its challenge.
type story struct {
	use       string
	items     []item
	challenge string
}

func (s story) run() *group.Scalar {
	t := transcript.New(s.use)
	for _, i := range s.items {
		t.Bytes(i.label, []byte(i.value))
	}
	return t.Challenge(s.challenge)
}

// with returns s with n items from index i on replaced.
func (s story) with(i, n int, by ...item) story {
	s.items = slices.Replace(slices.Clone(s.items), i, i+n, by...)
	return s
}

func (s story) equal(o story) bool {
	return s.use == o.use && s.challenge == o.challenge && slices.Equal(s.items, o.items)
}

// flips returns every story that differs from s in item i and nowhere else, one
// for each way in which a careless encoding might not see the difference.
func (s story) flips(rt *rapid.T, i int) map[string]story {
	it := s.items[i]
	f := map[string]story{
		"label longer":            s.with(i, 1, item{it.label + "x", it.value}),
		"zero byte appended":      s.with(i, 1, item{it.label, it.value + "\x00"}),
		"item dropped":            s.with(i, 1),
		"item twice":              s.with(i, 1, it, it),
		"empty item before":       s.with(i, 0, item{}),
		"label and value swapped": s.with(i, 1, item{it.value, it.label}),
		"all in the label":        s.with(i, 1, item{it.label + it.value, ""}),
		"all in the value":        s.with(i, 1, item{"", it.label + it.value}),
	}
	if n := len(it.value); n > 0 {
		bit := rapid.IntRange(0, 8*n-1).Draw(rt, "bit")
		flipped := []byte(it.value)
		flipped[bit/8] ^= 1 << (bit % 8)
		cut := rapid.IntRange(0, n-1).Draw(rt, "cut")
		f["bit flipped"] = s.with(i, 1, item{it.label, string(flipped)})
		f["value shorter"] = s.with(i, 1, item{it.label, it.value[:n-1]})
		f["split in two"] = s.with(i, 1, item{it.label, it.value[:cut]}, item{it.label, it.value[cut:]})
		f["byte to the label"] = s.with(i, 1, item{it.label + it.value[:1], it.value[1:]})
	}
	if i+1 < len(s.items) {
		next := s.items[i+1]
		f["order"] = s.with(i, 2, next, it)
		f["values swapped"] = s.with(i, 2, item{it.label, next.value}, item{next.label, it.value})
		f["merged"] = s.with(i, 2, item{it.label, it.value + next.label + next.value})
		f["boundary moved"] = s.with(i, 2, item{it.label, it.value + next.label[:1]}, item{next.label[1:], next.value})
	}
	return f
}

// TestEveryFieldCounts changes one thing at a time; the challenge must change.
func TestEveryFieldCounts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := story{
			use:       rapid.String().Draw(rt, "use"),
			items:     rapid.SliceOfN(rapid.Custom(drawItem), 1, 5).Draw(rt, "items"),
			challenge: rapid.String().Draw(rt, "challenge"),
		}
		c := s.run()
		require.True(rt, s.run().Equal(c), "the same story gives the same challenge")

		all := map[string]story{
			"use":       {s.use + "x", s.items, s.challenge},
			"challenge": {s.use, s.items, s.challenge + "x"},
		}
		for i := range s.items {
			for name, f := range s.flips(rt, i) {
				all[name] = f
			}
			for name, f := range all {
				if !f.equal(s) {
					require.False(rt, f.run().Equal(c), "item %d: %s", i, name)
				}
			}
		}
		require.False(rt, earlierChallenge(s).Equal(c), "an earlier challenge counts")
	})
}

// drawItem prefers short values, in which bytes of label and value meet. It never
// draws the reserved label, whose first letter it leaves out.
func drawItem(rt *rapid.T) item {
	label := rapid.StringMatching("[abd-z]{1,4}").Draw(rt, "label")
	value := rapid.OneOf(
		rapid.SliceOfN(rapid.Byte(), 0, 4),
		rapid.SliceOfN(rapid.Byte(), 31, 33),
		rapid.SampledFrom([][]byte{nil, bytes.Repeat([]byte{0}, 200), []byte("a")}),
	).Draw(rt, "value")
	return item{label, string(value)}
}

func earlierChallenge(s story) *group.Scalar {
	t := transcript.New(s.use)
	t.Challenge("earlier")
	for _, i := range s.items {
		t.Bytes(i.label, []byte(i.value))
	}
	return t.Challenge(s.challenge)
}
