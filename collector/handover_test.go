package collector

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/board"
	test "valik/collector/collectortest"
	"valik/election"
	"valik/election/processing"
)

func TestExport(t *testing.T) {
	w := test.New(t, 6)
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		s := serve(t, w, database(t))
		out := filepath.Join(t.TempDir(), "out")
		var receipts []*election.Receipt
		for _, v := range append(w.Voters, w.Voters[0]) {
			receipts = append(receipts, s.cast(s.prepare(v)))
			s.clock.pass(time.Second)
		}
		require.ErrorIs(t, s.c.Export(ctx, out), ErrNotClosed)
		require.NoDirExists(t, out)
		s.clock.set(test.Closes)
		require.NoError(t, s.c.Export(ctx, out))
		require.ErrorIs(t, s.c.Export(ctx, out), ErrExists)

		record, sealed := os.DirFS(filepath.Join(out, "record")), os.DirFS(filepath.Join(out, "sealed"))
		requireFiles(t, record, "ballots.jsonl", "ceremony.json", "checkpoint", "close.json", "manifest.json", "manifest.json.p7s",
			"open.json", "tile/0/000.p/12", "tile/entries/000.p/12")
		requireFiles(t, sealed, "box.jsonl", "roll-0.jsonl", "roll-0.jsonl.p7s")
		requirePrivate(t, filepath.Join(out, "sealed"))
		checkpoint, leaves, err := board.ReadAll(record, w.Manifest.Policy())
		require.NoError(t, err)
		require.Equal(t, s.get("/checkpoint"), checkpoint.Raw)

		// The count accepts every ballot that has a receipt, and finds the one that was replaced.
		requireProcesses(t, w, leaves, sealed, receipts)
		requirePublicBallots(t, w, record, receipts)
	})
}

func requireFiles(t *testing.T, folder fs.FS, want ...string) {
	t.Helper()
	var have []string
	require.NoError(t, fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			have = append(have, path)
		}
		return err
	}))
	require.ElementsMatch(t, want, have)
}

func requirePrivate(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, path)
		return nil
	}))
}

func requireProcesses(t *testing.T, w *test.World, leaves [][]byte, sealed fs.FS, receipts []*election.Receipt) {
	t.Helper()
	raw, err := fs.ReadFile(sealed, election.BoxFile)
	require.NoError(t, err)
	box, err := election.ParseBox(raw)
	require.NoError(t, err)
	raw, err = fs.ReadFile(sealed, election.RollFile(0))
	require.NoError(t, err)
	roll, err := election.ParseRoll(raw)
	require.NoError(t, err)
	outcome, err := processing.Process(&processing.Source{
		Manifest: w.Manifest, Key: w.Keys.Public(), Entries: leaves, Box: box, Rolls: []*election.Roll{roll},
	})
	require.NoError(t, err)
	require.Len(t, outcome.Decisions.List, len(receipts))
	for i, d := range outcome.Decisions.List {
		require.Equal(t, receipts[i].Index, d.Index)
		want := election.Counted
		if i == 0 {
			want = election.Superseded
		}
		require.Equal(t, want, d.Reason)
		require.Equal(t, receipts[i].Time, box.List[i].Time)
	}
}

func requirePublicBallots(t *testing.T, w *test.World, record fs.FS, receipts []*election.Receipt) {
	t.Helper()
	raw, err := fs.ReadFile(record, election.BallotsFile)
	require.NoError(t, err)
	ballots, err := election.ParsePublicBallots(raw)
	require.NoError(t, err)
	require.Equal(t, w.Fingerprint(), ballots.Election)
	require.Len(t, ballots.List, len(receipts))
	for i, b := range ballots.List {
		require.Equal(t, receipts[i].Index, b.Index)
		require.Equal(t, receipts[i].Ballot, b.Ballot.Hash())
		require.Equal(t, receipts[i].Time, b.Time)
		require.Equal(t, receipts[i].Envelope, b.Envelope)
	}
}

func TestGuardedElectionsPublishNoBallots(t *testing.T) {
	w := test.New(t, 1, func(m *election.Manifest) { m.Profile = election.ProfileGuarded })
	s := serve(t, w, sqliteURL(t))
	s.cast(s.prepare(w.Voters[0]))
	s.clock.set(test.Closes)
	out := t.TempDir()
	require.NoError(t, s.c.Export(ctx, out))
	require.NoFileExists(t, filepath.Join(out, "record", election.BallotsFile))
	require.FileExists(t, filepath.Join(out, "sealed", election.BoxFile))
}

// After the export the officers go on with the board; the collector can serve that too.
func TestWhatFollowsTheCloseIsServed(t *testing.T) {
	w := test.New(t, 1)
	url := sqliteURL(t)
	s := serve(t, w, url)
	s.cast(s.prepare(w.Voters[0]))
	s.clock.set(test.Closes)
	out := t.TempDir()
	require.NoError(t, s.c.Export(ctx, out))
	s.stop()

	w.Dir = out
	w.Grow(t, election.KindInput, election.Hash{1})
	s = serveAt(t, w, url, test.Closes.Add(time.Hour))
	entries := s.entries()
	require.Equal(t, election.KindInput, entries[len(entries)-1].Kind)
}
