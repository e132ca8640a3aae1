package faults

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// startWitnesses starts the three that the elections have.
func startWitnesses(t testing.TB, all *proxies) []*witness {
	t.Helper()
	var list []*witness
	for number := range 3 {
		list = append(list, startWitness(t, all, number+1))
	}
	return list
}

// witnessed is an election with witnesses, in which voters cast.
func witnessed(t testing.TB) *electorate {
	t.Helper()
	e := newElectorate(t, 4, startWitnesses(t, startProxies(t)))
	e.addNode(t, openSQLite(t, t.TempDir()).url)
	// Longer than the collector's own, so that its answer is seen.
	e.patience = 20 * time.Second
	e.vote(t)
	e.requireMore(t, 10)
	return e
}

// slowWitnesses makes all witnesses but one slow.
func (e *electorate) slowWitnesses(t testing.TB, latency time.Duration) (heal func()) {
	t.Helper()
	var all []func() error
	for _, w := range e.witnesses[1:] {
		one, err := w.way.disturb("latency", "downstream", map[string]int{"latency": int(latency.Milliseconds())})
		require.NoError(t, err)
		all = append(all, one)
	}
	return func() {
		for _, one := range all {
			require.NoError(t, one())
		}
	}
}

// Witnesses that are slow, but not too slow, make receipts slow and nothing else.
func TestSlowWitness(t *testing.T) {
	t.Parallel()
	e := witnessed(t)
	heal := e.slowWitnesses(t, 500*time.Millisecond)
	e.requireMore(t, 10)
	heal()
	require.Zero(t, e.refusals("not_witnessed"))
	e.finish(t)
}

// With witnesses that are slower than the collector waits, nobody gets a receipt for a
// ballot that they have not signed: the answer is not_witnessed, and later the receipt.
func TestWitnessSlowerThanPatience(t *testing.T) {
	t.Parallel()
	e := witnessed(t)
	heal := e.slowWitnesses(t, 12*time.Second)
	e.requireRefusals(t, "not_witnessed", 1)
	heal()
	e.requireMore(t, 10)
	e.finish(t)
}

// Without witnesses nobody gets a receipt, and later everybody.
func TestNoWitness(t *testing.T) {
	t.Parallel()
	e := witnessed(t)
	for _, w := range e.witnesses {
		require.NoError(t, w.way.cut())
	}
	e.requireRefusals(t, "not_witnessed", 1) // meanwhile who had been signed for got the receipt
	before := e.acknowledged()
	e.requireRefusals(t, "not_witnessed", 4)
	require.Equal(t, before, e.acknowledged())
	for _, w := range e.witnesses {
		require.NoError(t, w.way.mend())
	}
	e.requireMore(t, 10)
	e.finish(t)
}
