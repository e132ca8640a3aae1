package tally

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/testpki"
	"valik/election"
)

// settlingWorld is an election in which evidence may come after the cast, and in which
// nobody has voted.
func settlingWorld(t *testing.T, settlement func(*election.Manifest) *election.Settlement) *world {
	t.Helper()
	w := prepareWorld(t, []*testpki.Key{newOfficial(t)}, 1, func(m *election.Manifest) {
		m.EID.Evidence = &election.EvidencePolicy{
			Time: &election.TimePolicy{Authorities: m.EID.Issuers[:1], Tolerance: 60},
			Away: election.AwaySettle, Settle: 3600,
		}
	})
	w.settlement = settlement
	w.handOver(nil)
	return w
}

func TestCountAfterTheSettlement(t *testing.T) {
	t.Parallel()
	w := settlingWorld(t, func(m *election.Manifest) *election.Settlement {
		return election.NewSettlement(m.Fingerprint(), nil)
	})
	require.NoError(t, w.Revoke(w.order(election.Revoke, 0), w.authority, w.Board))
	w.toDecryption()
	w.finish()
}

// Before the settlement the polls are not over.
func TestNoCountBeforeTheSettlement(t *testing.T) {
	t.Parallel()
	w := settlingWorld(t, nil)
	before := w.entries()
	require.ErrorIs(t, w.Revoke(w.order(election.Revoke, 0), w.authority, w.Board), ErrTooEarly)
	_, err := w.Process(w.Board)
	require.ErrorIs(t, err, ErrTooEarly)
	require.ErrorContains(t, err, `no entry "settlement" yet`)
	require.Equal(t, before, w.entries())
}

// A settlement that names what is no ballot stops the count.
func TestWrongSettlementStopsTheCount(t *testing.T) {
	t.Parallel()
	w := settlingWorld(t, func(m *election.Manifest) *election.Settlement {
		return election.NewSettlement(m.Fingerprint(), []election.Settled{{Index: 2, Evidence: m.Fingerprint()}})
	})
	_, err := w.Process(w.Board)
	require.ErrorContains(t, err, "settlement, board entry 2: the entry is no ballot's")
}
