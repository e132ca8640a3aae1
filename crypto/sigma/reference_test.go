package sigma_test

import (
	"crypto/rand"
	"io"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/internal/tuplehash"
	"valik/crypto/sigma"
	"valik/crypto/transcript"
)

// reference is a membership prover written from docs/protocol/membership.md alone,
// term by term. It shares no code with the package. Its digits b may be anything,
// so it is also the best cheating prover: whatever b is, it answers as well as
// it can.
type reference struct {
	t      *transcript.Transcript
	pk     *elgamal.PublicKey
	points []group.Element
	c      *elgamal.Ciphertext
	r      *group.Scalar
	b      [][4]group.Scalar // b[j][i]

	random io.Reader

	noZeroPlace bool // leave index 0 of every place out of C and D
}

// digitsOf returns the rows b_j of an honest prover.
func digitsOf(index, m int) [][4]group.Scalar {
	b := make([][4]group.Scalar, m)
	for j := range b {
		b[j][index>>(2*j)&3] = *group.NewScalar(1)
	}
	return b
}

// integers returns one row of digits.
func integers(v [4]int) (row [4]group.Scalar) {
	for i, n := range v {
		row[i] = *group.NewScalar(uint64(max(n, -n)))
		if n < 0 {
			row[i].Negate(&row[i])
		}
	}
	return row
}

func sum(a, b *group.Scalar) *group.Scalar     { return group.NewScalar(0).Add(a, b) }
func diff(a, b *group.Scalar) *group.Scalar    { return group.NewScalar(0).Subtract(a, b) }
func product(a, b *group.Scalar) *group.Scalar { return group.NewScalar(0).Multiply(a, b) }

// com returns r·G + Σ v_{j,i}·H_{j,i}.
func com(v [][4]group.Scalar, r *group.Scalar) *group.Element {
	h := group.Generators("valik/1 membership", 4*len(v))
	e := mult(r, group.NewGenerator())
	for j := range v {
		for i := range v[j] {
			e.Add(e, mult(&v[j][i], &h[4*j+i]))
		}
	}
	return e
}

// prove returns the encoded proof.
func (p *reference) prove() []byte {
	m := len(p.b)
	a := p.masks()
	rA, rB, rC, rD := p.scalar(), p.scalar(), p.scalar(), p.scalar()
	rho := make([]group.Scalar, m)
	for k := range rho {
		rho[k].Set(p.scalar())
	}
	gamma, delta := make([][4]group.Scalar, m), make([][4]group.Scalar, m)
	for j := range a {
		for i := range 4 {
			if i == 0 && p.noZeroPlace {
				continue
			}
			gamma[j][i] = *product(&a[j][i], diff(group.NewScalar(1), sum(&p.b[j][i], &p.b[j][i])))
			delta[j][i] = *diff(group.NewScalar(0), product(&a[j][i], &a[j][i]))
		}
	}
	out := com(a, rA).Bytes()
	for _, e := range []*group.Element{com(p.b, rB), com(gamma, rC), com(delta, rD)} {
		out = e.AppendBytes(out)
	}
	w := p.coefficients(a)
	for k := range m {
		out = mult(&rho[k], group.NewGenerator()).AppendBytes(out)
		b := mult(&rho[k], p.pk.Element())
		out = b.Subtract(b, w[k]).AppendBytes(out)
	}
	x := referenceChallenge(p.t, p.pk, p.points, p.c, out, m)
	return p.respond(out, x, a, rho, rA, rB, rC, rD)
}

// masks returns the a_{j,i}.
func (p *reference) masks() [][4]group.Scalar {
	a := make([][4]group.Scalar, len(p.b))
	for j := range a {
		for i := 1; i < 4; i++ {
			a[j][i] = *p.scalar()
			a[j][0] = *diff(&a[j][0], &a[j][i])
		}
	}
	return a
}

func (p *reference) scalar() *group.Scalar {
	s, err := group.ReadScalar(p.random)
	if err != nil {
		panic(err)
	}
	return s
}

func (p *reference) respond(out []byte, x *group.Scalar, a [][4]group.Scalar, rho []group.Scalar, rA, rB, rC, rD *group.Scalar) []byte {
	for j := range a {
		for i := 1; i < 4; i++ {
			out = sum(product(&p.b[j][i], x), &a[j][i]).AppendBytes(out)
		}
	}
	out = sum(product(rB, x), rA).AppendBytes(out)
	out = sum(product(rC, x), rD).AppendBytes(out)
	power, z := group.NewScalar(1), group.NewScalar(0)
	for k := range rho {
		z = diff(z, product(&rho[k], power))
		power = product(power, x)
	}
	return sum(z, product(p.r, power)).AppendBytes(out)
}

// coefficients returns W_0 … W_m of Σ_i p_i(x)·M_i over all 4^m padded indices,
// by multiplying out every p_i.
func (p *reference) coefficients(a [][4]group.Scalar) []*group.Element {
	m := len(a)
	w := make([]*group.Element, m+1)
	for k := range w {
		w[k] = group.NewElement()
	}
	for i := range 1 << (2 * m) {
		poly := []group.Scalar{*group.NewScalar(1)}
		for j := range m {
			d := i >> (2 * j) & 3
			next := make([]group.Scalar, len(poly)+1)
			for k := range poly {
				next[k] = *sum(&next[k], product(&poly[k], &a[j][d]))
				next[k+1] = *sum(&next[k+1], product(&poly[k], &p.b[j][d]))
			}
			poly = next
		}
		for k := range poly {
			w[k].Add(w[k], mult(&poly[k], &p.points[min(i, len(p.points)-1)]))
		}
	}
	return w
}

// referenceChallenge absorbs what the specification lists.
func referenceChallenge(t *transcript.Transcript, pk *elgamal.PublicKey, points []group.Element, c *elgamal.Ciphertext, commitments []byte, m int) *group.Scalar {
	h := tuplehash.New("valik/1 choices")
	for i := range points {
		h.WriteString(points[i].Bytes())
	}
	t.String("proof", "valik/1 membership")
	t.Element("Y", pk.Element())
	t.String("generators", "valik/1 membership")
	t.Uint64("4m", uint64(4*m))
	t.Uint64("N", uint64(len(points)))
	t.Bytes("choices", h.XOF(64))
	t.Bytes("ciphertext", append(c.A.Bytes(), c.B.Bytes()...))
	t.Bytes("A", commitments[:32])
	t.Bytes("B", commitments[32:64])
	t.Bytes("C", commitments[64:96])
	t.Bytes("D", commitments[96:128])
	t.Bytes("G", commitments[128:])
	return t.Challenge("x")
}

// proof parses what the reference prover made for ballot i of b.
func (p *reference) proof(t require.TestingT) *sigma.Membership {
	proof, err := sigma.ParseMembership(p.prove(), len(p.points))
	require.NoError(t, err)
	return proof
}

// cheat returns the reference prover for ballot 0 of b with digits of its choice.
func (b *ballots) cheat(digits [][4]group.Scalar) *reference {
	return &reference{t: b.transcript(0), pk: b.pk, points: b.list, c: &b.ciphertexts[0], r: &b.r[0], b: digits, random: rand.Reader}
}

// encryptInstead replaces ballot 0 by an encryption of m.
func (b *ballots) encryptInstead(m *group.Element) {
	b.ciphertexts[0] = *b.pk.Encrypt(m, &b.r[0])
}

// failing returns the equations that p does not satisfy for ballot 0.
func (b *ballots) failing(p *sigma.Membership) []string {
	c := &b.ciphertexts[0]
	return p.FailingAt(p.Challenge(b.transcript(0), b.pk, b.choices, c), b.pk, b.choices, c)
}
