//go:build unix

package shuffle_test

import (
	"crypto/rand"
	"fmt"
	"syscall"
	"testing"
	"time"

	"valik/crypto/elgamal"
	"valik/crypto/shuffle"
)

var benchmarkSizes = []struct{ n, w int }{{1000, 1}, {1000, 3}, {10_000, 1}, {10_000, 3}}

// benchmark runs f for every size and reports the wall time and the time of all
// cores together for each ciphertext.
func benchmark(b *testing.B, f func(b *testing.B, x *world) func()) {
	for _, size := range benchmarkSizes {
		b.Run(fmt.Sprintf("N=%d/w=%d", size.n, size.w), func(b *testing.B) {
			x := benchmarkWorld(size.n, size.w)
			run := f(b, x)
			run() // tables and generators are made once
			start := processTime()
			for b.Loop() {
				run()
			}
			used := processTime() - start
			ciphertexts := float64(b.N) * float64(size.n*size.w)
			b.ReportMetric(float64(b.Elapsed().Microseconds())/ciphertexts, "µs/ct")
			b.ReportMetric(float64(used.Microseconds())/ciphertexts, "µs/ct·core")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkShuffleProve shuffles, encodes the output and proves.
func BenchmarkShuffleProve(b *testing.B) {
	benchmark(b, func(_ *testing.B, x *world) func() { return func() { shuffleAndProve(x, shuffle.Options{}) } })
}

// BenchmarkShuffleProveConstantTime is the same for a machine that is shared.
func BenchmarkShuffleProveConstantTime(b *testing.B) {
	benchmark(b, func(_ *testing.B, x *world) func() {
		return func() { shuffleAndProve(x, shuffle.Options{ConstantTime: true}) }
	})
}

// BenchmarkShuffleVerify decodes the output and the proof and verifies. The
// input is decoded already: it is the output of the mix before.
func BenchmarkShuffleVerify(b *testing.B) {
	benchmark(b, func(b *testing.B, x *world) func() {
		s, proof := shuffleAndProve(x, shuffle.Options{})
		rows := s.Output.Bytes()
		return func() {
			out, err := elgamal.ParseRows(rows, x.w)
			if err != nil {
				b.Fatal(err)
			}
			p, err := shuffle.ParseProof(proof.Bytes(), x.n, x.w)
			if err != nil {
				b.Fatal(err)
			}
			if err := verify(p, &shuffle.Statement{Key: x.key, Input: x.in, Output: out}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func shuffleAndProve(x *world, o shuffle.Options) (*shuffle.Statement, *shuffle.Proof) {
	out, witness := o.Shuffle(x.key, x.in)
	s := &shuffle.Statement{Key: x.key, Input: x.in, Output: out}
	p, err := shuffle.Prove(mixContext(1), s, witness)
	if err != nil {
		panic(err)
	}
	witness.Erase()
	return s, p
}

// benchmarkWorld has an input and nothing more. It parses it, as a mixer does.
func benchmarkWorld(n, w int) *world {
	x := &world{n: n, w: w, key: newKey(rand.Reader)}
	message, r := randomMatrix(1, w, rand.Reader), randomMatrix(1, w, rand.Reader)
	first := encrypt(x.key, w, message, r).All()
	cts := make([]elgamal.Ciphertext, 0, n*w)
	for i := range n * w {
		c := first[i%w]
		if i >= w {
			c.A.Add(&cts[i-w].A, base)
			c.B.Add(&cts[i-w].B, x.key.Element())
		}
		cts = append(cts, c)
	}
	in, err := elgamal.ParseRows(elgamal.NewRows(w, cts).Bytes(), w)
	if err != nil {
		panic(err)
	}
	x.in = in
	return x
}

// processTime is the time that all cores spent on this process.
func processTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
