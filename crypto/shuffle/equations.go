package shuffle

import "valik/crypto/group"

// firstThatFails checks equation after equation, as they stand in the
// specification, to name what the batch has refused. It is slow, and shares no
// arithmetic of coefficients with the batch.
//
// It implements Shuffle.Equations of docs/protocol/shuffle.md.
func (q *equations) firstThatFails() error {
	failed := q.failedSums()
	link := q.firstBrokenLink()
	switch {
	case len(failed) == 3+q.layout.w && link == 0:
		// Each equation but these stands for itself: all fail together if the
		// challenges are not those that the prover answered.
		return &Error{Part: partStatement, Index: noIndex, Err: ErrUnrelated}
	case len(failed) > 0:
		return failed[0]
	case link < q.layout.n:
		return &Error{Part: partTHat, Index: link, Err: ErrEquation}
	}
	// The batch never refuses what holds; if it does, the machine is broken.
	return &Error{Part: "batch", Index: noIndex, Err: ErrEquation}
}

// failedSums returns the errors of the equations of t_1, t_2, t_3 and the t_4,k
// that do not hold.
func (q *equations) failedSums() (failed []error) {
	check := func(part string, index int, holds bool) {
		if !holds {
			failed = append(failed, &Error{Part: part, Index: index, Err: ErrEquation})
		}
	}
	check(partT1, noIndex, q.t1Holds())
	check(partT2, noIndex, q.t2Holds())
	check(partT3, noIndex, q.t3Holds())
	for k := range q.layout.w {
		check(partT4, k, q.t4Holds(k))
	}
	return failed
}

// t_1 = s_1·G − c·(Σ c_i − Σ H_i)
func (q *equations) t1Holds() bool {
	x := sumElements(q.c())
	x.Subtract(x, sumElements(generators(q.layout.n)))
	return q.opens(q.t1(), q.s1(), group.NewGenerator(), x)
}

// t_2 = s_2·G − c·(ĉ_N − (Π u_i)·H)
func (q *equations) t2Holds() bool {
	x := group.NewElement().VarTimeScalarMult(product(q.u), chainBase())
	x.Subtract(&q.chain()[q.layout.n-1], x)
	return q.opens(q.t2(), q.s2(), group.NewGenerator(), x)
}

// t_3 = s_3·G + Σ s̃_i·H_i − c·Σ u_i·c_i
func (q *equations) t3Holds() bool {
	x := sumVarTime(q.u, q.c())
	t := sumVarTime(q.sTilde(), generators(q.layout.n))
	return q.opens(t.Subtract(q.t3(), t), q.s3(), group.NewGenerator(), x)
}

// t_4,k = −s_4,k·(G, Y) + Σ s̃_i·e'_{i,k} − c·Σ u_i·e_{i,k}
func (q *equations) t4Holds(k int) bool {
	s := new(group.Scalar).Negate(&q.s4()[k])
	inA, inB := column(q.statement.Input, k)
	outA, outB := column(q.statement.Output, k)
	tA, tB := sumVarTime(q.sTilde(), outA), sumVarTime(q.sTilde(), outB)
	tA.Subtract(q.t4A(k), tA)
	tB.Subtract(q.t4B(k), tB)
	return q.opens(tA, s, group.NewGenerator(), sumVarTime(q.u, inA)) &&
		q.opens(tB, s, q.statement.Key.Element(), sumVarTime(q.u, inB))
}

// firstBrokenLink returns the first i for which this does not hold, or N:
//
//	t̂_i = ŝ_i·G + s̃_i·ĉ_{i−1} − c·ĉ_i
func (q *equations) firstBrokenLink() int {
	previous := chainBase()
	for i := range q.chain() {
		t := group.NewElement().VarTimeScalarMult(&q.sTilde()[i], previous)
		t.Subtract(&q.tHat()[i], t)
		if !q.opens(t, &q.sHat()[i], group.NewGenerator(), &q.chain()[i]) {
			return i
		}
		previous = &q.chain()[i]
	}
	return q.layout.n
}

// opens reports whether t = s·base − c·x.
func (q *equations) opens(t *group.Element, s *group.Scalar, base, x *group.Element) bool {
	right := group.NewElement().VarTimeScalarMult(s, base)
	right.Subtract(right, group.NewElement().VarTimeScalarMult(q.challenge, x))
	return right.Equal(t)
}

// sumElements returns Σ P_i.
func sumElements(p []group.Element) *group.Element {
	sum := group.NewElement()
	for i := range p {
		sum.Add(sum, &p[i])
	}
	return sum
}
