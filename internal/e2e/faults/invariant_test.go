package faults

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
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
func (e *electorate) finish(t testing.TB) (dir string) {
	t.Helper()
	e.stopVoting()
	e.requireNoFault(t)
	e.askAgain(t)
	e.closePolls(t)
	e.askTooLate(t)
	for _, n := range e.nodes {
		require.NoError(t, n.terminate(), "%s", n.said())
	}
	dir = filepath.Join(t.TempDir(), "export")
	require.NoError(t, e.nodes[0].export(dir))
	require.NoError(t, e.checkInvariant(dir))
	e.requireNoFault(t)
	return dir
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
	left := time.Until(e.world.Manifest.Closes.Time()) + time.Second
	for _, w := range e.witnesses {
		setClock(t, w.clock, left)
	}
	for _, n := range e.nodes {
		n.setClock(t, left)
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

// checkInvariant: every acknowledged ballot is on the final board, exactly once and at its
// promised index, and in the exported box, and nothing else is.
func (e *electorate) checkInvariant(dir string) error {
	newest, leaves, err := board.ReadAll(os.DirFS(filepath.Join(dir, "record")), e.world.Manifest.Policy())
	if err != nil {
		return err
	}
	entries, err := election.ParseEntries(leaves)
	if err != nil {
		return err
	}
	return errors.Join(
		election.CheckOrder(entries, e.world.Manifest),
		e.checkBoard(entries),
		e.checkBox(filepath.Join(dir, "sealed", election.BoxFile)),
		e.checkSeen(leaves),
		e.verify(dir, newest),
	)
}

// promised are the acknowledged ballots by the index of their receipt.
func (e *electorate) promised() (map[uint64]*cast, error) {
	all := map[uint64]*cast{}
	for _, k := range e.casts {
		if k.receipt == nil {
			continue
		}
		if all[k.receipt.Index] != nil {
			return nil, fmt.Errorf("two ballots were promised the index %d", k.receipt.Index)
		}
		all[k.receipt.Index] = k
	}
	return all, nil
}

func (e *electorate) checkBoard(entries []election.Entry) error {
	promised, err := e.promised()
	if err != nil {
		return err
	}
	for i, entry := range entries {
		k := promised[uint64(i)]
		delete(promised, uint64(i))
		switch {
		case k == nil && entry.Kind == election.KindBallot:
			return fmt.Errorf("entry %d is a ballot that nobody was told of", i)
		case k == nil:
		case entry.Kind != election.KindBallot,
			entry.Artefact != election.BallotLeaf(k.InnerHash(), k.Envelope(), k.receipt.Evidence, k.receipt.Time):
			return fmt.Errorf("entry %d, a %s, is not the ballot that was promised this index", i, entry.Kind)
		}
	}
	if len(promised) > 0 {
		return fmt.Errorf("the board has not %d acknowledged ballots", len(promised))
	}
	return nil
}

// checkBox checks that the box has just the acknowledged ballots, byte for byte.
func (e *electorate) checkBox(file string) error {
	promised, err := e.promised()
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	box, err := election.ReadBox(f)
	if err != nil {
		return err
	}
	for b, err := range box.All() {
		if err != nil {
			return err
		}
		if k := promised[b.Index]; k == nil || !bytes.Equal(k.Container, b.Container) {
			return fmt.Errorf("the box has something else than was promised the index %d", b.Index)
		}
		delete(promised, b.Index)
	}
	if len(promised) > 0 {
		return fmt.Errorf("the box has not %d acknowledged ballots", len(promised))
	}
	return nil
}

// checkSeen checks that every checkpoint that anybody has seen is one of this board.
func (e *electorate) checkSeen(leaves [][]byte) error {
	tree, err := board.NewTree(leaves)
	if err != nil {
		return err
	}
	for size, root := range e.seen {
		got, err := tree.Root(size)
		if err != nil || root != election.Hash(got) {
			return fmt.Errorf("another board of %d entries was seen: %w", size, err)
		}
	}
	return nil
}

// verify lets the verifier judge all that there is before the count.
func (e *electorate) verify(dir string, newest *board.Checkpoint) error {
	fingerprint := e.world.Fingerprint()
	_, report, err := verifier.VerifyTo(verifier.Input{
		Record: os.DirFS(filepath.Join(dir, "record")), Sealed: os.DirFS(filepath.Join(dir, "sealed")),
		Fingerprint: &fingerprint, Checkpoint: newest.Raw,
	}, verifier.Closed)
	if err == nil && !report.Verified {
		err = fmt.Errorf("the record does not verify: %+v", report.Checks)
	}
	return err
}

// TestInvariantCanFail holds an export against memories that it does not agree with.
func TestInvariantCanFail(t *testing.T) {
	t.Parallel()
	e := newElectorate(t, 3, nil)
	e.addNode(t, openSQLite(t, t.TempDir()).url)
	e.vote(t)
	e.requireMore(t, 10)
	dir := e.finish(t)
	kept := slices.Clone(e.casts)
	first, second := kept[0], kept[1]
	for _, row := range []struct {
		want   string
		change func(*election.Receipt)
	}{
		{"nobody was told of", func(*election.Receipt) { e.casts = kept[1:] }},
		{"two ballots were promised", func(r *election.Receipt) { r.Index = second.receipt.Index }},
		{"not the ballot that was promised", func(r *election.Receipt) { r.Time++ }},
		{"not the ballot that was promised", func(r *election.Receipt) { r.Index = 0 }},
		{"the board has not 1", func(r *election.Receipt) {
			e.casts = append(slices.Clone(kept), &cast{Signed: second.Signed, receipt: &election.Receipt{Index: 1 << 20}})
		}},
		{"something else than was promised", func(*election.Receipt) {
			e.casts = slices.Clone(kept)
			e.casts[0] = &cast{Signed: second.Signed, receipt: first.receipt}
		}},
		{"another board of 4 entries", func(*election.Receipt) { e.seen[4] = election.Hash{1} }},
		{"another board of 9999 entries", func(*election.Receipt) { e.seen[9999] = election.Hash{} }},
	} {
		before, seen := *first.receipt, maps.Clone(e.seen)
		row.change(first.receipt)
		require.ErrorContains(t, e.checkInvariant(dir), row.want)
		*first.receipt, e.casts, e.seen = before, kept, seen
	}
	require.NoError(t, e.checkInvariant(dir))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "record", election.CloseFile), []byte("{}"), 0o600))
	require.ErrorContains(t, e.checkInvariant(dir), "does not verify")
}
