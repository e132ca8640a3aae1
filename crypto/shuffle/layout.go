package shuffle

import "valik/crypto/group"

// layout says where the fields of a proof for n ≥ 1 rows of w ciphertexts lie.
//
//	elements  c (n)  ĉ (n)  t_1 t_2 t_3  t_4 (2w: A, B)  t̂ (n)
//	scalars   s_1 s_2 s_3  s_4 (w)  ŝ (n)  s̃ (n)
type layout struct{ n, w int }

// The places where the elements of a kind begin.
func (l layout) chain() int { return l.n }
func (l layout) t() int     { return 2 * l.n }
func (l layout) t4() int    { return 2*l.n + 3 }
func (l layout) tHat() int  { return 2*l.n + 3 + 2*l.w }
func (l layout) end() int   { return 3*l.n + 3 + 2*l.w }

// The places where the scalars of a kind begin.
func (l layout) s4() int      { return 3 }
func (l layout) sHat() int    { return 3 + l.w }
func (l layout) sTilde() int  { return 3 + l.w + l.n }
func (l layout) scalars() int { return 3 + l.w + 2*l.n }

// size returns the number of bytes of the proof.
func (l layout) size() int {
	if l.n == 0 {
		return 0
	}
	return group.ElementSize*l.end() + group.ScalarSize*l.scalars()
}

// elements returns the encodings of the elements from place lo up to hi.
func (l layout) elements(encoding []byte, lo, hi int) []byte {
	return encoding[group.ElementSize*lo : group.ElementSize*hi]
}

// elementField names the element at a place, for errors.
func (l layout) elementField(at int) (part string, index int) {
	switch {
	case at < l.chain():
		return partC, at
	case at < l.t():
		return partChain, at - l.chain()
	case at < l.t4():
		return []string{partT1, partT2, partT3}[at-l.t()], noIndex
	case at < l.tHat():
		return partT4, (at - l.t4()) / 2
	default:
		return partTHat, at - l.tHat()
	}
}

// scalarField names the scalar at a place, for errors.
func (l layout) scalarField(at int) (part string, index int) {
	switch {
	case at < l.s4():
		return []string{partS1, partS2, partS3}[at], noIndex
	case at < l.sHat():
		return partS4, at - l.s4()
	case at < l.sTilde():
		return partSHat, at - l.sHat()
	default:
		return partSTilde, at - l.sTilde()
	}
}
