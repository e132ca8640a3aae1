package faults

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The machine of the primary is lost in the middle of casting. The standby, for which every
// commit has waited, is promoted, and the collectors are pointed to it: it has every
// acknowledged ballot at its index, and the voters who ask again get the same receipts. One
// collector stays up and is led over by its address, the other one is started anew.
func TestLostPrimary(t *testing.T) {
	t.Parallel()
	all := startProxies(t)
	primary := startPostgres(t, "").behind(t, all)
	d, e := primary.database(t), newElectorate(t, 6, nil)
	standby := primary.standby(t)
	direct, err := primary.Over(d.url, primary.Address())
	require.NoError(t, err)
	stays, restarts := e.addNode(t, d.url), e.addNode(t, direct)
	e.vote(t)
	e.requireMore(t, 20)

	require.NoError(t, primary.Kill())
	e.requireRefusals(t, "unavailable", 3)
	require.NoError(t, standby.Promote())
	require.NoError(t, primary.way.lead(standby.Address()))
	promoted, err := standby.Over(d.url, standby.Address())
	require.NoError(t, err)
	restarts.kill()
	restarts.point(t, direct, promoted)
	require.NoError(t, restarts.start())

	e.requireMore(t, 20)
	require.False(t, stays.hasEnded())
	e.finish(t)
}

// A standby that is away holds ballots up, and nobody gets a receipt for one that only the
// primary has: not even who asks again, when the primary has been restarted meanwhile and
// shows them.
func TestStandbyAway(t *testing.T) {
	t.Parallel()
	primary := startPostgres(t, "")
	d, e := primary.database(t), newElectorate(t, 6, nil)
	standby := primary.standby(t)
	e.addNode(t, d.url)
	e.patience = 500 * time.Millisecond
	e.vote(t)
	e.requireMore(t, 10)

	require.NoError(t, standby.Kill())
	d.waitFor(t, `SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'`)
	require.NoError(t, primary.Kill())
	require.NoError(t, primary.Restart())
	before := e.acknowledged()
	unacknowledged := d.ballots(t) - before
	require.Positive(t, unacknowledged, "the primary shows what it has not acknowledged")
	time.Sleep(6 * e.patience) // everybody asks again, with the ballots that the primary shows
	require.Equal(t, before, e.acknowledged())

	require.NoError(t, standby.Restart())
	e.requireMore(t, 10)
	e.finish(t)
}

// point writes another database into a collector's configuration.
func (n *node) point(t testing.TB, from, to string) {
	t.Helper()
	text, err := os.ReadFile(n.config)
	require.NoError(t, err)
	changed := bytes.Replace(text, []byte(from), []byte(to), 1)
	require.NotEqual(t, text, changed)
	require.NoError(t, os.WriteFile(n.config, changed, 0o600))
}
