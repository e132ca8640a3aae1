package group

// strausTerms is the number of terms up to which Straus is faster.
const strausTerms = 128

// pippengerTerms bounds the memory of one run to about 25 MiB; longer sums are
// cut. More terms at a time would hardly be faster.
const pippengerTerms = 1 << 17

// VarTimeScalarMult sets e = s·p. For public values only.
func (e *Element) VarTimeScalarMult(s *Scalar, p *Element) *Element {
	return e.VarTimeMultiScalarMult([]Scalar{*s}, []Element{*p})
}

// VarTimeMultiScalarMult sets e = Σ s[i]·p[i], the identity for no terms. For
// public values only. It panics if the lengths differ.
//
// Many terms run on all cores. Scalars of at most 128 bits, and their
// negatives, cost about half.
func (e *Element) VarTimeMultiScalarMult(s []Scalar, p []Element) *Element {
	if len(s) != len(p) {
		panic("group: VarTimeMultiScalarMult with lists of different lengths")
	}
	for i := range p {
		p[i].check()
	}
	return e.Set(multiScalarMultVarTime(s, p, pippengerTerms))
}

// multiScalarMultVarTime cuts the sum into blocks of terms and returns it.
func multiScalarMultVarTime(s []Scalar, p []Element, block int) *Element {
	if len(s) <= strausTerms {
		return strausVarTime(s, p)
	}
	sum := NewElement()
	for len(s) > 0 {
		n := min(len(s), block)
		sum.Add(sum, pippengerVarTime(s[:n], p[:n]))
		s, p = s[n:], p[n:]
	}
	return sum
}
