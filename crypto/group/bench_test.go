package group_test

import (
	"crypto/rand"
	"fmt"
	"testing"

	"valik/crypto/group"
)

func perPoint(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/1e3/float64(b.N)/float64(n), "µs/point")
}

func shortScalars(n int) []group.Scalar {
	out := make([]group.Scalar, n)
	for i := range out {
		s, err := group.ReadShortScalar(rand.Reader)
		if err != nil {
			panic(err)
		}
		out[i] = *s
	}
	return out
}

func BenchmarkVarTimeMultiScalarMult(b *testing.B) {
	for _, kind := range []struct {
		name    string
		scalars func(int) []group.Scalar
	}{{"253bit", group.RandomScalars}, {"128bit", shortScalars}} {
		for _, n := range []int{1, 10, 50, 100, 200, 400, 1000, 10_000, 100_000} {
			p := group.Generators("benchmark", n)
			s := kind.scalars(n)
			b.Run(fmt.Sprintf("%s/%d", kind.name, n), func(b *testing.B) {
				e := group.NewElement()
				for b.Loop() {
					e.VarTimeMultiScalarMult(s, p)
				}
				perPoint(b, n)
			})
		}
	}
}
