package sigma_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/sigma"
	"valik/internal/vectortest"
)

// TestMembershipOfEveryChoice proves each choice of every short list, and the
// ends of lists around the powers of four.
func TestMembershipOfEveryChoice(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 7, 16, 17, 63, 64, 65} {
		b := newBallots(t, n, n)
		for i := range n {
			if n > 7 && i > 1 && i < n-2 {
				continue
			}
			p := b.prove(t, i)
			require.NoError(t, b.verify(i, p), "choice %d of %d", i, n)
			parsed, err := sigma.ParseMembership(p.Bytes(), n)
			require.NoError(t, err)
			require.Equal(t, p.Bytes(), parsed.Bytes())
			require.NoError(t, b.verify(i, parsed), "choice %d of %d, parsed", i, n)
		}
	}
}

// TestMembershipMatchesTheSpecification: with the same randomness the prover and
// the reference make the same bytes.
func TestMembershipMatchesTheSpecification(t *testing.T) {
	for _, n := range []int{1, 4, 5, 17, 70} {
		b := newBallots(t, n, 1)
		for _, i := range []int{0, n / 2, n - 1} {
			b.encryptInstead(&b.list[i])
			reference := b.cheat(digitsOf(i, digitsFor(n)))
			reference.random = vectortest.Random("seed")
			p, err := sigma.ProveMembershipFrom(b.transcript(0), b.pk, b.choices, &b.ciphertexts[0], i, &b.r[0], vectortest.Random("seed"))
			require.NoError(t, err)
			require.Equal(t, reference.prove(), p.Bytes(), "choice %d of %d", i, n)
		}
	}
}

// TestMembershipOfPadding: an index in the padding is another name of the last
// choice; a proof with it says the same.
func TestMembershipOfPadding(t *testing.T) {
	b := newBallots(t, 5, 1)
	b.encryptInstead(&b.list[4])
	require.NoError(t, b.verify(0, b.cheat(digitsOf(11, 2)).proof(t)))
	b.encryptInstead(&b.list[3])
	p := b.cheat(digitsOf(11, 2)).proof(t)
	require.Equal(t, []string{"component B"}, b.failing(p))
}

// digitsFor returns the least m ≥ 1 with 4^m ≥ n.
func digitsFor(n int) int {
	m, size := 1, 4
	for size < n {
		m, size = m+1, 4*size
	}
	return m
}

func TestMembershipSize(t *testing.T) {
	for n, size := range map[int]int{1: 384, 4: 384, 5: 544, 16: 544, 17: 704, 64: 704, 138: 864, 256: 864, 257: 1024, 968: 1024} {
		require.Equal(t, size, sigma.MembershipSize(n), "%d choices", n)
		require.Equal(t, 32*(5*digitsFor(n)+7), size)
	}
	b := newBallots(t, 17, 1)
	require.Len(t, b.prove(t, 0).Bytes(), sigma.MembershipSize(17))
}

func TestParseMembership(t *testing.T) {
	b := newBallots(t, 5, 1)
	names := []string{
		"A", "B", "C", "D", "G_0.A", "G_0.B", "G_1.A", "G_1.B",
		"f_0,1", "f_0,2", "f_0,3", "f_1,1", "f_1,2", "f_1,3", "z_A", "z_C", "z",
	}
	parse := func(encoded []byte) (*sigma.Membership, error) { return sigma.ParseMembership(encoded, 5) }
	requireStrict(t, parse, b.prove(t, 0).Bytes(), names)
	for _, n := range []int{0, -1, sigma.MaxChoices + 1} {
		require.Panics(t, func() { _, _ = sigma.ParseMembership(nil, n) })
	}
}

// TestMembershipProverChecksItself: what is not true is not proven, and the error
// does not say what is wrong with it.
func TestMembershipProverChecksItself(t *testing.T) {
	b := newBallots(t, 5, 1)
	c, r := &b.ciphertexts[0], &b.r[0]
	zero := group.NewScalar(0)
	tests := map[string]struct {
		c     *elgamal.Ciphertext
		index int
		r     *group.Scalar
		part  string
	}{
		"other index":    {c, 1, r, "ciphertext"},
		"other r":        {c, 0, group.RandomScalar(), "ciphertext"},
		"other A":        {&elgamal.Ciphertext{A: *group.NewGenerator(), B: c.B}, 0, r, "ciphertext"},
		"other B":        {&elgamal.Ciphertext{A: c.A, B: *group.NewGenerator()}, 0, r, "ciphertext"},
		"r = 0":          {b.pk.Encrypt(&b.list[0], zero), 0, zero, "ciphertext"},
		"negative index": {c, -1, r, "index"},
		"index N":        {b.pk.Encrypt(&b.list[4], r), 5, r, "index"},
	}
	for name, test := range tests {
		_, err := sigma.ProveMembership(b.transcript(0), b.pk, b.choices, test.c, test.index, test.r)
		requirePart(t, err, test.part, sigma.ErrFalseStatement, name)
	}
}

// TestMembershipIsRandom: two proofs of one statement share no field, so nothing
// in them is a function of the choice.
func TestMembershipIsRandom(t *testing.T) {
	b := newBallots(t, 5, 1)
	p, q := b.prove(t, 0).Bytes(), b.prove(t, 0).Bytes()
	for n := 0; n < len(p); n += 32 {
		require.NotEqual(t, p[n:n+32], q[n:n+32], "field %d", n/32)
	}
}

func TestNewChoices(t *testing.T) {
	list := points("choice", 3)
	_, err := sigma.NewChoices(nil)
	requirePart(t, err, "choices", sigma.ErrLength, "empty")
	_, err = sigma.NewChoices(make([]group.Element, sigma.MaxChoices+1))
	requirePart(t, err, "choices", sigma.ErrLength, "too long")
	_, err = sigma.NewChoices(append(points("choice", 2), *group.NewElement()))
	requirePart(t, err, "choice 2", sigma.ErrIdentity, "identity")
	_, err = sigma.NewChoices(append(points("choice", 3), list[1]))
	requirePart(t, err, "choice 3", sigma.ErrDuplicate, "duplicate")

	// The list is a copy: what the caller does to its points changes nothing.
	choices := newChoices(t, list)
	require.Equal(t, 3, choices.Len())
	b := newBallots(t, 3, 1)
	b.choices = choices
	p := b.prove(t, 0)
	list[0].Double(&list[0])
	require.NoError(t, b.verify(0, p))
}

// TestMembershipOneBit flips any one bit of a good proof.
func TestMembershipOneBit(t *testing.T) {
	b := newBallots(t, 5, 1)
	good := b.prove(t, 0).Bytes()
	rapid.Check(t, func(rt *rapid.T) {
		bit := rapid.IntRange(0, 8*len(good)-1).Draw(rt, "bit")
		bad := append([]byte(nil), good...)
		bad[bit/8] ^= 1 << (bit % 8)
		if p, err := sigma.ParseMembership(bad, 5); err == nil {
			require.ErrorIs(rt, b.verify(0, p), sigma.ErrEquation, fmt.Sprint(bit))
		}
	})
}

func FuzzParseMembership(f *testing.F) {
	b := newBallots(f, 2, 1)
	good := b.prove(f, 0).Bytes()
	f.Add(good, uint16(2))
	f.Add(good, uint16(5))
	f.Add(make([]byte, sigma.MembershipSize(5)), uint16(5))
	f.Add(edited(good, 3, noField), uint16(1))
	f.Fuzz(func(t *testing.T, encoded []byte, n uint16) {
		if n == 0 {
			return
		}
		if p, err := sigma.ParseMembership(encoded, int(n)); err == nil {
			require.Equal(t, encoded, p.Bytes())
		}
	})
}
