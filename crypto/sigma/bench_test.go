package sigma_test

import (
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
	"valik/crypto/sigma"
	"valik/crypto/transcript"
)

func BenchmarkProveMembership(b *testing.B) {
	for _, n := range []int{2, 138, 968} {
		b.Run(fmt.Sprintf("N=%d", n), func(b *testing.B) {
			f := newBallots(b, n, 1)
			for b.Loop() {
				f.prove(b, 0)
			}
		})
	}
}

func BenchmarkVerifyMembership(b *testing.B) {
	for _, n := range []int{2, 138, 968} {
		b.Run(fmt.Sprintf("N=%d", n), func(b *testing.B) {
			f := newBallots(b, n, 1)
			p := f.prove(b, 0)
			for b.Loop() {
				require.NoError(b, p.Verify(f.transcript(0), f.pk, f.choices, &f.ciphertexts[0]))
			}
		})
	}
}

func BenchmarkVerifyMembershipBatch(b *testing.B) {
	const ballots = 1000
	for _, n := range []int{2, 138, 968} {
		b.Run(fmt.Sprintf("N=%d", n), func(b *testing.B) {
			f := newBallots(b, n, ballots)
			proof := f.prove(b, 0) // one proof for all: the same work
			for b.Loop() {
				batch := sigma.NewMembershipBatch(f.pk, rand.Reader)
				for range ballots {
					require.NoError(b, batch.Add(f.transcript(0), f.choices, &f.ciphertexts[0], proof))
				}
				require.NoError(b, batch.Verify())
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*ballots), "µs/ballot")
		})
	}
}

func BenchmarkParseMembership(b *testing.B) {
	f := newBallots(b, 138, 1)
	encoded := f.prove(b, 0).Bytes()
	for b.Loop() {
		_, err := sigma.ParseMembership(encoded, 138)
		require.NoError(b, err)
	}
}

func BenchmarkBatchEquality(b *testing.B) {
	const n = 10000
	x, image, pairs := newPairs(n)
	pairs.EncodedA, pairs.EncodedD = group.EncodeAll(pairs.A), group.EncodeAll(pairs.D)
	p, err := sigma.ProveBatchEquality(transcript.New("bench"), x, image, pairs)
	require.NoError(b, err)
	b.Run("prove", func(b *testing.B) {
		for b.Loop() {
			_, err := sigma.ProveBatchEquality(transcript.New("bench"), x, image, pairs)
			require.NoError(b, err)
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/pair")
	})
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, p.Verify(transcript.New("bench"), image, pairs))
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/pair")
	})
}
