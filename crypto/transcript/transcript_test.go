package transcript_test

import (
	"bytes"
	"crypto/sha3"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
	"valik/crypto/transcript"
)

// encodeString is encode_string of SP 800-185 for strings below 32 bytes: their
// length in bits fits in one byte.
func encodeString(s string) []byte {
	return append([]byte{1, byte(8 * len(s))}, s...)
}

// TestChallengeByHand makes a challenge from the standard library's cSHAKE256
// alone.
func TestChallengeByHand(t *testing.T) {
	tr := transcript.New("use case")
	tr.String("label", "value")
	tr.Uint64("n", 258)
	got := tr.Challenge("c")

	h := sha3.NewCSHAKE256([]byte("TupleHash"), []byte("valik/1"))
	for _, s := range []string{"use", "use case", "label", "value", "n", "\x00\x00\x00\x00\x00\x00\x01\x02", "challenge", "c"} {
		h.Write(encodeString(s))
	}
	h.Write([]byte{0, 1}) // right_encode(0)
	var out [64]byte
	h.Read(out[:])
	want, err := group.NewScalar(0).SetUniformBytes(out[:])
	require.NoError(t, err)
	require.True(t, want.Equal(got))
}

// TestTypedItems: every typed item is its encoding under the same label.
func TestTypedItems(t *testing.T) {
	s := group.RandomScalar()
	e := group.NewElement().ScalarBaseMult(s)
	list := []group.Element{*e, *group.NewGenerator(), *group.NewElement()}
	items := map[string]struct {
		typed func(tr *transcript.Transcript)
		bytes []byte
	}{
		"String":   {func(tr *transcript.Transcript) { tr.String("l", "abc") }, []byte("abc")},
		"Uint64":   {func(tr *transcript.Transcript) { tr.Uint64("l", 1<<40) }, binary.BigEndian.AppendUint64(nil, 1<<40)},
		"Element":  {func(tr *transcript.Transcript) { tr.Element("l", e) }, e.Bytes()},
		"Elements": {func(tr *transcript.Transcript) { tr.Elements("l", list) }, group.EncodeAll(list)},
		"Scalar":   {func(tr *transcript.Transcript) { tr.Scalar("l", s) }, s.Bytes()},
	}
	for name, item := range items {
		typed, plain := transcript.New("t"), transcript.New("t")
		item.typed(typed)
		plain.Bytes("l", item.bytes)
		require.True(t, typed.Challenge("c").Equal(plain.Challenge("c")), name)
	}
}

func TestEarlierChallengesCount(t *testing.T) {
	tr := transcript.New("t")
	before := tr.Clone()
	first := tr.Challenge("c")
	second := tr.Challenge("c")
	require.False(t, first.Equal(second))
	require.True(t, before.Challenge("c").Equal(first), "a clone goes on from where it was made")
}

// TestChallengesExtend: one challenge is the first of many.
func TestChallengesExtend(t *testing.T) {
	one := transcript.New("t").Challenge("c")
	many := transcript.New("t").Challenges("c", 5)
	require.Len(t, many, 5)
	require.True(t, one.Equal(&many[0]))
	require.False(t, many[0].Equal(&many[1]))
	require.Empty(t, transcript.New("t").Challenges("c", 0))
}

func TestReservedLabel(t *testing.T) {
	tr := transcript.New("t")
	require.Panics(t, func() { tr.String("challenge", "c") })
}

// TestZeroIsPassedOver: blocks that reduce to zero give no challenge.
func TestZeroIsPassedOver(t *testing.T) {
	// ℓ, little endian: it reduces to zero though it is not zero.
	order := make([]byte, 64)
	minusOne := group.NewScalar(1)
	copy(order, minusOne.Negate(minusOne).Bytes())
	order[0]++
	one := append([]byte{1}, make([]byte, 63)...)
	two := append([]byte{2}, make([]byte, 63)...)
	output := bytes.NewReader(bytes.Join([][]byte{make([]byte, 64), one, order, two}, nil))

	s := transcript.ReadScalars(output, 2)
	require.True(t, s[0].Equal(group.NewScalar(1)))
	require.True(t, s[1].Equal(group.NewScalar(2)))
}
