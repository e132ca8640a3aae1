package group_test

import (
	"crypto/rand"
	"fmt"
	"testing"

	"valik/crypto/group"
)

// bench runs op, which works on n points, and reports the time for each.
func bench(b *testing.B, name string, n int, op func()) {
	b.Run(name, func(b *testing.B) {
		for b.Loop() {
			op()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/1e3/float64(b.N)/float64(n), "µs/point")
	})
}

func BenchmarkElement(b *testing.B) {
	p, q := group.HashToElement("p"), group.HashToElement("q")
	s, e := group.RandomScalar(), new(group.Element)
	encoded, uniform := p.Bytes(), make([]byte, 64)
	bench(b, "Add", 1, func() { e.Add(p, q) })
	bench(b, "Double", 1, func() { e.Double(p) })
	bench(b, "Equal", 1, func() { p.Equal(q) })
	bench(b, "Bytes", 1, func() { p.Bytes() })
	bench(b, "SetBytes", 1, func() { _, _ = e.SetBytes(encoded) })
	bench(b, "SetUniformBytes", 1, func() { _, _ = e.SetUniformBytes(uniform) })
	bench(b, "HashToElement", 1, func() { group.HashToElement("benchmark", encoded) })
	bench(b, "ScalarMult", 1, func() { e.ScalarMult(s, p) })
	bench(b, "ScalarBaseMult", 1, func() { e.ScalarBaseMult(s) })
	bench(b, "VarTimeScalarMult", 1, func() { e.VarTimeScalarMult(s, p) })
}

func BenchmarkTable(b *testing.B) {
	p, s := group.HashToElement("p"), group.RandomScalar()
	t := group.NewTable(p)
	bench(b, "New", 1, func() { group.NewTable(p) })
	bench(b, "NewAndMult", 1, func() { group.NewTable(p).Mult(s) })
	bench(b, "NewAndVarTimeMult", 1, func() { group.NewTable(p).VarTimeMult(s) })
	bench(b, "Mult", 1, func() { t.Mult(s) })
	bench(b, "VarTimeMult", 1, func() { t.VarTimeMult(s) })
}

func BenchmarkScalar(b *testing.B) {
	x, y, z := group.RandomScalar(), group.RandomScalar(), new(group.Scalar)
	bench(b, "Multiply", 1, func() { z.Multiply(x, y) })
	bench(b, "Invert", 1, func() { z.Invert(x) })
	bench(b, "Random", 1, func() { group.RandomScalar() })
	bench(b, "RandomScalars", 1000, func() { group.RandomScalars(1000) })
	bench(b, "ReadShortScalar", 1, func() { _, _ = group.ReadShortScalar(rand.Reader) })
}

func BenchmarkBatch(b *testing.B) {
	const n = 10_000
	p := group.Generators("benchmark", n)
	encoded := group.EncodeAll(p)
	bench(b, "EncodeAll", n, func() { group.EncodeAll(p) })
	bench(b, "DoubleAndEncodeAll", n, func() { group.DoubleAndEncodeAll(p) })
	bench(b, "DecodeAll", n, func() { _, _ = group.DecodeAll(encoded) })
}

func BenchmarkMultiScalarMult(b *testing.B) {
	for _, n := range []int{1, 4, 16} {
		s, p, e := group.RandomScalars(n), group.Generators("benchmark", n), new(group.Element)
		bench(b, fmt.Sprint(n), n, func() { e.MultiScalarMult(s, p) })
	}
}

// BenchmarkVarTimeMultiScalarMult uses all cores; GOMAXPROCS=1 gives the cost of
// a point and core.
func BenchmarkVarTimeMultiScalarMult(b *testing.B) {
	for _, n := range []int{1, 10, 50, 100, 128, 129, 200, 400, 1000, 10_000, 100_000} {
		e, p := new(group.Element), group.Generators("benchmark", n)
		long, short := group.RandomScalars(n), shortScalars(n)
		bench(b, fmt.Sprintf("%d/253bit", n), n, func() { e.VarTimeMultiScalarMult(long, p) })
		bench(b, fmt.Sprintf("%d/128bit", n), n, func() { e.VarTimeMultiScalarMult(short, p) })
	}
}
