package group_test

import (
	"pgregory.net/rapid"

	"valik/crypto/group"
)

// drawScalar favours the scalars where carries, signs and lengths change.
func drawScalar(t *rapid.T, label string) *group.Scalar {
	switch rapid.SampledFrom([]string{"uniform", "edge", "small", "short"}).Draw(t, label+" kind") {
	case "edge":
		return new(group.Scalar).Set(&edges[rapid.IntRange(0, len(edges)-1).Draw(t, label)])
	case "small":
		return group.NewScalar(rapid.Uint64Range(0, 300).Draw(t, label))
	case "short":
		var b [32]byte
		copy(b[:], drawBytes(t, 16, label))
		s, err := new(group.Scalar).SetBytes(b[:])
		must(t, err)
		return s
	default:
		s, err := new(group.Scalar).SetUniformBytes(drawBytes(t, 64, label))
		must(t, err)
		return s
	}
}

// drawElement favours special elements, in any of their representations.
func drawElement(t *rapid.T, label string) *group.Element {
	e := group.NewElement()
	switch rapid.SampledFrom([]string{"uniform", "uniform", "multiple", "identity"}).Draw(t, label+" kind") {
	case "uniform":
		_, err := e.SetUniformBytes(drawBytes(t, 64, label))
		must(t, err)
	case "multiple":
		e.ScalarBaseMult(drawScalar(t, label+" multiple"))
	}
	coset := rapid.IntRange(0, 3).Draw(t, label+" coset")
	return group.InCoset(e, coset, rapid.Uint32().Draw(t, label+" Z"))
}

func drawTerms(t *rapid.T, n int) ([]group.Scalar, []group.Element) {
	s, p := make([]group.Scalar, n), make([]group.Element, n)
	for i := range s {
		s[i].Set(drawScalar(t, "s"))
		p[i].Set(drawElement(t, "P"))
	}
	return s, p
}

func drawBytes(t *rapid.T, n int, label string) []byte {
	return rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, label)
}

func must(t *rapid.T, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

// edges are the scalars 0, ±1, ±2^k, ±(2^k ± 1) and those around ±ℓ/2.
var edges = edgeScalars()

func edgeScalars() []group.Scalar {
	one := group.NewScalar(1)
	var out []group.Scalar
	around := func(s *group.Scalar) {
		for _, e := range []*group.Scalar{s, new(group.Scalar).Subtract(s, one), new(group.Scalar).Add(s, one)} {
			out = append(out, *e, *new(group.Scalar).Negate(e))
		}
	}
	power := group.NewScalar(1)
	for range 253 {
		around(power)
		power = new(group.Scalar).Add(power, power)
	}
	around(new(group.Scalar).Invert(group.NewScalar(2))) // (ℓ+1)/2
	return out
}
