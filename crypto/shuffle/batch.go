package shuffle

import (
	"fmt"
	"io"

	"valik/crypto/group"
)

// holdAllVarTime reports whether all equations hold. It multiplies each, written
// as right side − t = 0, by a weight of its own and checks the sum by one
// multi-scalar multiplication, in which every element occurs once. A weight keeps
// its 128 bits in the coefficient of its t, which halves the work for that term.
//
// It implements Shuffle.Batch of docs/protocol/shuffle.md.
func (q *equations) holdAllVarTime(random io.Reader) (bool, error) {
	rho, err := drawWeights(q.layout, random)
	if err != nil {
		return false, err
	}
	n, w := q.layout.n, q.layout.w
	b := newBatch(3 + n + q.layout.end() + 4*n*w)
	q.addBases(b, rho)
	q.addCommitments(b, rho)
	q.addRows(b, rho)
	return b.multiplyOut().IsIdentity(), nil
}

// weights are ρ, one for each equation.
type weights struct {
	rho1, rho2, rho3 group.Scalar
	rhoA, rhoB       []group.Scalar // of t_4,k
	rhoHat           []group.Scalar // of t̂_i
}

func drawWeights(l layout, random io.Reader) (*weights, error) {
	drawn := make([]group.Scalar, 3+2*l.w+l.n)
	for i := range drawn {
		rho, err := group.ReadShortScalar(random)
		if err != nil {
			return nil, fmt.Errorf("shuffle: weights: %w", err)
		}
		drawn[i] = *rho
	}
	return &weights{
		rho1: drawn[0], rho2: drawn[1], rho3: drawn[2],
		rhoA: drawn[3 : 3+l.w], rhoB: drawn[3+l.w : 3+2*l.w], rhoHat: drawn[3+2*l.w:],
	}, nil
}

// addBases adds the terms of G, Y, H and the H_i.
func (q *equations) addBases(b *batch, rho *weights) {
	var g, y, h, cRho1 group.Scalar
	// G: ρ_1·s_1 + ρ_2·s_2 + ρ_3·s_3 − Σ ρ_A,k·s_4,k + Σ ρ̂_i·ŝ_i
	g.Multiply(&rho.rho1, q.s1())
	g.MultiplyAdd(&rho.rho2, q.s2(), &g)
	g.MultiplyAdd(&rho.rho3, q.s3(), &g)
	g.Add(&g, innerProduct(rho.rhoHat, q.sHat(), 0, 1))
	g.Subtract(&g, innerProduct(rho.rhoA, q.s4(), 0, 1))
	b.add(&g, group.NewGenerator())
	// Y: −Σ ρ_B,k·s_4,k
	b.add(y.Negate(innerProduct(rho.rhoB, q.s4(), 0, 1)), q.statement.Key.Element())
	// H: c·ρ_2·Π u_i + ρ̂_1·s̃_1
	h.Multiply(q.challenge, &rho.rho2)
	h.Multiply(&h, product(q.u))
	h.MultiplyAdd(&rho.rhoHat[0], &q.sTilde()[0], &h)
	b.add(&h, chainBase())
	// H_i: c·ρ_1 + ρ_3·s̃_i
	cRho1.Multiply(q.challenge, &rho.rho1)
	b.addAll(generators(q.layout.n), func(i int, s *group.Scalar) {
		s.MultiplyAdd(&rho.rho3, &q.sTilde()[i], &cRho1)
	})
}

// addCommitments adds the terms of the elements of the proof.
func (q *equations) addCommitments(b *batch, rho *weights) {
	var c, cRho1, cRho3 group.Scalar
	// c_i: −c·ρ_1 − c·ρ_3·u_i
	c.Negate(q.challenge)
	cRho1.Multiply(&c, &rho.rho1)
	cRho3.Multiply(&c, &rho.rho3)
	b.addAll(q.c(), func(i int, s *group.Scalar) {
		s.MultiplyAdd(&cRho3, &q.u[i], &cRho1)
	})
	// ĉ_i: ρ̂_{i+1}·s̃_{i+1} − c·ρ̂_i   ĉ_N: −c·ρ_2 − c·ρ̂_N
	b.addAll(q.chain(), func(i int, s *group.Scalar) {
		s.Multiply(&c, &rho.rhoHat[i])
		if i+1 < q.layout.n {
			s.MultiplyAdd(&rho.rhoHat[i+1], &q.sTilde()[i+1], s)
		} else {
			s.MultiplyAdd(&c, &rho.rho2, s)
		}
	})
	// t̂_i: −ρ̂_i, and so on
	b.addAll(q.tHat(), func(i int, s *group.Scalar) { s.Negate(&rho.rhoHat[i]) })
	var s group.Scalar
	b.add(s.Negate(&rho.rho1), q.t1())
	b.add(s.Negate(&rho.rho2), q.t2())
	b.add(s.Negate(&rho.rho3), q.t3())
	for k := range q.layout.w {
		b.add(s.Negate(&rho.rhoA[k]), q.t4A(k))
		b.add(s.Negate(&rho.rhoB[k]), q.t4B(k))
	}
}

// addRows adds the terms of the output and the input.
func (q *equations) addRows(b *batch, rho *weights) {
	// e'_{i,k}: ρ_A,k·s̃_i, ρ_B,k·s̃_i
	b.addRows(q.statement.Output, rho.rhoA, rho.rhoB, q.sTilde())
	// e_{i,k}: −c·ρ_A,k·u_i, −c·ρ_B,k·u_i
	c := new(group.Scalar).Negate(q.challenge)
	b.addRows(q.statement.Input, scaled(c, rho.rhoA), scaled(c, rho.rhoB), q.u)
}
