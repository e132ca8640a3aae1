package sigma_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/sigma"
)

// TestMembershipOfAnotherStatement verifies a good proof for everything but what
// it was made for.
func TestMembershipOfAnotherStatement(t *testing.T) {
	b := newBallots(t, 5, 2)
	p := b.prove(t, 0)
	changes := map[string]func(o *ballots){
		"other key":           func(o *ballots) { o.pk = newBallots(t, 1, 1).pk },
		"key is G":            func(o *ballots) { o.pk = key(t, group.NewGenerator()) },
		"key is 2Y":           func(o *ballots) { o.pk = key(t, add(b.pk.Element(), b.pk.Element())) },
		"list permuted":       func(o *ballots) { o.list[1], o.list[2] = o.list[2], o.list[1] },
		"list rotated":        func(o *ballots) { o.list = append(o.list[1:], o.list[0]) },
		"one choice replaced": func(o *ballots) { o.list[4] = *point("new", 0) },
		"list longer":         func(o *ballots) { o.list = append(o.list, *point("choice", 5)) },
		"other list":          func(o *ballots) { o.list = points("other", 5) },
		"re-encrypted":        func(o *ballots) { o.ciphertexts[0] = *b.pk.ReEncrypt(&b.ciphertexts[0], group.NewScalar(1)) },
		"A + G":               func(o *ballots) { c := &o.ciphertexts[0]; c.A.Add(&c.A, group.NewGenerator()) },
		"B + G":               func(o *ballots) { c := &o.ciphertexts[0]; c.B.Add(&c.B, group.NewGenerator()) },
		"B + M_1 - M_0":       func(o *ballots) { c := &o.ciphertexts[0]; c.B.Add(&c.B, &b.list[1]); c.B.Subtract(&c.B, &b.list[0]) },
		"doubled":             func(o *ballots) { c := &o.ciphertexts[0]; c.A.Double(&c.A); c.B.Double(&c.B) },
		"negated":             func(o *ballots) { c := &o.ciphertexts[0]; c.A.Negate(&c.A); c.B.Negate(&c.B) },
		"components swapped":  func(o *ballots) { c := &o.ciphertexts[0]; c.A, c.B = c.B, c.A },
		"another ballot":      func(o *ballots) { o.ciphertexts[0] = b.ciphertexts[1] },
		"B is the identity":   func(o *ballots) { o.ciphertexts[0].B = *group.NewElement() },
	}
	for name, change := range changes {
		o := *b
		o.list = append([]group.Element(nil), b.list...)
		o.ciphertexts = append([]elgamal.Ciphertext(nil), b.ciphertexts...)
		change(&o)
		o.choices = newChoices(t, o.list)
		requirePart(t, o.verify(0, p), "equation digits", sigma.ErrEquation, name)
	}
	err := p.Verify(b.transcript(1), b.pk, b.choices, &b.ciphertexts[0])
	requirePart(t, err, "equation digits", sigma.ErrEquation, "other context")
}

func key(t *testing.T, y *group.Element) *elgamal.PublicKey {
	pk, err := elgamal.NewPublicKey(y)
	require.NoError(t, err)
	return pk
}

// TestMembershipOfATruncatedList: with the same number of digits only the
// challenge and the padding tell the lists apart.
func TestMembershipOfATruncatedList(t *testing.T) {
	b := newBallots(t, 8, 1)
	p := b.prove(t, 0)
	for _, n := range []int{5, 6, 7} {
		b.choices = newChoices(t, b.list[:n])
		requirePart(t, b.verify(0, p), "equation digits", sigma.ErrEquation, "same m")
	}
	b.choices = newChoices(t, b.list[:4])
	requirePart(t, b.verify(0, p), "number of digits", sigma.ErrLength, "other m")
}

func TestMembershipRefusesAnOpenCiphertext(t *testing.T) {
	b := newBallots(t, 5, 1)
	p := b.prove(t, 0)
	b.ciphertexts[0] = elgamal.Ciphertext{A: *group.NewElement(), B: b.list[0]}
	requirePart(t, b.verify(0, p), "component A of the ciphertext", sigma.ErrIdentity, "A = identity")
	// Even from a prover who is right about r = 0.
	b.r[0] = *group.NewScalar(0)
	right := b.cheat(digitsOf(0, 2)).proof(t)
	require.Empty(t, b.failing(right))
	requirePart(t, b.verify(0, right), "component A of the ciphertext", sigma.ErrIdentity, "r = 0")
}

// TestMembershipMauled changes one field of a good proof. A response that is wrong
// fails in its own equation; a commitment changes the challenge.
func TestMembershipMauled(t *testing.T) {
	b := newBallots(t, 5, 1)
	good := b.prove(t, 0).Bytes()
	part := map[int]string{14: "digits", 15: "zero or one", 16: "component A"}
	for n := range len(good) / 32 {
		fields := [][]byte{make([]byte, 32), group.NewScalar(1).Bytes(), group.RandomScalar().Bytes()}
		if n < 8 {
			fields = [][]byte{make([]byte, 32), group.NewGenerator().Bytes(), b.pk.Bytes(), good[32*((n+1)%8):][:32]}
		}
		for _, field := range fields {
			p, err := sigma.ParseMembership(edited(good, n, field), 5)
			require.NoError(t, err)
			want, isLast := part[n]
			if !isLast {
				want = "digits"
			}
			requirePart(t, b.verify(0, p), "equation "+want, sigma.ErrEquation, want)
		}
	}
}

func TestMembershipAllZero(t *testing.T) {
	for _, n := range []int{1, 5} {
		b := newBallots(t, n, 1)
		p, err := sigma.ParseMembership(make([]byte, sigma.MembershipSize(n)), n)
		require.NoError(t, err)
		requirePart(t, b.verify(0, p), "equation digits", sigma.ErrEquation, "all zero")
	}
}

// TestMembershipOfNoChoice: a prover who plays by the rules but encrypts a point
// that is in no list fails in component B, and only there.
func TestMembershipOfNoChoice(t *testing.T) {
	b := newBallots(t, 5, 1)
	for name, m := range map[string]*group.Element{
		"unrelated":      point("no choice", 0),
		"identity":       group.NewElement(),
		"sum of choices": add(&b.list[0], &b.list[1]),
		"twice a choice": add(&b.list[0], &b.list[0]),
		"other choice":   &b.list[3],
	} {
		b.encryptInstead(m)
		p := b.cheat(digitsOf(0, 2)).proof(t)
		require.Equal(t, []string{"component B"}, b.failing(p), name)
		requirePart(t, b.verify(0, p), "equation component B", sigma.ErrEquation, name)
	}
}

// TestMembershipOfUnlikeComponents: A = r·G with another r than B.
func TestMembershipOfUnlikeComponents(t *testing.T) {
	b := newBallots(t, 5, 1)
	b.ciphertexts[0].A.ScalarBaseMult(group.RandomScalar())
	p := b.cheat(digitsOf(0, 2)).proof(t)
	require.Equal(t, []string{"component A"}, b.failing(p), "r of B")
}

// TestMembershipOfFalseDigits: the prover encrypts Σ_i w_i·M_i and uses w as digits.
// Everything else it does right, so only the proof that digits are zero or one, one
// in each place, stands between it and a vote for a point of its choice.
func TestMembershipOfFalseDigits(t *testing.T) {
	tests := map[string]struct {
		row     [4]int
		failing []string
	}{
		// Without H_{j,0}, that is with the digits of index 0 implied by the
		// others in the commitments too, the first two would pass.
		"two ones and a minus one": {[4]int{-1, 1, 1, 0}, []string{"zero or one"}},
		"three ones":               {[4]int{-2, 1, 1, 1}, []string{"zero or one"}},
		"a minus one elsewhere":    {[4]int{1, 1, -1, 0}, []string{"zero or one"}},
		"far away":                 {[4]int{1001, 0, -1000, 0}, []string{"zero or one"}},
		"two ones":                 {[4]int{0, 1, 1, 0}, []string{"digits", "zero or one", "component B"}},
		"no one":                   {[4]int{0, 0, 0, 0}, []string{"digits", "zero or one", "component B"}},
		"a two":                    {[4]int{0, 2, 0, 0}, []string{"digits", "zero or one", "component B"}},
	}
	for name, test := range tests {
		b := newBallots(t, 4, 1)
		row := integers(test.row)
		b.encryptInstead(group.NewElement().VarTimeMultiScalarMult(row[:], b.list))
		p := b.cheat([][4]group.Scalar{row}).proof(t)
		require.Equal(t, test.failing, b.failing(p), name)
		require.ErrorIs(t, b.verify(0, p), sigma.ErrEquation, name)
	}
}

// TestMembershipWithoutTheZeroPlace builds the forgery that a scheme with 3m
// generators accepts: digits that are zero or one for i = 1, 2, 3 and minus one for
// i = 0, where it commits to nothing. All that is left of the equation that
// catches it is a multiple of H_{0,0}.
func TestMembershipWithoutTheZeroPlace(t *testing.T) {
	b := newBallots(t, 4, 1)
	row := integers([4]int{-1, 1, 1, 0})
	b.encryptInstead(group.NewElement().VarTimeMultiScalarMult(row[:], b.list))
	cheat := b.cheat([][4]group.Scalar{row})
	cheat.noZeroPlace = true
	p := cheat.proof(t)
	require.Equal(t, []string{"zero or one"}, b.failing(p))

	// D + x·C - Com(f·(x-f); z_C) = -f_0·(x-f_0)·H_{0,0}
	x := p.Challenge(b.transcript(0), b.pk, b.choices, &b.ciphertexts[0])
	lines := p.Lines(x)
	var rest [4]group.Scalar
	for i := range rest {
		rest[i].Set(product(&lines[i], diff(x, &lines[i])))
	}
	encoded := p.Bytes()
	left := add(decode(t, encoded[96:128]), mult(x, decode(t, encoded[64:96])))
	zC, err := group.NewScalar(0).SetBytes(encoded[len(encoded)-64 : len(encoded)-32])
	require.NoError(t, err)
	left.Subtract(left, com([][4]group.Scalar{rest}, zC))
	h := group.Generators("valik/1 membership", 1)
	require.True(t, left.Equal(group.NewElement().Negate(mult(&rest[0], &h[0]))))
}

func decode(t *testing.T, b []byte) *group.Element {
	e, err := group.NewElement().SetBytes(b)
	require.NoError(t, err)
	return e
}

// TestMembershipOfHalves: digits of one half each add up to one.
func TestMembershipOfHalves(t *testing.T) {
	b := newBallots(t, 2, 1)
	half := group.NewScalar(2)
	half.Invert(half)
	row := [4]group.Scalar{*half, *half}
	b.encryptInstead(group.NewElement().VarTimeMultiScalarMult(row[:2], b.list))
	require.Equal(t, []string{"zero or one"}, b.failing(b.cheat([][4]group.Scalar{row}).proof(t)))
}

// TestMembershipSimulated is the weak Fiat–Shamir forgery: responses first, then
// the commitments that go with them under a challenge of the forger's choice.
// Under that challenge all equations hold, which is also why the proof gives
// nothing away; the challenge that absorbs the commitments is another one.
func TestMembershipSimulated(t *testing.T) {
	for _, n := range []int{1, 5, 17} {
		b := newBallots(t, n, 1)
		b.encryptInstead(point("no choice", 0))
		for name, x := range map[string]*group.Scalar{
			"x = 0": group.NewScalar(0), "x = 1": group.NewScalar(1), "x random": group.RandomScalar(),
		} {
			p, err := sigma.ParseMembership(simulate(b, x), n)
			require.NoError(t, err)
			require.Empty(t, p.FailingAt(x, b.pk, b.choices, &b.ciphertexts[0]), name)
			requirePart(t, b.verify(0, p), "equation digits", sigma.ErrEquation, name)
		}
	}
}
