package processing_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
	"valik/election/electiontest"
	"valik/election/processing"
)

// BenchmarkProcess judges 500 ballots of 100 voters, each a single choice out of
// 100, from signature to proof.
func BenchmarkProcess(b *testing.B) {
	e, err := electiontest.New(100, func(m *election.Manifest) {
		m.Contests = m.Contests[:1]
		m.Lists = m.Lists[:2]
		m.Lists[0].Lists = slate(100)
		m.Lists[1].Lists = slate(100)
	})
	require.NoError(b, err)
	l := e.NewLog()
	for i := range 500 {
		l.Vote(i % 100)
	}
	s := source(l)
	for b.Loop() {
		_, err := processing.Process(s)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*500), "µs/ballot")
}

func slate(n int) []election.Slate {
	s := election.Slate{Name: "List"}
	for i := range n {
		code := "0176." + string(rune('0'+i/100)) + string(rune('0'+i/10%10)) + string(rune('0'+i%10))
		s.Choices = append(s.Choices, election.Choice{Code: code, Name: code})
	}
	return []election.Slate{s}
}
