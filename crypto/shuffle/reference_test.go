package shuffle_test

import (
	"io"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/transcript"
)

// prover is a second prover, written from docs/protocol/shuffle.md alone: the
// chain by its recursion, every sum term by term, the encoding field by field.
// It commits to any matrix and takes any ũ, so that the forgery tests can lie with
// it in one place and be honest in all others.
type prover struct {
	key        *elgamal.PublicKey
	in, out    *elgamal.Rows
	generators []group.Element // H_1 … H_N
	h          *group.Element  // H

	matrix [][]group.Scalar                                // c_j commits to column j
	uTilde func(u []group.Scalar) []group.Scalar           // an honest prover has ũ = matrix·u
	rTilde func(u, ut []group.Scalar, k int) *group.Scalar // the r with Σ ũ_i·e'_i,k − Σ u_j·e_j,k = r·(G, Y)
	bend   int                                             // this link makes the chain end in Π u_j; -1: none
}

// honest proves that π and r' make the output of the input.
func honest(x *world) *prover {
	pi, r := x.witness.Secrets()
	m := permutationMatrix(pi)
	return &prover{
		key: x.key, in: x.in, out: x.out,
		generators: generators(x.n), h: group.HashToElement("valik/1 shuffle chain base"),
		matrix: m,
		uTilde: func(u []group.Scalar) []group.Scalar { return apply(m, u) },
		rTilde: func(_, ut []group.Scalar, k int) *group.Scalar {
			s := new(group.Scalar)
			for i := range ut {
				s.MultiplyAdd(&ut[i], &r[i*x.w+k], s)
			}
			return s
		},
		bend: -1,
	}
}

// generators derives H_i one by one, by the rule of the specification.
func generators(n int) []group.Element {
	h := make([]group.Element, n)
	for i := range h {
		h[i] = *group.HashToElement("valik/1 shuffle", bigEndian(uint64(i+1)))
	}
	return h
}

func (p *prover) prove(t *transcript.Transcript, random io.Reader) []byte {
	n, w := p.in.Len(), p.in.Width()
	r, rHat := randomVector(n, random), randomVector(n, random)
	omega, omega4 := randomVector(3, random), randomVector(w, random)
	omegaHat, omegaTilde := randomVector(n, random), randomVector(n, random)

	c := p.commit(r)
	u := p.challengeRows(t, c)
	ut := p.uTilde(u)
	links := p.chain(u, ut, rHat)

	e := &encoder{}
	t1, t2 := mult(&omega[0], base), mult(&omega[1], base)
	t3 := combine(mult(&omega[2], base), omegaTilde, p.generators)
	e.add(t1, t2, t3)
	for k := range w {
		minusOmega := new(group.Scalar).Negate(&omega4[k])
		a, b := mult(minusOmega, base), mult(minusOmega, p.key.Element())
		for i := range n {
			a = combine(a, omegaTilde[i:i+1], []group.Element{p.out.At(i, k).A})
			b = combine(b, omegaTilde[i:i+1], []group.Element{p.out.At(i, k).B})
		}
		e.add(a, b)
	}
	for i := range n {
		e.add(combine(mult(&omegaHat[i], base), omegaTilde[i:i+1], links[i:i+1]))
	}
	chain := group.EncodeAll(links[1:])
	t.Bytes("chain", chain)
	t.Bytes("t", e.b)
	ch := t.Challenge("c")

	// R_N, the opening of the end of the chain
	end := new(group.Scalar)
	for i := range n {
		end.MultiplyAdd(p.link(i, u, ut), end, &rHat[i])
	}
	answer := func(secret, omega *group.Scalar) {
		e.b = new(group.Scalar).MultiplyAdd(ch, secret, omega).AppendBytes(e.b)
	}
	answer(dot(ones(n), r), &omega[0])
	answer(end, &omega[1])
	answer(dot(u, r), &omega[2])
	for k := range w {
		answer(p.rTilde(u, ut, k), &omega4[k])
	}
	for i := range n {
		answer(&rHat[i], &omegaHat[i])
	}
	for i := range n {
		answer(&ut[i], &omegaTilde[i])
	}
	return append(append(group.EncodeAll(c), chain...), e.b...)
}

// commit makes c_j = r_j·G + Σ_i m_ij·H_i.
func (p *prover) commit(r []group.Scalar) []group.Element {
	c := make([]group.Element, len(r))
	for j := range c {
		c[j] = *mult(&r[j], base)
		for i := range p.matrix {
			c[j] = *combine(&c[j], p.matrix[i][j:j+1], p.generators[i:i+1])
		}
	}
	return c
}

func (p *prover) challengeRows(t *transcript.Transcript, c []group.Element) []group.Scalar {
	t.String("proof", "valik/1 shuffle proof")
	t.Element("key", p.key.Element())
	t.Uint64("rows", uint64(p.in.Len()))
	t.Uint64("width", uint64(p.in.Width()))
	t.String("generators", "valik/1 shuffle")
	t.String("chain base", "valik/1 shuffle chain base")
	t.Bytes("input", p.in.Bytes())
	t.Bytes("output", p.out.Bytes())
	t.Elements("permutation", c)
	return t.Challenges("u", p.in.Len())
}

// chain returns ĉ_0 … ĉ_N by the recursion ĉ_i = r̂_i·G + ũ_i·ĉ_{i−1}.
func (p *prover) chain(u, ut, rHat []group.Scalar) []group.Element {
	links := []group.Element{*p.h}
	for i := range ut {
		links = append(links, *combine(mult(&rHat[i], base), []group.Scalar{*p.link(i, u, ut)}, links[i:i+1]))
	}
	return links
}

// link is the factor of link i, which is ũ_i unless the prover bends it.
func (p *prover) link(i int, u, ut []group.Scalar) *group.Scalar {
	if i != p.bend {
		return &ut[i]
	}
	return times(&ut[i], times(productOf(u), inverse(productOf(ut))))
}

var base = group.NewGenerator()

func mult(s *group.Scalar, p *group.Element) *group.Element {
	return group.NewElement().ScalarMult(s, p)
}

// combine returns e + Σ s_i·p_i.
func combine(e *group.Element, s []group.Scalar, p []group.Element) *group.Element {
	sum := group.NewElement().Set(e)
	for i := range s {
		sum.Add(sum, mult(&s[i], &p[i]))
	}
	return sum
}

type encoder struct{ b []byte }

func (e *encoder) add(elements ...*group.Element) {
	for _, p := range elements {
		e.b = p.AppendBytes(e.b)
	}
}

func ones(n int) []group.Scalar {
	v := make([]group.Scalar, n)
	for i := range v {
		v[i] = *group.NewScalar(1)
	}
	return v
}

func zeros(n int) [][]group.Scalar {
	m := make([][]group.Scalar, n)
	for i := range m {
		m[i] = make([]group.Scalar, n)
	}
	return m
}

// permutationMatrix has a one at (i, π(i)).
func permutationMatrix(pi []int) [][]group.Scalar {
	m := zeros(len(pi))
	for i, j := range pi {
		m[i][j] = *group.NewScalar(1)
	}
	return m
}

func apply(m [][]group.Scalar, u []group.Scalar) []group.Scalar {
	v := make([]group.Scalar, len(m))
	for i := range m {
		v[i] = *dot(m[i], u)
	}
	return v
}
