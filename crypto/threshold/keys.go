package threshold

import (
	"fmt"

	"valik/crypto/elgamal"
	"valik/crypto/group"
)

// Keys is the public result of a ceremony. It does not change.
type Keys struct {
	ceremony digest
	t, n     int
	public   *elgamal.PublicKey
	trustees []group.Element
}

// newKeys computes the keys from the deals of all trustees, which were checked:
//
//	Y = Σ_i A_i0        Y_j = Σ_i Σ_k j^k·A_ik
//
// It implements Ceremony.Keys of docs/protocol/ceremony.md.
func newKeys(s *setting, deals []*Deal) (*Keys, error) {
	sums := make([]group.Element, s.t)
	for k := range sums {
		sums[k].Set(group.NewElement())
		for _, d := range deals {
			sums[k].Add(&sums[k], &d.coefficients[k])
		}
	}
	public, err := elgamal.NewPublicKey(&sums[0])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDegenerateKey, err)
	}
	k := &Keys{ceremony: s.hash, t: s.t, n: s.n, public: public, trustees: make([]group.Element, s.n)}
	for i := range k.trustees {
		k.trustees[i].Set(evaluateVarTime(sums, i+1))
		if k.trustees[i].IsIdentity() {
			return nil, fmt.Errorf("%w: of trustee %d", ErrDegenerateKey, i+1)
		}
	}
	return k, nil
}

// T returns how many trustees are needed to decrypt.
func (k *Keys) T() int { return k.t }

// N returns the number of trustees.
func (k *Keys) N() int { return k.n }

// Public returns the election public key Y.
func (k *Keys) Public() *elgamal.PublicKey { return k.public }

// Trustee returns the verification key Y_j of trustee j, 1 to n. It panics for
// any other j.
func (k *Keys) Trustee(j int) *group.Element {
	if j < 1 || j > k.n {
		panic(fmt.Sprintf("threshold: trustee %d of %d", j, k.n))
	}
	return group.NewElement().Set(&k.trustees[j-1])
}
