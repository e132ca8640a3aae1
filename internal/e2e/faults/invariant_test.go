package faults

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/board"
	"valik/election"
	"valik/election/processing"
	"valik/verifier"
)

// finish lets the voters get their answers, closes the polls, ends the collectors, exports
// by one of them, and holds what is exported against what the voters remember.
func (e *electorate) finish(t testing.TB) {
	t.Helper()
	e.stopVoting()
	e.requireNoFault(t)
	e.askAgain(t)
	e.closePolls(t)
	e.askTooLate(t)
	for _, n := range e.nodes {
		require.NoError(t, n.terminate(), "%s", tail(n.process.said.String()))
	}
	dir := filepath.Join(t.TempDir(), "export")
	require.NoError(t, e.nodes[0].export(dir))
	e.requireInvariant(t, dir)
	e.requireNoFault(t)
}

// askAgain asks every collector for every receipt once more: send compares the bytes.
func (e *electorate) askAgain(t testing.TB) {
	t.Helper()
	for _, n := range e.nodes {
		for _, k := range e.casts {
			if k.receipt != nil {
				require.NoError(t, e.send(n, k))
			}
		}
	}
}

// closePolls lets the time of the close come.
func (e *electorate) closePolls(t testing.TB) {
	t.Helper()
	for _, n := range e.nodes {
		n.setClock(t, time.Until(e.world.Manifest.Closes.Time())+time.Second)
	}
	for _, n := range e.nodes {
		require.Eventually(t, func() bool {
			resp, err := e.client.Get("http://" + n.address + "/v1/close")
			if err != nil {
				return false
			}
			defer resp.Body.Close()
			return resp.StatusCode == http.StatusOK
		}, soon, 20*time.Millisecond, "the polls do not close")
	}
}

// askTooLate sends what has no receipt, and one ballot that nobody sent before, after the
// close: it gets the receipt of a ballot in the box, or it is too late.
func (e *electorate) askTooLate(t testing.TB) {
	t.Helper()
	c, err := e.checkpoint(e.nodes[0])
	require.NoError(t, err)
	late := &cast{Signed: e.world.Ballot(t, e.world.Voters[0], anchorOf(c), e.world.Manifest.Closes.Time())}
	var clear refused
	require.ErrorAs(t, e.send(e.nodes[0], late), &clear)
	require.EqualValues(t, processing.CodeClosed, clear)
	for _, k := range e.casts {
		if k.receipt != nil {
			continue
		}
		if err := e.send(e.nodes[0], k); !errors.As(err, &clear) {
			require.NoError(t, err)
		}
	}
}

// requireInvariant: every acknowledged ballot is on the final board, exactly once and at
// its promised index, and in the exported box, and nothing else is.
func (e *electorate) requireInvariant(t testing.TB, dir string) {
	t.Helper()
	newest, leaves, err := board.ReadAll(os.DirFS(filepath.Join(dir, "record")), e.world.Manifest.Policy())
	require.NoError(t, err)
	entries, err := election.ParseEntries(leaves)
	require.NoError(t, err)
	require.NoError(t, election.CheckOrder(entries, e.world.Manifest))

	promised := map[uint64]*cast{}
	for _, k := range e.casts {
		if k.receipt == nil {
			continue
		}
		require.NotContains(t, promised, k.receipt.Index, "two ballots of one index")
		promised[k.receipt.Index] = k
	}
	for i, entry := range entries {
		k, ok := promised[uint64(i)]
		require.Equal(t, ok, entry.Kind == election.KindBallot, "entry %d, a %s, promised: %v", i, entry.Kind, ok)
		if ok {
			require.Equal(t, election.BallotLeaf(k.InnerHash(), k.Envelope(), k.receipt.Evidence, k.receipt.Time), entry.Artefact, "entry %d", i)
			delete(promised, uint64(i))
		}
	}
	require.Empty(t, promised, "acknowledged ballots that the board has not")
	e.requireBox(t, filepath.Join(dir, "sealed", election.BoxFile))
	e.requireConsistent(t, leaves)
	e.requireVerified(t, dir, newest)
}

// requireBox requires that the box has just the acknowledged ballots, byte for byte.
func (e *electorate) requireBox(t testing.TB, file string) {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	box, err := election.ReadBox(f)
	require.NoError(t, err)
	boxed := map[uint64][]byte{}
	for b, err := range box.All() {
		require.NoError(t, err)
		boxed[b.Index] = b.Container
	}
	for _, k := range e.casts {
		if k.receipt != nil {
			require.Equal(t, k.Container, boxed[k.receipt.Index])
			delete(boxed, k.receipt.Index)
		}
	}
	require.Empty(t, boxed, "ballots that nobody was told of")
}

// requireConsistent requires that every checkpoint that anybody has seen is one of this board.
func (e *electorate) requireConsistent(t testing.TB, leaves [][]byte) {
	t.Helper()
	tree, err := board.NewTree(leaves)
	require.NoError(t, err)
	for size, root := range e.seen {
		got, err := tree.Root(size)
		require.NoError(t, err, "a checkpoint of %d entries was seen", size)
		require.Equal(t, root, election.Hash(got), "another board of %d entries was seen", size)
	}
}

// requireVerified lets the verifier judge all that there is before the count.
func (e *electorate) requireVerified(t testing.TB, dir string, newest *board.Checkpoint) {
	t.Helper()
	fingerprint := e.world.Fingerprint()
	_, report, err := verifier.VerifyTo(verifier.Input{
		Record: os.DirFS(filepath.Join(dir, "record")), Sealed: os.DirFS(filepath.Join(dir, "sealed")),
		Fingerprint: &fingerprint, Checkpoint: newest.Raw,
	}, verifier.Closed)
	require.NoError(t, err)
	require.Empty(t, report.Failed(), "%+v", report.Checks)
	require.Empty(t, report.Missing(), "%+v", report.Checks)
	require.True(t, report.Verified)
}
