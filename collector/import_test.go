package collector

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/board"
	"valik/election"
	"valik/election/processing"
)

// grow appends entries to the board in the folder, as officers do.
func (w *world) grow(t *testing.T, entries ...*election.Entry) {
	t.Helper()
	log, err := board.OpenFolder(filepath.Join(w.dir, "record"), w.manifest.Policy())
	require.NoError(t, err)
	for _, e := range entries {
		_, err := log.Append(w.boardKey, e.Bytes())
		require.NoError(t, err)
	}
	require.NoError(t, log.Close())
}

func TestImport(t *testing.T) {
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		t.Run("a collector that starts again goes on", func(t *testing.T) {
			w, url := newWorld(t, 2), database(t)
			s := serve(t, w, url)
			b := s.prepare(w.voters[0])
			r := s.cast(b)
			s.stop()
			s = serve(t, w, url)
			require.Equal(t, string(r.Bytes()), string(s.cast(b).Bytes()))
			s.cast(s.prepare(w.voters[1]))
			s.entries()
		})
		t.Run("what the folder has more is appended", func(t *testing.T) {
			w, url := newWorld(t, 1), database(t)
			s := serveAt(t, w, url, opens.Add(-time.Minute))
			w.writeRoll(t, 1, w.voters)
			w.grow(t, election.NewEntry(election.KindRoll, w.fingerprint(), election.HashOf(w.read(t, "sealed/roll-1.jsonl"))))
			s.stop()
			s = serveAt(t, w, url, opens.Add(-time.Minute))
			require.Len(t, s.entries(), 4)
		})
		t.Run("another election's database is refused", func(t *testing.T) {
			url := database(t)
			serve(t, newWorld(t, 1), url).stop()
			_, err := New(ctx, newWorld(t, 1).config(url, new(clock)))
			require.ErrorIs(t, err, ErrContradiction)
			require.ErrorContains(t, err, "entry 0")
		})
		t.Run("two histories are refused", func(t *testing.T) {
			w, url := newWorld(t, 1), database(t)
			s := serve(t, w, url)
			s.get("/v1/open")
			s.stop()
			w.writeRoll(t, 1, w.voters)
			w.grow(t, election.NewEntry(election.KindRoll, w.fingerprint(), election.HashOf(w.read(t, "sealed/roll-1.jsonl"))))
			_, err := New(ctx, w.config(url, new(clock)))
			require.ErrorIs(t, err, ErrContradiction)
			require.ErrorContains(t, err, "entry 3")
		})
	})
}

// Ballots that this database does not hold cannot be made up from their leaves.
func TestAnotherDatabasesBallotsAreNotImported(t *testing.T) {
	w := newWorld(t, 1)
	w.grow(t, election.NewEntry(election.KindOpen, w.fingerprint(), election.Hash{1}))
	_, err := New(ctx, w.config(sqliteURL(t), new(clock)))
	require.ErrorIs(t, err, ErrContradiction)
}

func TestNewRollWhileThePollsAreOpen(t *testing.T) {
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		w, url := newWorld(t, 4), database(t)
		all := w.voters
		w.writeRoll(t, 0, all[:3])
		resetBoard(t, w)
		one, two := serve(t, w, url), serve(t, w, url)
		late, gone := all[3], all[2]
		one.requireRefused(one.prepare(late), forbidden, processing.CodeNotOnRoll)

		w.writeRoll(t, 1, append(append([]*voter{}, all[:2]...), late))
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
func resetBoard(t *testing.T, w *world) {
	t.Helper()
	require.NoError(t, os.RemoveAll(filepath.Join(w.dir, "record", "tile")))
	require.NoError(t, os.Remove(filepath.Join(w.dir, "record", "checkpoint")))
	log, err := board.CreateFolder(filepath.Join(w.dir, "record"), w.manifest.Policy(), w.boardKey)
	require.NoError(t, err)
	require.NoError(t, log.Close())
	w.grow(t, election.NewEntry(election.KindManifest, w.fingerprint(), w.fingerprint()),
		election.NewEntry(election.KindCeremony, w.fingerprint(), election.HashOf(w.read(t, "record/ceremony.json"))),
		election.NewEntry(election.KindRoll, w.fingerprint(), election.HashOf(w.read(t, "sealed/roll-0.jsonl"))))
}

func TestBadFoldersAreRefused(t *testing.T) {
	for name, damage := range map[string]func(*testing.T, *world){
		"record/manifest.json.p7s": func(t *testing.T, w *world) {
			w.writeFile(t, "record/manifest.json.p7s", w.read(t, "sealed/roll-0.jsonl.p7s"))
		},
		"record/ceremony.json": func(t *testing.T, w *world) {
			w.writeFile(t, "record/ceremony.json", newWorld(t, 1).read(t, "record/ceremony.json"))
		},
		"sealed/roll-0.jsonl": func(t *testing.T, w *world) {
			require.NoError(t, os.Remove(filepath.Join(w.dir, "sealed/roll-0.jsonl")))
		},
		"another roll": func(t *testing.T, w *world) { w.writeRoll(t, 0, w.voters) },
		"it is changeset 0": func(t *testing.T, w *world) {
			w.writeSigned(t, "sealed/roll-1.jsonl", w.read(t, "sealed/roll-0.jsonl"))
		},
		"not by the authority": signedBySomebodyElse,
		"the roll of changeset 1": func(t *testing.T, w *world) {
			w.grow(t, election.NewEntry(election.KindRoll, w.fingerprint(), election.Hash{1}))
		},
		"tile/entries": func(t *testing.T, w *world) {
			w.writeFile(t, "record/tile/entries/000.p/3", []byte("damaged"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1)
			damage(t, w)
			_, err := New(ctx, w.config(sqliteURL(t), new(clock)))
			require.ErrorContains(t, err, name)
		})
	}
}

func signedBySomebodyElse(t *testing.T, w *world) {
	roll := w.read(t, "sealed/roll-0.jsonl")
	other, err := w.issuer.Official("Somebody Else")
	require.NoError(t, err)
	w.official = other
	w.writeSigned(t, "sealed/roll-0.jsonl", roll)
}

func TestWrongKeysAreRefused(t *testing.T) {
	w, other := newWorld(t, 1), newWorld(t, 1)
	config := w.config(sqliteURL(t), new(clock))
	config.BoardKey = other.boardKey
	_, err := New(ctx, config)
	require.ErrorContains(t, err, "board key")
	config = w.config(sqliteURL(t), new(clock))
	config.ReceiptKey = other.receiptKey
	_, err = New(ctx, config)
	require.ErrorContains(t, err, "receipt key")
	config = w.config(sqliteURL(t), new(clock))
	config.Proxies = []string{"localhost"}
	_, err = New(ctx, config)
	require.ErrorContains(t, err, "proxy")
}
