package group

import (
	"encoding/binary"
	"math/bits"
)

// Public scalars are taken as signed integers of least absolute value, so that
// a short weight and its negative are both short.

// longBits and shortBits bound the two classes of absolute values: 252 bits for
// any scalar, 128 bits for weights and their negatives.
const (
	longBits  = 252
	shortBits = 128
)

// order is ℓ in 64-bit limbs, the lowest first.
var order = [4]uint64{0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000}

// magnitude is |s|, below ℓ/2 + 1, in 64-bit limbs, the lowest first.
type magnitude [4]uint64

// magnitudeVarTime returns s or −s, whichever is smaller, and whether it is −s.
func magnitudeVarTime(s *Scalar) (m magnitude, negative bool) {
	b := s.s.Bytes()
	for i := range m {
		m[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	var n magnitude
	var borrow uint64
	for i := range n {
		n[i], borrow = bits.Sub64(order[i], m[i], borrow)
	}
	if n.less(&m) {
		return n, true
	}
	return m, false
}

func (m *magnitude) less(n *magnitude) bool {
	for i := 3; i > 0; i-- {
		if m[i] != n[i] {
			return m[i] < n[i]
		}
	}
	return m[0] < n[0]
}

// short reports whether the value has at most shortBits bits.
func (m *magnitude) short() bool { return m[2]|m[3] == 0 }

// window returns the c ≤ 16 bits of the value from position at on.
func (m *magnitude) window(at, c int) int {
	i, shift := at/64, uint(at%64)
	if i > 3 {
		return 0
	}
	w := m[i] >> shift
	if i < 3 {
		w |= m[i+1] << (64 - shift) // a shift by 64 gives 0
	}
	return int(w & (1<<uint(c) - 1))
}

// windowCount is how many signed c-bit digits a value of a class needs. The
// top digit must not carry: a value of any 128 bits needs one more bit for
// that, while values of the long class are at most ℓ/2, hardly more than 2^251.
func windowCount(classBits, c int) int {
	if classBits == shortBits {
		classBits++
	}
	return (classBits + c - 1) / c
}

// digits writes the value as Σ digit(w)·2^(c·w) with digits from −2^(c−1) + 1
// to 2^(c−1), the digit of window w to out[w·stride].
func (m *magnitude) digits(out []int16, stride, windows, c int) {
	half := 1 << (c - 1)
	carry := 0
	for w := range windows {
		d := m.window(w*c, c) + carry
		carry = 0
		if d > half {
			d -= 1 << c
			carry = 1
		}
		out[w*stride] = int16(d)
	}
}

// nafWidth is the width of the non-adjacent forms: odd digits below 2^4.
const nafWidth = 5

// naf writes the value in non-adjacent form of width 5 and returns how many
// digits there are: Σ out[i]·2^i, each non-zero digit odd, between −15 and 15,
// and followed by at least four zeros.
func (m *magnitude) naf(out *[longBits + 1]int8) int {
	n, carry := 0, 0
	for i := 0; i <= longBits; {
		w := m.window(i, nafWidth) + carry
		if w&1 == 0 {
			// An even window leaves its carry to the next bit.
			i++
			continue
		}
		carry = w >> (nafWidth - 1)
		out[i] = int8(w - carry<<nafWidth)
		n = i + 1
		i += nafWidth
	}
	return n
}
