package threshold

import (
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
)

// benchmarkRows is how many ciphertexts the benchmarks decrypt at once.
const benchmarkRows = 10_000

// newBenchmark is a list of distinct ciphertexts; making them must not take
// longer than the benchmark.
func newBenchmark(b *testing.B, t, n, rows int) *election {
	w, keys := finished(b, t, n)
	cts := make([]elgamal.Ciphertext, rows)
	g := group.HashToElement("valik/1 benchmark")
	last := g
	for i := range cts {
		cts[i].A.Add(g, last)
		cts[i].B.Double(&cts[i].A)
		last = &cts[i].B
	}
	return &election{world: w, keys: keys, rows: elgamal.NewRows(1, cts), shares: map[int]*DecryptionShare{}}
}

func (e *election) share(j int) *DecryptionShare {
	d, err := e.world.shares[j-1].Decrypt(decryptionContext(), e.rows)
	require.NoError(e, err)
	return d
}

// perCiphertext reports µs a ciphertext.
func perCiphertext(b *testing.B, rows int) {
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(rows), "µs/ct")
}

func BenchmarkDecrypt(b *testing.B) {
	e := newBenchmark(b, 1, 1, benchmarkRows)
	for b.Loop() {
		e.share(1)
	}
	perCiphertext(b, benchmarkRows)
}

func BenchmarkVerifyShare(b *testing.B) {
	e := newBenchmark(b, 1, 1, benchmarkRows)
	d := e.share(1)
	for b.Loop() {
		require.NoError(b, e.verify(1, d))
	}
	perCiphertext(b, benchmarkRows)
}

func BenchmarkParseShare(b *testing.B) {
	e := newBenchmark(b, 1, 1, benchmarkRows)
	encoded := e.share(1).Bytes()
	for b.Loop() {
		_, err := ParseDecryptionShare(encoded, benchmarkRows)
		require.NoError(b, err)
	}
	perCiphertext(b, benchmarkRows)
}

// Combination of the shares of trustees 1 to t has small coefficients; without
// trustee 1 they are of full size.
func BenchmarkCombine(b *testing.B) {
	for _, absent := range []int{0, 1} {
		b.Run(fmt.Sprintf("3 of 5, %d absent", absent), func(b *testing.B) {
			e := newBenchmark(b, 3, 5, benchmarkRows)
			for j := 1 + absent; j <= 4; j++ {
				e.shares[j] = e.share(j)
			}
			for b.Loop() {
				_, err := Combine(e.keys, e.rows, e.shares)
				require.NoError(b, err)
			}
			perCiphertext(b, benchmarkRows)
		})
	}
}

func BenchmarkVerifyCombination(b *testing.B) {
	e := newBenchmark(b, 3, 5, benchmarkRows)
	for j := 1; j <= 3; j++ {
		e.shares[j] = e.share(j)
	}
	points, err := Combine(e.keys, e.rows, e.shares)
	require.NoError(b, err)
	for b.Loop() {
		require.NoError(b, VerifyCombination(e.keys, e.rows, e.shares, points, rand.Reader))
	}
	perCiphertext(b, benchmarkRows)
}

func BenchmarkCeremonyVerify(b *testing.B) {
	for _, size := range [][2]int{{3, 5}, {5, 9}, {11, 20}} {
		b.Run(fmt.Sprintf("%d of %d", size[0], size[1]), func(b *testing.B) {
			w, _ := finished(b, size[0], size[1])
			for b.Loop() {
				_, err := Verify(w.p, &w.c)
				require.NoError(b, err)
			}
		})
	}
}
