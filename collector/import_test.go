package collector

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/election"
	"valik/election/processing"
)

func TestImport(t *testing.T) {
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		t.Run("a collector that starts again goes on", func(t *testing.T) {
			w, url := test.New(t, 2), database(t)
			s := serve(t, w, url)
			b := s.prepare(w.Voters[0])
			r := s.cast(b)
			s.stop()
			s = serve(t, w, url)
			require.Equal(t, string(r.Bytes()), string(s.cast(b).Bytes()))
			s.cast(s.prepare(w.Voters[1]))
			s.entries()
		})
		t.Run("what the folder has more is appended", func(t *testing.T) {
			w, url := test.New(t, 1), database(t)
			s := serveAt(t, w, url, test.Opens.Add(-time.Minute))
			w.WriteRoll(t, 1, w.Voters)
			w.Grow(t, election.KindRoll, election.HashOf(w.Read(t, "sealed/roll-1.jsonl")))
			s.stop()
			s = serveAt(t, w, url, test.Opens.Add(-time.Minute))
			require.Len(t, s.entries(), 4)
		})
		t.Run("another election's database is refused", func(t *testing.T) {
			url := database(t)
			serve(t, test.New(t, 1), url).stop()
			_, err := New(ctx, configOf(test.New(t, 1), url, new(clock)))
			require.ErrorIs(t, err, ErrContradiction)
			require.ErrorContains(t, err, "is not this election's")
		})
		t.Run("two histories are refused", func(t *testing.T) {
			w, url := test.New(t, 1), database(t)
			s := serve(t, w, url)
			s.get("/v1/open")
			s.stop()
			w.WriteRoll(t, 1, w.Voters)
			w.Grow(t, election.KindRoll, election.HashOf(w.Read(t, "sealed/roll-1.jsonl")))
			_, err := New(ctx, configOf(w, url, new(clock)))
			require.ErrorIs(t, err, ErrContradiction)
			require.ErrorContains(t, err, "entry 3")
		})
	})
}

// Ballots that this database does not hold cannot be made up from their leaves.
func TestAnotherDatabasesBallotsAreNotImported(t *testing.T) {
	w := test.New(t, 1)
	w.Grow(t, election.KindOpen, election.Hash{1})
	_, err := New(ctx, configOf(w, sqliteURL(t), new(clock)))
	require.ErrorIs(t, err, ErrContradiction)
}

func TestNewRollWhileThePollsAreOpen(t *testing.T) {
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		w, url := test.New(t, 4), database(t)
		all := w.Voters
		w.WriteRoll(t, 0, all[:3])
		resetBoard(t, w)
		one, two := serve(t, w, url), serve(t, w, url)
		late, gone := all[3], all[2]
		one.requireRefused(one.prepare(late), forbidden, processing.CodeNotOnRoll)

		w.WriteRoll(t, 1, append(append([]*test.Voter{}, all[:2]...), late))
		require.NoError(t, one.c.Reload(ctx))
		one.cast(one.prepare(late))
		// The other collector has not read the new roll. It must not judge by the old one.
		two.requireRefused(two.prepare(gone), forbidden, processing.CodeNotOnRoll)
		two.cast(two.prepare(all[0]))
		entries := two.entries()
		require.Len(t, election.Where(entries, election.KindRoll), 2)
	})
}

// resetBoard logs the roll that lies in the folder instead of the one that lay there.
func resetBoard(t *testing.T, w *test.World) {
	t.Helper()
	w.Reset(t)
	w.LogSetup(t)
}

func TestBadFoldersAreRefused(t *testing.T) {
	for name, damage := range map[string]func(*testing.T, *test.World){
		"record/manifest.json.p7s": func(t *testing.T, w *test.World) {
			w.WriteFile(t, "record/manifest.json.p7s", w.Read(t, "sealed/roll-0.jsonl.p7s"))
		},
		"record/ceremony.json": func(t *testing.T, w *test.World) {
			w.WriteFile(t, "record/ceremony.json", test.New(t, 1).Read(t, "record/ceremony.json"))
		},
		"sealed/roll-0.jsonl": func(t *testing.T, w *test.World) {
			require.NoError(t, os.Remove(filepath.Join(w.Dir, "sealed/roll-0.jsonl")))
		},
		"another roll": func(t *testing.T, w *test.World) { w.WriteRoll(t, 0, w.Voters) },
		"it is changeset 0": func(t *testing.T, w *test.World) {
			w.WriteSigned(t, "sealed/roll-1.jsonl", w.Read(t, "sealed/roll-0.jsonl"))
		},
		"no official of the manifest": signedBySomebodyElse,
		"the roll of changeset 1": func(t *testing.T, w *test.World) {
			w.Grow(t, election.KindRoll, election.Hash{1})
		},
		"tile/entries": func(t *testing.T, w *test.World) {
			w.WriteFile(t, "record/tile/entries/000.p/3", []byte("damaged"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := test.New(t, 1)
			damage(t, w)
			_, err := New(ctx, configOf(w, sqliteURL(t), new(clock)))
			require.ErrorContains(t, err, name)
		})
	}
}

func signedBySomebodyElse(t *testing.T, w *test.World) {
	roll := w.Read(t, "sealed/roll-0.jsonl")
	other, err := w.Issuer.Official("Somebody Else")
	require.NoError(t, err)
	w.Official = other
	w.WriteSigned(t, "sealed/roll-0.jsonl", roll)
}

func TestWrongKeysAreRefused(t *testing.T) {
	w, other := test.New(t, 1), test.New(t, 1)
	config := configOf(w, sqliteURL(t), new(clock))
	config.BoardKey = other.BoardKey
	_, err := New(ctx, config)
	require.ErrorContains(t, err, "board key")
	config = configOf(w, sqliteURL(t), new(clock))
	config.ReceiptKey = other.ReceiptKey
	_, err = New(ctx, config)
	require.ErrorContains(t, err, "receipt key")
	config = configOf(w, sqliteURL(t), new(clock))
	config.Proxies = []string{"localhost"}
	_, err = New(ctx, config)
	require.ErrorContains(t, err, "proxy")
}
