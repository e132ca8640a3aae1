package threshold

import (
	"errors"
	"fmt"
	"io"

	"valik/crypto/elgamal"
	"valik/crypto/group"
)

// TooFewError says that there are fewer shares than the threshold.
type TooFewError struct{ Have, Need int }

// Error gives both numbers.
func (e *TooFewError) Error() string {
	return fmt.Sprintf("threshold: %d decryption shares, %d are needed", e.Have, e.Need)
}

// CombinationError says which plaintext is not the combination of the shares.
type CombinationError struct {
	Index int // of the slot, counted row after row from 0
}

// Error names the slot.
func (e *CombinationError) Error() string {
	return fmt.Sprintf("threshold: plaintext %d is not the combination of the shares", e.Index)
}

// errLength refuses lists of different lengths.
var errLength = errors.New("wrong number of points")

// combination is the t shares that are used, and their coefficients.
type combination struct {
	lambda []group.Scalar
	shares []*DecryptionShare
}

// choose takes the t shares of the lowest trustees, so that everybody combines
// the same ones.
func choose(keys *Keys, rows *elgamal.Rows, shares map[int]*DecryptionShare) (*combination, error) {
	var indices []int
	c := &combination{}
	for j := 1; j <= keys.n && len(indices) < keys.t; j++ {
		d := shares[j]
		if d == nil {
			continue
		}
		if len(d.points) != len(rows.All()) {
			return nil, &DecryptionError{j, fmt.Errorf("%w: %d for %d ciphertexts", errLength, len(d.points), len(rows.All()))}
		}
		indices = append(indices, j)
		c.shares = append(c.shares, d)
	}
	if len(indices) < keys.t {
		return nil, &TooFewError{len(indices), keys.t}
	}
	c.lambda = lagrange(indices, 0)
	return c, nil
}

// Combine returns the plaintexts of all slots, row after row, from the shares of
// the t lowest trustees in the map, on all cores. The shares were verified by
// the caller. With fewer than t shares it returns a [*TooFewError].
//
// It implements Decryption.Combine of docs/protocol/decryption.md.
func Combine(keys *Keys, rows *elgamal.Rows, shares map[int]*DecryptionShare) ([]group.Element, error) {
	c, err := choose(keys, rows, shares)
	if err != nil {
		return nil, err
	}
	cts := rows.All()
	plaintexts := make([]group.Element, len(cts))
	parallel(len(cts), func(lo, hi int) {
		points := make([]group.Element, keys.t)
		for i := lo; i < hi; i++ {
			for k, d := range c.shares {
				points[k].Set(&d.points[i])
			}
			// M_i = B_i − Σ_j λ_j·D_j,i
			plaintexts[i].VarTimeMultiScalarMult(c.lambda, points)
			plaintexts[i].Subtract(&cts[i].B, &plaintexts[i])
		}
	})
	return plaintexts, nil
}

// VerifyCombination checks that points are what [Combine] returns for these
// shares, all of them at once under random weights. weights is the verifier's
// private randomness. For a wrong point it returns a [*CombinationError].
//
// It implements Decryption.VerifyCombination of docs/protocol/decryption.md.
func VerifyCombination(keys *Keys, rows *elgamal.Rows, shares map[int]*DecryptionShare, points []group.Element, weights io.Reader) error {
	c, err := choose(keys, rows, shares)
	if err != nil {
		return err
	}
	if len(points) != len(rows.All()) {
		return fmt.Errorf("threshold: %w: %d for %d ciphertexts", errLength, len(points), len(rows.All()))
	}
	w := make([]group.Scalar, len(points))
	for i := range w {
		weight, err := group.ReadShortScalar(weights)
		if err != nil {
			return err
		}
		w[i].Set(weight)
	}
	if c.holdsVarTime(rows, points, w) {
		return nil
	}
	return c.firstWrong(keys, rows, shares, points)
}

// holdsVarTime reports whether
//
//	Σ_i w_i·(B_i − M_i) = Σ_j λ_j·Σ_i w_i·D_j,i
//
// The sums over i have short weights, and so cost half of what one sum over all
// terms with the weights w_i·λ_j would.
func (c *combination) holdsVarTime(rows *elgamal.Rows, points []group.Element, w []group.Scalar) bool {
	masks := make([]group.Element, len(points))
	for i, ct := range rows.All() {
		masks[i].Subtract(&ct.B, &points[i])
	}
	sums := make([]group.Element, len(c.shares))
	for k, d := range c.shares {
		sums[k].VarTimeMultiScalarMult(w, d.points)
	}
	left := group.NewElement().VarTimeMultiScalarMult(w, masks)
	return left.Equal(group.NewElement().VarTimeMultiScalarMult(c.lambda, sums))
}

// firstWrong looks for the plaintext that is wrong, one by one.
func (c *combination) firstWrong(keys *Keys, rows *elgamal.Rows, shares map[int]*DecryptionShare, points []group.Element) error {
	right, err := Combine(keys, rows, shares)
	if err != nil {
		return err
	}
	for i := range right {
		if !right[i].Equal(&points[i]) {
			return &CombinationError{i}
		}
	}
	return errors.New("threshold: the weighted sum failed without a wrong plaintext")
}
