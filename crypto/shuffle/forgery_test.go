package shuffle_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/shuffle"
)

// forge makes the proof of a lying prover and reads it as a verifier would.
func forge(t *testing.T, p *prover) (*shuffle.Proof, *shuffle.Statement) {
	t.Helper()
	b := p.prove(mixContext(1), rand.Reader)
	proof, err := shuffle.ParseProof(b, p.in.Len(), p.in.Width())
	require.NoError(t, err)
	return proof, &shuffle.Statement{Key: p.key, Input: p.in, Output: p.out}
}

// requireFails checks that exactly these equations fail, and that Verify names the
// first of them: what is left out of the verifier would let the forgery pass.
func requireFails(t *testing.T, p *prover, index int, parts ...string) {
	t.Helper()
	proof, s := forge(t, p)
	require.Equal(t, parts, proof.Failing(mixContext(1), s))
	err := verify(proof, s)
	require.ErrorIs(t, err, shuffle.ErrEquation)
	requirePart(t, err, parts[0], index)
}

// liar is a prover who knows the plaintexts and the randomness of both sides, as
// a mixer who works with voters would.
type liar struct {
	*prover
	x                *world
	messageOut, rOut [][]group.Scalar // plaintexts and randomness of the output
}

// newLiar starts from an honest shuffle.
func newLiar(n, w int) *liar {
	x := newWorld(n, w, rand.Reader)
	l := &liar{prover: honest(x), x: x}
	pi, r := x.witness.Secrets()
	for i, j := range pi {
		l.messageOut = append(l.messageOut, append([]group.Scalar(nil), x.message[j]...))
		row := make([]group.Scalar, w)
		for k := range row {
			row[k].Add(&x.r[j][k], &r[i*w+k])
		}
		l.rOut = append(l.rOut, row)
	}
	l.rTilde = l.difference
	return l
}

// difference is the randomness of Σ ũ_i·e'_i,k − Σ u_j·e_j,k.
func (l *liar) difference(u, ut []group.Scalar, k int) *group.Scalar {
	d := new(group.Scalar)
	for i := range ut {
		d.MultiplyAdd(&ut[i], &l.rOut[i][k], d)
		d.Subtract(d, times(&u[i], &l.x.r[i][k]))
	}
	return d
}

// encryptOutput makes the output from messageOut and rOut.
func (l *liar) encryptOutput() { l.out = encrypt(l.key, l.x.w, l.messageOut, l.rOut) }

// follow makes the output rows those that the matrix m gives: e'_i is s·e_j where
// the row of m says so.
func (l *liar) follow(m [][]group.Scalar, source func(i int) (j int, s *group.Scalar)) {
	l.matrix = m
	l.uTilde = func(u []group.Scalar) []group.Scalar { return apply(m, u) }
	for i := range m {
		j, s := source(i)
		for k := range l.x.w {
			l.messageOut[i][k].Multiply(s, &l.x.message[j][k])
		}
	}
	l.encryptOutput()
}

var one = group.NewScalar(1)

func TestForgeryHarnessIsHonestByDefault(t *testing.T) {
	l := newLiar(4, 2)
	proof, s := forge(t, l.prover)
	require.NoError(t, verify(proof, s))
	l.encryptOutput()
	proof, s = forge(t, l.prover)
	require.NoError(t, verify(proof, s))
}

// Only t_1: a matrix that doubles the weight of one row and halves another keeps
// the product of the ũ, and the output multiplies plaintexts by 1/2 and 2.
func TestScaledRows(t *testing.T) {
	l := newLiar(3, 1)
	two, half := group.NewScalar(2), inverse(group.NewScalar(2))
	m := zeros(3)
	m[0][0], m[1][1], m[2][2] = *two, *half, *one
	l.follow(m, func(i int) (int, *group.Scalar) {
		return i, []*group.Scalar{half, two, one}[i]
	})
	requireFails(t, l.prover, -1, "t_1")
}

// For one row too: the only permutation is the identity.
func TestScaledSingleRow(t *testing.T) {
	l := newLiar(1, 1)
	two := group.NewScalar(2)
	l.follow([][]group.Scalar{{*two}}, func(int) (int, *group.Scalar) { return 0, inverse(two) })
	requireFails(t, l.prover, -1, "t_1", "t_2")
}

// Only t_2: a ballot counts twice and another is dropped. The sums of the rows of
// the matrix are 1; the plaintext of the dropped ballot must be that of the
// second copy's weight, so the voter of row 1 works with the mixer.
func duplicateRow() *liar {
	l := newLiar(3, 1)
	m := zeros(3)
	// ũ = (u_0 + u_1 − u_2, u_2, u_2): every row adds up to 1
	m[0][0], m[0][1] = *one, *one
	m[0][2].Negate(one)
	m[1][2], m[2][2] = *one, *one
	for k := range l.x.w {
		// Σ ũ_i·m'_i = Σ u_j·m_j: m_0 = m_1 = m'_0, m_2 = m'_1 + m'_2 − m'_0
		l.x.message[1][k] = l.x.message[0][k]
	}
	l.x.in = encrypt(l.key, l.x.w, l.x.message, l.x.r)
	l.in = l.x.in
	l.matrix = m
	l.uTilde = func(u []group.Scalar) []group.Scalar { return apply(m, u) }
	for k := range l.x.w {
		sum := new(group.Scalar).Add(&l.x.message[2][k], &l.x.message[0][k])
		l.messageOut[0][k] = l.x.message[0][k]
		l.messageOut[1][k] = *group.RandomScalar()
		l.messageOut[2][k] = *minus(sum, &l.messageOut[1][k])
	}
	l.encryptOutput()
	return l
}

func TestNonPermutationThatKeepsTheSums(t *testing.T) {
	requireFails(t, duplicateRow().prover, -1, "t_2")
}

// Only a link: the same, with a chain bent so that it ends in Π u_j.
func TestBentChain(t *testing.T) {
	for i := range 3 {
		l := duplicateRow()
		l.bend = i
		requireFails(t, l.prover, i, "t_hat")
	}
}

// A row copied and another dropped, without anybody's help.
func TestRowTwice(t *testing.T) {
	l := newLiar(2, 1)
	m := zeros(2)
	m[0][0], m[1][0] = *one, *one
	l.follow(m, func(int) (int, *group.Scalar) { return 0, one })
	requireFails(t, l.prover, -1, "t_2", "t_4")
}

// Two rows merged into one, the other empty.
func TestRowsMerged(t *testing.T) {
	l := newLiar(2, 1)
	m := zeros(2)
	m[0][0], m[0][1] = *one, *one
	l.follow(m, func(i int) (int, *group.Scalar) { return i, one })
	requireFails(t, l.prover, -1, "t_1", "t_2", "t_4")
}

// Half of each row in both places: the sums are right.
func TestRowsBlended(t *testing.T) {
	l := newLiar(2, 1)
	half := *inverse(group.NewScalar(2))
	l.follow([][]group.Scalar{{half, half}, {half, half}}, func(int) (int, *group.Scalar) { return 0, one })
	requireFails(t, l.prover, -1, "t_2", "t_4")
}

// Only t_3: the mixer commits to a true permutation, replaces two ballots, and
// afterwards solves for the ũ that make sums and product come out right.
func TestAdaptiveWeights(t *testing.T) {
	l := newLiar(2, 1)
	l.messageOut[0][0] = *group.RandomScalar()
	l.messageOut[1][0] = group.Scalar{} // a plaintext that its ũ cannot change
	l.encryptOutput()
	l.uTilde = func(u []group.Scalar) []group.Scalar {
		// ũ_0·m'_0 = Σ u_j·m_j   ũ_0·ũ_1 = Π u_j
		target := new(group.Scalar)
		for j := range u {
			target.MultiplyAdd(&u[j], &l.x.message[j][0], target)
		}
		ut := make([]group.Scalar, 2)
		ut[0].Multiply(target, inverse(&l.messageOut[0][0]))
		ut[1].Multiply(productOf(u), inverse(&ut[0]))
		return ut
	}
	requireFails(t, l.prover, -1, "t_3")
}

// Only t_4,k: the mixer puts a ballot of its own in a place and proves the rest
// honestly.
func TestReplacedCiphertext(t *testing.T) {
	for k := range 2 {
		l := newLiar(5, 2)
		l.messageOut[3][k] = *group.RandomScalar()
		l.encryptOutput()
		requireFails(t, l.prover, k, "t_4")
	}
}

// Each component by itself.
func TestReplacedComponent(t *testing.T) {
	for name, change := range map[string]func(c *elgamal.Ciphertext){
		"A":          func(c *elgamal.Ciphertext) { c.A.Add(&c.A, base) },
		"B":          func(c *elgamal.Ciphertext) { c.B.Add(&c.B, base) },
		"A identity": func(c *elgamal.Ciphertext) { c.A.Set(group.NewElement()) },
		"B identity": func(c *elgamal.Ciphertext) { c.B.Set(group.NewElement()) },
		"empty":      func(c *elgamal.Ciphertext) { *c = emptyCiphertext() },
	} {
		t.Run(name, func(t *testing.T) {
			p := honest(newWorld(3, 1, rand.Reader))
			p.out = rows(p.out, func(c []elgamal.Ciphertext) []elgamal.Ciphertext {
				change(&c[1])
				return c
			})
			requireFails(t, p, 0, "t_4")
		})
	}
}

func emptyCiphertext() elgamal.Ciphertext {
	return elgamal.Ciphertext{A: *group.NewElement(), B: *group.NewElement()}
}

// Ciphertexts of a row that move to different rows: the second one's equation.
func TestColumnsPermutedDifferently(t *testing.T) {
	p := honest(newWorld(4, 2, rand.Reader))
	p.out = rows(p.out, func(c []elgamal.Ciphertext) []elgamal.Ciphertext {
		c[1], c[3] = c[3], c[1] // second ciphertexts of rows 0 and 1
		return c
	})
	requireFails(t, p, 1, "t_4")
}

// Ciphertexts that change places within a row.
func TestCiphertextsSwappedInARow(t *testing.T) {
	p := honest(newWorld(4, 2, rand.Reader))
	p.out = rows(p.out, func(c []elgamal.Ciphertext) []elgamal.Ciphertext {
		c[0], c[1] = c[1], c[0]
		return c
	})
	requireFails(t, p, 0, "t_4", "t_4")
}

// A prover who knows the relations of its own generators can open a commitment
// to any matrix. The verifier derives its own.
func TestGeneratorsOfTheProver(t *testing.T) {
	p := honest(newWorld(3, 1, rand.Reader))
	for i := range p.generators {
		p.generators[i].ScalarBaseMult(group.NewScalar(uint64(i + 2)))
	}
	requireFails(t, p, -1, "t_1", "t_3")

	p = honest(newWorld(3, 1, rand.Reader))
	p.h = group.NewElement().ScalarBaseMult(group.NewScalar(7))
	requireFails(t, p, -1, "t_2", "t_hat")

	p = honest(newWorld(3, 1, rand.Reader))
	p.generators[0], p.generators[1] = p.generators[1], p.generators[0]
	requireFails(t, p, -1, "t_3")
}

// Errors of two equations that cancel: this is what the weights are for.
func TestErrorsThatCancel(t *testing.T) {
	const n, w = 3, 1
	x := newWorld(n, w, rand.Reader)
	b := x.prove(t).Bytes()
	elements := 3*n + 3 + 2*w
	for name, places := range map[string][2]int{
		"s_1 and s_2":                 {0, 1},
		"s_hat of the first and last": {3 + w, 3 + w + n - 1},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := shuffle.ParseProof(addScalar(addScalar(b, elements+places[0], one), elements+places[1],
				new(group.Scalar).Negate(one)), n, w)
			require.NoError(t, err)
			require.ErrorIs(t, verify(p, x.statement), shuffle.ErrEquation)
			same := bytes.NewReader(bytes.Repeat([]byte{5}, 16*(3+2*w+n)))
			require.True(t, p.BatchHolds(mixContext(1), x.statement, same), "equal weights would accept it")
		})
	}
}

func addScalar(b []byte, at int, d *group.Scalar) []byte {
	s, err := new(group.Scalar).SetBytes(b[fieldSize*at : fieldSize*(at+1)])
	if err != nil {
		panic(err)
	}
	return replaceField(b, at, s.Add(s, d).Bytes())
}

// Every response belongs to the equations that it answers.
func TestChangedResponse(t *testing.T) {
	const n, w = 3, 2
	x := newWorld(n, w, rand.Reader)
	b := x.prove(t).Bytes()
	equations := map[string][]string{
		"s_1": {"t_1"}, "s_2": {"t_2"}, "s_3": {"t_3"}, "s_4": {"t_4"},
		"s_hat": {"t_hat"}, "s_tilde": {"t_3", "t_4", "t_4", "t_hat"},
	}
	for at := 3*n + 3 + 2*w; at < len(b)/fieldSize; at++ {
		for name, changed := range map[string][]byte{
			"added": addScalar(b, at, one), "zeroed": replaceField(b, at, make([]byte, fieldSize)),
		} {
			p, err := shuffle.ParseProof(changed, n, w)
			require.NoError(t, err)
			part, index := p.Field(at)
			failing := equations[part]
			require.Equal(t, failing, p.Failing(mixContext(1), x.statement), "%s %s", part, name)
			if part == "s_tilde" {
				index = -1
			}
			requirePart(t, verify(p, x.statement), failing[0], index)
		}
	}
}

// Every commitment is in a challenge, so its change breaks every equation.
func TestChangedCommitment(t *testing.T) {
	const n, w = 2, 2
	x := newWorld(n, w, rand.Reader)
	b := x.prove(t).Bytes()
	for at := range 3*n + 3 + 2*w {
		for _, wrong := range []*group.Element{base, group.NewElement()} {
			p, err := shuffle.ParseProof(replaceField(b, at, wrong.Bytes()), n, w)
			require.NoError(t, err)
			part, index := p.Field(at)
			require.ErrorIs(t, verify(p, x.statement), shuffle.ErrUnrelated, fmt.Sprint(part, index))
		}
	}
}

func TestEmptiedProofs(t *testing.T) {
	const n, w = 3, 1
	x := newWorld(n, w, rand.Reader)
	b := x.prove(t).Bytes()
	elements := fieldSize * (3*n + 3 + 2*w)
	for name, emptied := range map[string][]byte{
		"everything": make([]byte, len(b)),
		"responses":  append(b[:elements:elements], make([]byte, len(b)-elements)...),
		"elements":   append(make([]byte, elements), b[elements:]...),
	} {
		p, err := shuffle.ParseProof(emptied, n, w)
		require.NoError(t, err)
		require.ErrorIs(t, verify(p, x.statement), shuffle.ErrEquation, name)
	}
}

// A link left out, for a list that is one row shorter.
func TestDroppedRow(t *testing.T) {
	const n, w = 4, 1
	x := newWorld(n, w, rand.Reader)
	b := x.prove(t).Bytes()
	var shorter []byte
	for at := range len(b) / fieldSize {
		switch at {
		case n - 1, 2*n - 1, 3*n + 2 + 2*w, 4*n + 5 + 3*w, 5*n + 5 + 3*w: // the last c, ĉ, t̂, ŝ, s̃
		default:
			shorter = append(shorter, b[fieldSize*at:fieldSize*(at+1)]...)
		}
	}
	p, err := shuffle.ParseProof(shorter, n-1, w)
	require.NoError(t, err)
	drop := func(c []elgamal.Ciphertext) []elgamal.Ciphertext { return c[:n-1] }
	s := &shuffle.Statement{Key: x.key, Input: rows(x.in, drop), Output: rows(x.out, drop)}
	require.ErrorIs(t, verify(p, s), shuffle.ErrUnrelated)
	require.ErrorIs(t, verify(p, x.statement), shuffle.ErrLength)
}
