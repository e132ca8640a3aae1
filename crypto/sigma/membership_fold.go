package sigma

import "valik/crypto/group"

// The choice is the leading coefficient of Σ_i p_i(x)·M_i, where
// p_i(x) = Π_j (b_{j,i_j}·x + a_{j,i_j}). The prover needs the other ones. It gets
// them digit by digit: with the digits below j done, the list has one polynomial
// of degree j, with points as coefficients, for each value of the digits from j
// on. Digit j turns four of them, V_0 … V_3, into one:
//
//	Σ_i (b_i·x + a_i)·V_i = x·V_digit + Σ_{i≥1} a_i·(V_i - V_0)
//
// since only b_digit is 1 and the a_i add up to zero. For N = 138 that takes a
// third of the work of one multi-scalar multiplication over all M_i for each
// coefficient.

// polynomial has points as coefficients, the constant one first.
type polynomial []group.Element

// foldAll returns W_0 … W_m with Σ_k W_k·x^k = Σ_i p_i(x)·M_i. W_m is the choice.
// It is constant time in the digits and in the masks.
func (w *member) foldAll(choices *Choices) polynomial {
	list := make([]polynomial, choices.Len())
	for i := range list {
		list[i] = polynomial{choices.points[i]}
	}
	// The list is padded with M_{N-1}. Four equal polynomials fold into x times
	// one of them, so the padding is x^j·M_{N-1}: identities below its leading one.
	padding := list[len(list)-1]
	for j := range choices.digits() {
		list = w.fold(j, list, padding)
		padding = append(polynomial{*group.NewElement()}, padding...)
	}
	return list[0]
}

// fold applies digit j to the list, which it takes as padded.
func (w *member) fold(j int, list []polynomial, padding polynomial) []polynomial {
	folded := make([]polynomial, 0, (len(list)+radix-1)/radix)
	for ; len(list) > 0; list = list[min(radix, len(list)):] {
		block := [radix]polynomial{padding, padding, padding, padding}
		copy(block[:], list)
		folded = append(folded, w.foldBlock(j, &block))
	}
	return folded
}

// foldBlock returns x·V_digit + Σ_{i≥1} a_{j,i}·(V_i - V_0).
func (w *member) foldBlock(j int, v *[radix]polynomial) polynomial {
	masks, bits := w.a[radix*j+1:][:radix-1], w.bits[radix*j:][:radix]
	sum := make(polynomial, len(v[0])+1)
	chosen := group.NewElement() // coefficient k-1 of V_digit; none below k = 0
	for k := range v[0] {
		var differences [radix - 1]group.Element
		for i := range differences {
			differences[i].Subtract(&v[i+1][k], &v[0][k])
		}
		sum[k].MultiScalarMult(masks, differences[:])
		sum[k].Add(&sum[k], chosen)
		for i := range v {
			chosen.Select(&v[i][k], chosen, bits[i])
		}
	}
	sum[len(v[0])].Set(chosen)
	return sum
}
