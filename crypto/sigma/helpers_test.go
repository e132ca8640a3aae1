package sigma_test

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/sigma"
	"valik/crypto/transcript"
)

// noField is 32 bytes that are neither an element nor a scalar.
var noField = []byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")

// context is a transcript as a caller hands it to a proof.
func context(where string) *transcript.Transcript {
	t := transcript.New("valik/1 test")
	t.String("where", where)
	return t
}

// requirePart requires that err is an *sigma.Error about this part.
func requirePart(t require.TestingT, err error, part string, cause error, name string) {
	var e *sigma.Error
	require.ErrorAs(t, err, &e, name)
	require.Equal(t, part, e.Part, name)
	require.ErrorIs(t, err, cause, name)
}

// point returns a public point that depends on name and i.
func point(name string, i int) *group.Element {
	return group.HashToElement("valik/1 test", []byte(name), binary.BigEndian.AppendUint64(nil, uint64(i)))
}

func points(name string, n int) []group.Element {
	list := make([]group.Element, n)
	for i := range list {
		list[i].Set(point(name, i))
	}
	return list
}

// mult returns s·p.
func mult(s *group.Scalar, p *group.Element) *group.Element {
	return group.NewElement().VarTimeScalarMult(s, p)
}

// add returns the sum of the points.
func add(points ...*group.Element) *group.Element {
	sum := group.NewElement()
	for _, p := range points {
		sum.Add(sum, p)
	}
	return sum
}

// ballots is a contest of one slot: ballot i is for choice i mod N.
type ballots struct {
	pk          *elgamal.PublicKey
	list        []group.Element
	choices     *sigma.Choices
	r           []group.Scalar
	ciphertexts []elgamal.Ciphertext
}

func newBallots(t require.TestingT, n, count int) *ballots {
	pk, err := elgamal.NewPublicKey(mult(group.RandomScalar(), group.NewGenerator()))
	require.NoError(t, err)
	b := &ballots{pk: pk, list: points("choice", n), r: group.RandomScalars(count)}
	b.choices = newChoices(t, b.list)
	for i := range b.r {
		b.ciphertexts = append(b.ciphertexts, *pk.Encrypt(&b.list[i%n], &b.r[i]))
	}
	return b
}

func newChoices(t require.TestingT, list []group.Element) *sigma.Choices {
	choices, err := sigma.NewChoices(list)
	require.NoError(t, err)
	return choices
}

// transcript returns the context of ballot i.
func (b *ballots) transcript(i int) *transcript.Transcript {
	t := transcript.New("valik/1 test ballot")
	t.Uint64("ballot", uint64(i))
	return t
}

func (b *ballots) prove(t require.TestingT, i int) *sigma.Membership {
	p, err := sigma.ProveMembership(b.transcript(i), b.pk, b.choices, &b.ciphertexts[i], i%len(b.list), &b.r[i])
	require.NoError(t, err)
	return p
}

func (b *ballots) verify(i int, p *sigma.Membership) error {
	return p.Verify(b.transcript(i), b.pk, b.choices, &b.ciphertexts[i])
}

// edited returns the encoding with field n replaced.
func edited(encoding []byte, n int, field []byte) []byte {
	out := append([]byte(nil), encoding...)
	copy(out[32*n:], field)
	return out
}

// requireStrict feeds a parser with wrong lengths and with a bad field in every
// place, and requires that good re-encodes to itself.
func requireStrict[P interface{ Bytes() []byte }](t *testing.T, parse func([]byte) (P, error), good []byte, fields []string) {
	t.Helper()
	p, err := parse(good)
	require.NoError(t, err)
	require.Equal(t, good, p.Bytes())
	for _, n := range []int{0, 1, len(good) - 32, len(good) - 1} {
		_, err := parse(good[:n])
		requirePart(t, err, "encoding", sigma.ErrLength, "truncated")
	}
	_, err = parse(append(append([]byte(nil), good...), 0))
	requirePart(t, err, "encoding", sigma.ErrLength, "extended")

	require.Len(t, good, 32*len(fields))
	for n, name := range fields {
		_, err := parse(edited(good, n, noField))
		var e *sigma.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, name, e.Part)
	}
}
