package group

import (
	"bytes"
	"errors"

	"filippo.io/edwards25519/field"
)

// ElementSize is the length of an encoded element in bytes.
const ElementSize = 32

// ErrElement says that bytes are not the canonical encoding of an element.
var ErrElement = errors.New("group: not a canonical ristretto255 encoding")

// SetBytes sets e to the element with the 32-byte canonical encoding b. On
// anything else it returns nil and an error that wraps ErrElement, and e is
// unchanged. The identity (32 zero bytes) is accepted: who must not meet it
// checks IsIdentity. The time depends on whether b is valid, not on its value.
//
// It implements Group.Decode of docs/protocol/group.md.
func (e *Element) SetBytes(b []byte) (*Element, error) {
	var s field.Element
	if _, err := s.SetBytes(b); err != nil {
		return nil, ErrElement
	}
	// The integer must be below p (and bit 255 zero), and even.
	if !bytes.Equal(s.Bytes(), b) || b[0]&1 == 1 {
		return nil, ErrElement
	}
	var p Element
	if !p.fromS(&s) {
		return nil, ErrElement
	}
	return e.Set(&p), nil
}

// fromS sets e to the point that the non-negative s stands for, if there is one.
func (e *Element) fromS(s *field.Element) bool {
	var ss, u1, u2, u2u2, v, invSqrt, denX, denY field.Element
	// u1 = 1 − s², u2 = 1 + s², v = −d·u1² − u2²
	ss.Square(s)
	u1.Subtract(feOne, &ss)
	u2.Add(feOne, &ss)
	u2u2.Square(&u2)
	v.Square(&u1)
	v.Multiply(&v, curveD)
	v.Negate(&v)
	v.Subtract(&v, &u2u2)
	// I = 1/√(v·u2²)
	u2u2.Multiply(&v, &u2u2)
	_, wasSquare := invSqrt.SqrtRatio(feOne, &u2u2)
	// x = |2s·I·u2|, y = u1·I·(I·u2)·v, t = xy
	denX.Multiply(&invSqrt, &u2)
	denY.Multiply(&invSqrt, &denX)
	denY.Multiply(&denY, &v)
	e.x.Add(s, s)
	e.x.Multiply(&e.x, &denX)
	e.x.Absolute(&e.x)
	e.y.Multiply(&u1, &denY)
	e.z.One()
	e.t.Multiply(&e.x, &e.y)
	return wasSquare == 1 && e.t.IsNegative() == 0 && e.y.Equal(feZero) == 0
}

// Bytes returns the 32-byte canonical encoding of e.
//
// It implements Group.Encode of docs/protocol/group.md.
func (e *Element) Bytes() []byte {
	return e.AppendBytes(make([]byte, 0, ElementSize))
}

// AppendBytes appends the 32-byte canonical encoding of e to b.
func (e *Element) AppendBytes(b []byte) []byte {
	e.check()
	var u1, u2, invSqrt, den1, den2, zInv, tmp field.Element
	// u1 = (Z+Y)(Z−Y), u2 = XY, I = 1/√(u1·u2²), which always exists
	u1.Add(&e.z, &e.y)
	tmp.Subtract(&e.z, &e.y)
	u1.Multiply(&u1, &tmp)
	u2.Multiply(&e.x, &e.y)
	tmp.Square(&u2)
	tmp.Multiply(&tmp, &u1)
	invSqrt.SqrtRatio(feOne, &tmp)
	// 1/Z = (I·u1)(I·u2)·T
	den1.Multiply(&invSqrt, &u1)
	den2.Multiply(&invSqrt, &u2)
	zInv.Multiply(&den1, &den2)
	zInv.Multiply(&zInv, &e.t)
	var s field.Element
	e.coset(&s, &den1, &den2, &zInv)
	return append(b, s.Bytes()...)
}

// coset picks, of the four points of the element, the one whose T is not
// negative and whose x is not negative, and sets s to its non-negative s.
func (e *Element) coset(s, den1, den2, zInv *field.Element) {
	var x, y, den, tmp field.Element
	rotate := tmp.Multiply(&e.t, zInv).IsNegative()
	x.Select(tmp.Multiply(&e.y, sqrtM1), &e.x, rotate)
	y.Select(tmp.Multiply(&e.x, sqrtM1), &e.y, rotate)
	den.Select(tmp.Multiply(den1, invSqrtAMinusD), den2, rotate)
	// y = −y if x/Z is negative
	negative := tmp.Multiply(&x, zInv).IsNegative()
	y.Select(tmp.Negate(&y), &y, negative)
	// s = |den·(Z − y)|
	s.Subtract(&e.z, &y)
	s.Multiply(s, &den)
	s.Absolute(s)
}
