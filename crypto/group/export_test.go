package group

import "filippo.io/edwards25519/field"

// InCoset returns e as the k-th of the four points that stand for it, with
// coordinates that are multiplied by z: the same element in other clothes.
func InCoset(e *Element, k int, z uint32) *Element {
	zero, one, minusOne := new(field.Element), new(field.Element).One(), new(field.Element).Negate(feOne)
	minusI := new(field.Element).Negate(sqrtM1)
	// The points of order 1, 2 and 4.
	x := []*field.Element{zero, sqrtM1, zero, minusI}[k%4]
	y := []*field.Element{one, zero, minusOne, zero}[k%4]
	p := &Element{x: *x, y: *y, z: *one}
	p.Add(p, e)
	for _, c := range []*field.Element{&p.x, &p.y, &p.z, &p.t} {
		c.Mult32(c, max(1, z))
	}
	return p
}

// Constants are those of RFC 9496 by their names there, little endian.
func Constants() map[string][]byte {
	return map[string][]byte{
		"D":                 curveD.Bytes(),
		"SQRT_M1":           sqrtM1.Bytes(),
		"SQRT_AD_MINUS_ONE": sqrtADMinusOne.Bytes(),
		"INVSQRT_A_MINUS_D": invSqrtAMinusD.Bytes(),
		"ONE_MINUS_D_SQ":    oneMinusDSq.Bytes(),
		"D_MINUS_ONE_SQ":    dMinusOneSq.Bytes(),
	}
}

// MultiScalarMultInBlocks is VarTimeMultiScalarMult with a small block.
func MultiScalarMultInBlocks(s []Scalar, p []Element, block int) *Element {
	return multiScalarMultVarTime(s, p, block)
}

// Straus and Pippenger are the two ways of VarTimeMultiScalarMult.
var (
	Straus    = strausVarTime
	Pippenger = pippengerVarTime
)

// NewSumInBlocks is NewSum with a small block.
func NewSumInBlocks(block int) *Sum {
	s := NewSum(nil)
	s.block = block
	return s
}

// FixedTerms is how many terms the fixed bases of s cost.
func (s *Sum) FixedTerms() int { return len(s.fixed.points) }

// SignedDigits returns s as sign and digits of c bits, the lowest first.
func SignedDigits(s *Scalar, c int) (negative bool, digits []int16) {
	m, negative := magnitudeVarTime(s)
	class := longBits
	if m.short() {
		class = shortBits
	}
	digits = make([]int16, windowCount(class, c))
	m.digits(digits, 1, len(digits), c)
	return negative, digits
}

// NAF returns s as sign and non-adjacent form.
func NAF(s *Scalar) (negative bool, digits []int8) {
	m, negative := magnitudeVarTime(s)
	var out [longBits + 1]int8
	n := m.naf(&out)
	return negative, out[:n]
}

// Radix16 returns the digits that constant-time tables use.
func Radix16(s *Scalar) [64]int8 { return s.radix16() }
