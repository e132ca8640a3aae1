package verifier

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
	"valik/election/electiontest"
)

// TestBallotsWithoutEvidenceDoNotCountInPublic: where the manifest demands evidence with
// every ballot, everybody sees which ballot was taken without, and that it may not count: a
// collector and a tally that agree on it need not be caught by who sees the sealed part.
func TestBallotsWithoutEvidenceDoNotCountInPublic(t *testing.T) {
	for _, test := range []struct {
		name   string
		policy *election.EvidencePolicy
		count  int
	}{
		{"none is demanded", nil, 2},
		{"it is demanded at the cast", &election.EvidencePolicy{Status: &election.StatusPolicy{Freshness: 60}, Away: election.AwayRefuse}, 1},
	} {
		e, err := electiontest.New(2, func(m *election.Manifest) { m.EID.Evidence = test.policy })
		require.NoError(t, err)
		l := e.NewLog()
		s := &State{Manifest: e.Manifest, Ballots: &election.PublicBallots{List: []election.PublicBallot{
			{Index: 4, Evidence: election.HashOf([]byte("evidence")), Ballot: *l.Prepare(0)},
			{Index: 5, Ballot: *l.Prepare(1)},
		}}}
		count := 0
		for _, last := range s.lastBallots() {
			count += len(last)
		}
		require.Equal(t, test.count, count, test.name)
	}
}
