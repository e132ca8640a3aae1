package sigma

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"io"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/transcript"
)

// ProveMembership proves that c = (r·G, M_index + r·Y). It is constant time in
// index and r. It returns [ErrFalseStatement], wrapped, if that is not what c is,
// or if c would show the choice since r is zero.
//
// It implements Membership.Prove of docs/protocol/membership.md.
func ProveMembership(t *transcript.Transcript, pk *elgamal.PublicKey, choices *Choices, c *elgamal.Ciphertext, index int, r *group.Scalar) (*Membership, error) {
	return proveMembership(t, pk, choices, c, index, r, rand.Reader)
}

func proveMembership(t *transcript.Transcript, pk *elgamal.PublicKey, choices *Choices, c *elgamal.Ciphertext, index int, r *group.Scalar, random io.Reader) (*Membership, error) {
	if err := checkMember(pk, choices, c, index, r); err != nil {
		return nil, err
	}
	w := newMember(choices, index, random)
	p := &Membership{}
	w.commitDigits(p)
	w.commitChoice(p, pk, choices)
	p.encodeCommitments()
	w.respond(p, p.challenge(t, pk, choices, c), r)
	return p, nil
}

// checkMember checks the statement that is to be proven. Nothing but the result
// depends on index and r.
func checkMember(pk *elgamal.PublicKey, choices *Choices, c *elgamal.Ciphertext, index int, r *group.Scalar) error {
	if index < 0 || index >= choices.Len() {
		return &Error{Proof: membership, Part: "index", Err: fmt.Errorf(
			"%w: no such choice", ErrFalseStatement)}
	}
	point := group.NewElement()
	for i := range choices.points {
		point.Select(&choices.points[i], point, subtle.ConstantTimeEq(int32(i), int32(index)))
	}
	if !pk.Encrypt(point, r).Equal(c) || r.IsZero() {
		return &Error{Proof: membership, Part: "ciphertext", Err: ErrFalseStatement}
	}
	return nil
}

// member is the secret of one proof and the randomness spent on it.
type member struct {
	bits           []int          // b_{j,i} at 4j+i: 1 if digit j of the index is i, else 0
	b, a           []group.Scalar // b_{j,i} and their masks a_{j,i} with Σ_i a_{j,i} = 0
	rA, rB, rC, rD *group.Scalar
	rho            []group.Scalar // ρ_k, the randomness of G_k
}

func newMember(choices *Choices, index int, random io.Reader) *member {
	m := choices.digits()
	w := &member{bits: make([]int, radix*m), b: make([]group.Scalar, radix*m), a: make([]group.Scalar, radix*m)}
	for j := range m {
		digit := int32(index >> (2 * j) & (radix - 1))
		row := w.a[radix*j:][:radix]
		for i := range row {
			n := radix*j + i
			w.bits[n] = subtle.ConstantTimeEq(digit, int32(i))
			w.b[n].Set(group.NewScalar(uint64(w.bits[n])))
			if i > 0 {
				row[i].Set(randomScalar(random))
				row[0].Subtract(&row[0], &row[i])
			}
		}
	}
	w.rA, w.rB, w.rC, w.rD = randomScalar(random), randomScalar(random), randomScalar(random), randomScalar(random)
	w.rho = make([]group.Scalar, m)
	for k := range w.rho {
		w.rho[k].Set(randomScalar(random))
	}
	return w
}

// commitDigits commits to the digits of the index and to what shows that they
// are digits.
func (w *member) commitDigits(p *Membership) {
	// C: a_{j,i}·(1 - 2·b_{j,i})      D: -a_{j,i}²
	linear, constant := make([]group.Scalar, len(w.a)), make([]group.Scalar, len(w.a))
	minusTwo := group.NewScalar(2)
	minusTwo.Negate(minusTwo)
	for n := range w.a {
		linear[n].Multiply(minusTwo, &w.b[n])
		linear[n].MultiplyAdd(&linear[n], &w.a[n], &w.a[n])
		constant[n].Multiply(&w.a[n], &w.a[n])
		constant[n].Negate(&constant[n])
	}
	p.a.Set(commit(w.a, w.rA))
	p.b.Set(commitBits(w.bits, w.rB))
	p.c.Set(commit(linear, w.rC))
	p.d.Set(commit(constant, w.rD))
}

// commit returns Com(v; r) = r·G + Σ v_{j,i}·H_{j,i}, in constant time.
func commit(v []group.Scalar, r *group.Scalar) *group.Element {
	points := append([]group.Element{*group.NewGenerator()}, generators(len(v)/radix)...)
	return group.NewElement().MultiScalarMult(append([]group.Scalar{*r}, v...), points)
}

// commitBits returns Com(b; r) for bits b. It adds what it selects, which is
// twenty times faster than to multiply by zeros and ones.
func commitBits(bits []int, r *group.Scalar) *group.Element {
	sum := group.NewElement().ScalarBaseMult(r)
	identity, chosen := group.NewElement(), group.NewElement()
	for n, h := range generators(len(bits) / radix) {
		sum.Add(sum, chosen.Select(&h, identity, bits[n]))
	}
	return sum
}

// commitChoice commits to the lower coefficients of the polynomial whose leading
// coefficient is the choice.
func (w *member) commitChoice(p *Membership, pk *elgamal.PublicKey, choices *Choices) {
	p.g = make([]elgamal.Ciphertext, len(w.rho))
	coefficients := w.foldAll(choices)
	for k := range p.g {
		// G_k = (ρ_k·G, ρ_k·Y - W_k)
		minus := group.NewElement().Negate(&coefficients[k])
		p.g[k] = *pk.Encrypt(minus, &w.rho[k])
	}
}

// respond computes the responses to challenge x.
func (w *member) respond(p *Membership, x, r *group.Scalar) {
	p.f = make([]group.Scalar, 0, len(w.a))
	for n := range w.a {
		if n%radix == 0 {
			continue // f_{j,0} follows from the others
		}
		// f_{j,i} = b_{j,i}·x + a_{j,i}
		p.f = append(p.f, *new(group.Scalar).MultiplyAdd(&w.b[n], x, &w.a[n]))
	}
	// z_A = r_B·x + r_A      z_C = r_C·x + r_D
	p.zA.MultiplyAdd(w.rB, x, w.rA)
	p.zC.MultiplyAdd(w.rC, x, w.rD)
	// z = r·x^m - Σ ρ_k·x^k, by Horner's rule from the leading coefficient down
	p.z.Set(r)
	for k := len(w.rho) - 1; k >= 0; k-- {
		p.z.Multiply(&p.z, x)
		p.z.Subtract(&p.z, &w.rho[k])
	}
}
