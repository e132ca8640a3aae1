package sigma_test

import (
	"encoding/binary"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/sigma"
	"valik/crypto/transcript"
)

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

// newPairs returns a true statement of a batched equality.
func newPairs(n int) (x *group.Scalar, image *group.Element, pairs *sigma.Pairs) {
	x = group.RandomScalar()
	pairs = &sigma.Pairs{A: points("A", n), D: make([]group.Element, n)}
	for i := range pairs.D {
		pairs.D[i].ScalarMult(x, &pairs.A[i])
	}
	return x, group.NewElement().ScalarBaseMult(x), pairs
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
	pk, err := elgamal.NewPublicKey(group.NewElement().ScalarBaseMult(group.RandomScalar()))
	require.NoError(t, err)
	list := points("choice", n)
	choices, err := sigma.NewChoices(list)
	require.NoError(t, err)
	b := &ballots{pk: pk, list: list, choices: choices, r: group.RandomScalars(count)}
	for i := range b.r {
		b.ciphertexts = append(b.ciphertexts, *pk.Encrypt(&list[i%n], &b.r[i]))
	}
	return b
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
