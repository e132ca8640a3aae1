package tally

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
)

func TestCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []int{0, 1, 2, 0, 3}, nil)
	require.NoError(t, w.Revoke(w.order(election.Revoke, 2, 3), w.authority, w.Board))
	require.NoError(t, w.Revoke(w.order(election.Restore, 3), w.authority, w.Board))
	outcome, err := w.Process(w.Board)
	require.NoError(t, err)
	reasons := outcome.Decisions.Count()
	require.Equal(t, 3, reasons[election.Counted])
	require.Equal(t, 1, reasons[election.Superseded])
	require.Equal(t, 1, reasons[election.Revoked])
	w.mixers[1].ConstantTime = true
	w.mix(1) // in any order
	w.mix(0)
	_, err = w.ExportResult("mayor")
	require.ErrorIs(t, err, ErrTooEarly)
	w.decrypt(1) // more trustees than needed do no harm
	result := w.finish()
	require.Zero(t, result.Totals.Invalid)
	ballots := map[election.ListID]int{}
	for _, l := range result.Lists {
		ballots[election.ListID{Contest: l.Contest, District: l.District}] = l.Ballots
	}
	require.Equal(t, map[election.ListID]int{
		{Contest: "mayor", District: "0176.1"}: 1, {Contest: "mayor", District: "0176.2"}: 2,
		{Contest: "council", District: "0176.1"}: 1,
	}, ballots)
	exported, err := w.ExportResult("mayor")
	require.NoError(t, err)
	require.Contains(t, string(exported), `"bydistrict"`)
	_, err = w.ExportResult("king")
	require.ErrorContains(t, err, "king")
}

// A mixer of a guarded election, other than the first, and the trustees have no
// sealed part.
func TestCountGuarded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []int{0, 1, 2}, func(m *election.Manifest) { m.Profile = election.ProfileGuarded })
	w.process()
	require.NoDirExists(t, filepath.Join(w.Record(), inputFolder))
	away := filepath.Join(t.TempDir(), "sealed")
	require.NoError(t, os.Rename(w.Sealed(), away))
	require.ErrorContains(t, w.Mix(w.mixers[0], w.Board), "needs the sealed part", "the first mixer must see the input")
	require.NoError(t, os.Rename(away, w.Sealed()))
	w.mix(0)
	require.NoError(t, os.Rename(w.Sealed(), away))
	w.mix(1)
	w.decrypt(1)
	w.decrypt(2)
	w.count()
	require.NoError(t, os.Rename(away, w.Sealed()))
	w.requireVerified()
}

// Lists may be empty or of one row, where a shuffle hides nothing and must still
// be proved.
func TestCountOfFewBallots(t *testing.T) {
	t.Parallel()
	for _, votes := range [][]int{{}, {1}, {0}} {
		t.Run(fmt.Sprint(len(votes), votes), func(t *testing.T) {
			w := newWorld(t, votes, nil)
			w.toDecryption()
			require.Equal(t, len(votes), ballotsOf(w.finish(), "mayor"))
		})
	}
}

func ballotsOf(r *election.Result, contest string) (n int) {
	for _, l := range r.Lists {
		if l.Contest == contest {
			n += l.Ballots
		}
	}
	return n
}
