package shuffle

import (
	"crypto/rand"
	"io"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/transcript"
)

// Prove proves that s.Output is a shuffle of s.Input. The transcript carries the
// context: which election, which mix, which list. Prove computes as the options
// of the shuffle say. It fails with [ErrErased] or [ErrWitness], wrapped, if w is
// not a witness of s.
//
// It implements Shuffle.Prove of docs/protocol/shuffle.md.
func Prove(t *transcript.Transcript, s *Statement, w *Witness) (*Proof, error) {
	if err := w.fits(s); err != nil {
		return nil, err
	}
	return prove(t, s, w, rand.Reader), nil
}

func prove(t *transcript.Transcript, s *Statement, w *Witness, random io.Reader) *Proof {
	l := layout{s.Input.Len(), s.Input.Width()}
	if l.n == 0 {
		return &Proof{layout: l}
	}
	p := newProver(s, w, random)
	defer p.erase()
	p.commitPermutation()
	p.encode(0, l.chain())
	p.u = challengeRows(t, s, p.proof.encoding)
	p.commitChain()
	p.commitSums()
	p.encodeDoubles(l.chain(), l.t())
	p.encode(l.t(), l.tHat())
	p.encodeDoubles(l.tHat(), l.end())
	p.respond(challenge(t, l, p.proof.encoding))
	return p.proof
}

// prover holds a proof in the making and its secrets, by their letters.
type prover struct {
	arithmetic
	statement *Statement
	witness   *Witness
	proof     *Proof
	secrets   []group.Scalar // all that follow but u

	r          []group.Scalar // r_j, randomness of c_j
	rHat       []group.Scalar // r̂_i, randomness of ĉ_i
	omega      []group.Scalar // ω_1, ω_2, ω_3
	omega4     []group.Scalar // ω_4,k
	omegaHat   []group.Scalar // ω̂_i
	omegaTilde []group.Scalar // ω̃_i
	u          []group.Scalar // u_j, public
	uTilde     []group.Scalar // ũ_i = u_{π(i)}
	chainG     []group.Scalar // R_0 … R_N
	chainH     []group.Scalar // U_0 … U_N
}

func newProver(s *Statement, w *Witness, random io.Reader) *prover {
	l := layout{s.Input.Len(), s.Input.Width()}
	p := &prover{
		arithmetic: w.options.arithmetic(),
		statement:  s,
		witness:    w,
		proof: &Proof{
			layout:   l,
			elements: make([]group.Element, l.end()),
			scalars:  make([]group.Scalar, l.scalars()),
			encoding: make([]byte, 0, l.size()),
		},
	}
	drawn := 4*l.n + 3 + l.w
	p.secrets = make([]group.Scalar, drawn+3*l.n+2)
	drawScalars(p.secrets[:drawn], random)
	rest := p.secrets
	take := func(n int) (s []group.Scalar) {
		s, rest = rest[:n:n], rest[n:]
		return s
	}
	p.r, p.rHat, p.omega, p.omega4 = take(l.n), take(l.n), take(3), take(l.w)
	p.omegaHat, p.omegaTilde = take(l.n), take(l.n)
	p.uTilde, p.chainG, p.chainH = take(l.n), take(l.n+1), take(l.n+1)
	return p
}

// erase overwrites the secrets: with the responses, each of them would show the
// permutation.
func (p *prover) erase() { clear(p.secrets) }

// encode appends the encodings of the elements from place lo up to hi.
func (p *prover) encode(lo, hi int) {
	p.proof.encoding = append(p.proof.encoding, group.EncodeAll(p.proof.elements[lo:hi])...)
}

// encodeDoubles doubles the elements from place lo up to hi and appends their
// encodings: those of doubles are cheap.
func (p *prover) encodeDoubles(lo, hi int) {
	halves := p.proof.elements[lo:hi]
	p.proof.encoding = append(p.proof.encoding, group.DoubleAndEncodeAll(halves)...)
	parallel(len(halves), func(i int) { halves[i].Double(&halves[i]) })
}

// commitPermutation commits to π.
func (p *prover) commitPermutation() {
	c, h := p.proof.c(), generators(p.proof.layout.n)
	g := group.GeneratorTable()
	// c_{π(i)} = r_{π(i)}·G + H_i
	parallel(len(c), func(i int) {
		j := p.witness.permutation[i]
		c[j].Set(p.add(&h[i], g, &p.r[j]))
	})
}

// commitChain makes the chain of the permuted u, whose end holds their product,
// and its part of the first message. The chain is written over G and H, so that
// only bases with a table occur. It leaves the halves of ĉ_i and t̂_i for
// encodeDoubles.
func (p *prover) commitChain() {
	p.foldChain()
	chain, tHat := p.proof.chain(), p.proof.tHat()
	parallel(len(chain), func(i int) {
		// ĉ_i = R_i·G + U_i·H
		chain[i].Set(p.half(&p.chainG[i+1], &p.chainH[i+1]))
		// t̂_i = ω̂_i·G + ω̃_i·ĉ_{i−1} = (ω̂_i + ω̃_i·R_{i−1})·G + (ω̃_i·U_{i−1})·H
		var r, u group.Scalar
		r.MultiplyAdd(&p.omegaTilde[i], &p.chainG[i], &p.omegaHat[i])
		u.Multiply(&p.omegaTilde[i], &p.chainH[i])
		tHat[i].Set(p.half(&r, &u))
	})
}

// foldChain computes ũ_i, R_i and U_i:
//
//	ũ_i = u_{π(i)}
//	R_0 = 0   R_i = r̂_i + ũ_i·R_{i−1}
//	U_0 = 1   U_i = ũ_i·U_{i−1}
func (p *prover) foldChain() {
	p.chainH[0].Set(group.NewScalar(1))
	for i := range p.uTilde {
		p.uTilde[i] = p.u[p.witness.permutation[i]]
		p.chainG[i+1].MultiplyAdd(&p.uTilde[i], &p.chainG[i], &p.rHat[i])
		p.chainH[i+1].Multiply(&p.uTilde[i], &p.chainH[i])
	}
}

// commitSums makes the other commitments of the first message.
func (p *prover) commitSums() {
	g := group.GeneratorTable()
	// t_1 = ω_1·G   t_2 = ω_2·G
	p.proof.t1().Set(p.mult(g, &p.omega[0]))
	p.proof.t2().Set(p.mult(g, &p.omega[1]))
	// t_3 = ω_3·G + Σ ω̃_i·H_i
	h := p.sum(p.omegaTilde, generators(p.proof.layout.n))
	p.proof.t3().Set(p.add(h, g, &p.omega[2]))
	// t_4,k = −ω_4,k·(G, Y) + Σ ω̃_i·e'_{i,k}
	for k := range p.omega4 {
		a, b := column(p.statement.Output, k)
		omega := new(group.Scalar).Negate(&p.omega4[k])
		p.proof.t4A(k).Set(p.add(p.sum(p.omegaTilde, a), g, omega))
		p.proof.t4B(k).Set(p.add(p.sum(p.omegaTilde, b), p.statement.Key.Table(), omega))
	}
}

// column returns the components of ciphertext k of every row.
func column(rows *elgamal.Rows, k int) (a, b []group.Element) {
	a, b = make([]group.Element, rows.Len()), make([]group.Element, rows.Len())
	for i := range a {
		e := rows.At(i, k)
		a[i], b[i] = e.A, e.B
	}
	return a, b
}

// respond answers the challenge c.
func (p *prover) respond(c *group.Scalar) {
	n, w := p.proof.layout.n, p.proof.layout.w
	// s_1 = ω_1 + c·Σ r_j   s_2 = ω_2 + c·R_N   s_3 = ω_3 + c·Σ u_j·r_j
	p.proof.s1().MultiplyAdd(c, sum(p.r), &p.omega[0])
	p.proof.s2().MultiplyAdd(c, &p.chainG[n], &p.omega[1])
	p.proof.s3().MultiplyAdd(c, innerProduct(p.u, p.r, 0, 1), &p.omega[2])
	// s_4,k = ω_4,k + c·Σ ũ_i·r'_{i,k}
	for k, s4 := 0, p.proof.s4(); k < w; k++ {
		s4[k].MultiplyAdd(c, innerProduct(p.uTilde, p.witness.r, k, w), &p.omega4[k])
	}
	// ŝ_i = ω̂_i + c·r̂_i   s̃_i = ω̃_i + c·ũ_i
	sHat, sTilde := p.proof.sHat(), p.proof.sTilde()
	parallel(n, func(i int) {
		sHat[i].MultiplyAdd(c, &p.rHat[i], &p.omegaHat[i])
		sTilde[i].MultiplyAdd(c, &p.uTilde[i], &p.omegaTilde[i])
	})
	for i := range p.proof.scalars {
		p.proof.encoding = p.proof.scalars[i].AppendBytes(p.proof.encoding)
	}
}
