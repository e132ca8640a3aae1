package threshold

import "valik/crypto/group"

// polynomial is a secret f(x) = a_0 + a_1·x + … + a_(t−1)·x^(t−1).
type polynomial []group.Scalar

// at returns f(j), in constant time.
func (f polynomial) at(j int) *group.Scalar {
	x, y := group.NewScalar(uint64(j)), group.NewScalar(0)
	for k := len(f) - 1; k >= 0; k-- {
		y.MultiplyAdd(y, x, &f[k])
	}
	return y
}

// commit returns A_k = a_k·G for all k, in constant time.
func (f polynomial) commit() []group.Element {
	points := make([]group.Element, len(f))
	for k := range f {
		points[k].ScalarBaseMult(&f[k])
	}
	return points
}

// evaluateVarTime returns Σ_k j^k·A_k: the public image of f(j).
func evaluateVarTime(coefficients []group.Element, j int) *group.Element {
	x, y := group.NewScalar(uint64(j)), group.NewElement()
	for k := len(coefficients) - 1; k >= 0; k-- {
		y.VarTimeScalarMult(x, y)
		y.Add(y, &coefficients[k])
	}
	return y
}

// lagrange returns, for every index i of a set, the coefficient
//
//	λ_i = Π_{m ≠ i} (x − m)/(i − m)
//
// so that f(x) = Σ λ_i·f(i) for every f of a degree below the size of the set.
//
// It implements Decryption.Lagrange of docs/protocol/decryption.md.
func lagrange(indices []int, x int) []group.Scalar {
	coefficients := make([]group.Scalar, len(indices))
	for k, i := range indices {
		numerator, denominator := group.NewScalar(1), group.NewScalar(1)
		for _, m := range indices {
			if m != i {
				numerator.Multiply(numerator, difference(x, m))
				denominator.Multiply(denominator, difference(i, m))
			}
		}
		coefficients[k].Multiply(numerator, denominator.Invert(denominator))
	}
	return coefficients
}

func difference(a, b int) *group.Scalar {
	d := group.NewScalar(uint64(a))
	return d.Subtract(d, group.NewScalar(uint64(b)))
}
