package monitor_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/board"
	"valik/election"
	"valik/internal/boardtest"
	"valik/verifier/monitor"
)

const polls = "manifest ceremony roll open ballot ballot ballot ballot ballot"

var rules = monitor.Rules{Patience: 5 * time.Minute, Quiet: time.Hour}

// watched is an election of vectors/monitor with a monitor in front of its board.
type watched struct {
	t       *testing.T
	m       *election.Manifest
	log     *boardtest.Log // the true board
	monitor *monitor.Monitor
	now     time.Time
}

func newWatched(t *testing.T) *watched {
	t.Helper()
	b, err := os.ReadFile("../../vectors/monitor/manifest.json")
	require.NoError(t, err)
	m, err := election.ParseManifest(b)
	require.NoError(t, err)
	w := &watched{t: t, m: m, log: boardtest.New(m, polls), now: m.Opens.Time().Add(time.Minute)}
	w.monitor, err = monitor.New(m, rules, nil)
	require.NoError(t, err)
	return w
}

// look makes a round and requires exactly these alarms.
func (w *watched) look(fetch board.Fetch, receipts map[string][]byte, kinds ...monitor.AlarmKind) *monitor.Round {
	w.t.Helper()
	r := w.monitor.Round(w.now, fetch, receipts)
	var got []monitor.AlarmKind
	for _, a := range r.Alarms {
		got = append(got, a.Kind)
		require.NotEmpty(w.t, a.What)
		require.NotEmpty(w.t, a.Do())
		if a.Proof != nil {
			w.requireProved(a.Proof)
		}
	}
	require.Equal(w.t, kinds, got, "%+v", r)
	return r
}

// requireProved checks that an accusation convinces whoever reads it from a file.
func (w *watched) requireProved(a *election.Accusation) {
	w.t.Helper()
	a, err := election.ParseAccusation(a.Bytes())
	require.NoError(w.t, err)
	_, err = a.Verify(w.m)
	require.NoError(w.t, err)
}

// again is the monitor stopped and started.
func (w *watched) again() {
	w.t.Helper()
	var err error
	w.monitor, err = monitor.New(w.m, rules, w.monitor.State())
	require.NoError(w.t, err)
}

func (w *watched) entry(kind string, n int) []byte { return boardtest.Entry(w.m, kind, n) }

func TestHonestBoard(t *testing.T) {
	w := newWatched(t)
	all := strings.Fields("manifest ceremony roll open " + strings.Repeat("ballot ", 600) + "roll ballot close input mix mix decryption decryption result")
	log := boardtest.New(w.m, strings.Join(all, " "))
	receipt := map[string][]byte{}
	for _, size := range []int{0, 3, 4, 9, 9, 255, 256, 257, 606, 613} {
		if size >= 607 {
			w.now = w.m.Closes.Time().Add(time.Minute)
		}
		now := log.Fork(size)
		if size >= 9 {
			receipt[fmt.Sprint(size)] = now.Receipt(w.m, 8).Bytes()
		}
		r := w.look(now.Fetch, receipt)
		require.NoError(t, r.NoAnswer)
		require.Equal(t, uint64(size), r.Checkpoint.Size)
		w.again()
	}
	r := w.look(log.Fetch, receipt)
	require.Equal(t, 0, r.New)
	require.Equal(t, 601, r.Counts[election.KindBallot])
	require.Equal(t, 2, r.Counts[election.KindMix])
}

func TestForks(t *testing.T) {
	for name, fork := range map[string]func(w *watched) *boardtest.Log{
		"of the same size": func(w *watched) *boardtest.Log { return w.log.Fork(8, w.entry("ballot", 80)) },
		"that grows":       func(w *watched) *boardtest.Log { return w.log.Fork(8, w.entry("ballot", 80), w.entry("ballot", 81)) },
		"dropped entry": func(w *watched) *boardtest.Log {
			return w.log.Fork(5, append(w.log.Entries[6:9], w.entry("ballot", 9))...)
		},
		"re-ordered entry": func(w *watched) *boardtest.Log {
			return w.log.Fork(6, w.log.Entries[7], w.log.Entries[6], w.log.Entries[8])
		},
		"all from the start": func(w *watched) *boardtest.Log {
			return boardtest.New(w.m, polls+" roll").Fork(0, w.log.Entries[1:]...).Fork(8, w.log.Entries...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWatched(t)
			w.look(w.log.Fetch, nil)
			for range 2 {
				r := w.look(fork(w).Fetch, nil, monitor.Fork)
				require.NotNil(t, r.Alarms[0].Proof)
				require.Equal(t, uint64(9), r.Checkpoint.Size, "the fork is not believed")
				w.again()
			}
			w.look(w.log.Fork(9, w.entry("ballot", 9)).Fetch, nil)
		})
	}
}

// A smaller board proves nothing to others, unless it is another one and the larger is still shown.
func TestRollback(t *testing.T) {
	w := newWatched(t)
	w.look(w.log.Fetch, nil)
	w.again()
	r := w.look(w.log.Fork(7).Fetch, nil, monitor.Rollback)
	require.Nil(t, r.Alarms[0].Proof)
	require.Len(t, r.Alarms[0].Seen, 2)
	r = w.look(w.log.Fork(0).Fetch, nil, monitor.Rollback)
	require.Nil(t, r.Alarms[0].Proof)

	smaller := w.log.Fork(6, w.entry("ballot", 60))
	r = w.look(smaller.Fetch, nil, monitor.Rollback)
	require.Nil(t, r.Alarms[0].Proof, "the tiles of the larger board are gone")
	r = w.look(func(path string) ([]byte, error) {
		if path == board.CheckpointFile {
			return smaller.Fetch(path)
		}
		return w.log.Fetch(path)
	}, nil, monitor.Fork)
	require.NotNil(t, r.Alarms[0].Proof)
}

func TestDisorder(t *testing.T) {
	for name, test := range map[string]struct {
		more  string
		after bool
	}{
		"ballot after the close": {" close ballot", true},
		"roll after the close":   {" close roll", true},
		"second opening":         {" open", false},
		"mix without input":      {" close mix", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWatched(t)
			if test.after {
				w.now = w.m.Closes.Time().Add(time.Minute)
			}
			bad := boardtest.New(w.m, polls+test.more)
			if r := w.look(bad.Fork(len(bad.Entries)-1).Fetch, nil); test.after {
				require.Equal(t, 1, r.Counts[election.KindClose])
			}
			w.again()
			r := w.look(bad.Fetch, nil, monitor.Order)
			require.NotNil(t, r.Alarms[0].Proof)
			w.again()
			r = w.look(bad.Fetch, nil, monitor.Order)
			require.Nil(t, r.Alarms[0].Proof, "it was proved before, and stands")
			require.Contains(t, r.Alarms[0].What, "found earlier")
		})
	}
	t.Run("no entry", func(t *testing.T) {
		w := newWatched(t)
		r := w.look(w.log.Fork(9, []byte("noise"), w.entry("ballot", 10)).Fetch, nil, monitor.Order)
		require.NotNil(t, r.Alarms[0].Proof)
		require.Equal(t, uint64(11), r.Checkpoint.Size)
	})
	t.Run("re-ordered before the monitor came", func(t *testing.T) {
		w := newWatched(t)
		r := w.look(boardtest.New(w.m, "manifest ceremony roll ballot open ballot").Fetch, nil, monitor.Order)
		require.NotNil(t, r.Alarms[0].Proof)
	})
	t.Run("far behind", func(t *testing.T) {
		w := newWatched(t)
		bad := boardtest.New(w.m, polls+" close "+strings.Repeat("revocations ", 200)+"ballot")
		w.now = w.m.Closes.Time().Add(time.Minute)
		r := w.look(bad.Fetch, nil, monitor.Order)
		require.NotNil(t, r.Alarms[0].Proof, "the close lies 200 entries before")
	})
}

func TestSignatures(t *testing.T) {
	w := newWatched(t)
	w.look(w.log.Fetch, nil)
	a, b := w.log.Witnesses[0], w.log.Witnesses[1]
	for name, test := range map[string]struct {
		witnesses []*boardtest.Witness
		says      string
	}{
		"a missing witness":         {[]*boardtest.Witness{a}, "1 of the 2"},
		"a witness twice":           {[]*boardtest.Witness{a, a}, `"witness.example/a": does not count a second time`},
		"a witness with a new key":  {[]*boardtest.Witness{a, boardtest.NewWitness(b.Name, "another")}, `"witness.example/b": does not count, the line is of another key`},
		"one key under two names":   {[]*boardtest.Witness{a, boardtest.NewWitness(b.Name, a.Name)}, `"witness.example/b": does not count, the line is of another key`},
		"a witness that is not one": {[]*boardtest.Witness{a, boardtest.NewWitness("witness.example/x", "x")}, `"witness.example/x": does not count, no such witness`},
	} {
		t.Run(name, func(t *testing.T) {
			w := &watched{t: t, m: w.m, monitor: w.monitor, now: w.now}
			bad := boardtest.New(w.m, polls+" ballot")
			bad.Witnesses = test.witnesses
			r := w.look(bad.Fetch, nil, monitor.Signature)
			require.Contains(t, r.Alarms[0].What, test.says)
			require.Nil(t, r.Alarms[0].Proof)
			require.Equal(t, uint64(9), r.Checkpoint.Size)
		})
	}
	other := *w.log
	other.Key = boardtest.Key("board.example.ee/another")
	w.look(other.Fetch, nil, monitor.Signature)
	w.look(func(string) ([]byte, error) { return []byte("<html>Welcome"), nil }, nil, monitor.Signature)
}

func TestTilesOfAnotherBoard(t *testing.T) {
	w := newWatched(t)
	other := w.log.Fork(8, w.entry("ballot", 80))
	for name, path := range map[string]string{"an entry": "tile/entries/", "a hash": "tile/0/"} {
		r := w.look(func(p string) ([]byte, error) {
			if strings.HasPrefix(p, path) {
				return other.Fetch(p)
			}
			return w.log.Fetch(p)
		}, nil, monitor.Tiles)
		require.Equal(t, 0, r.New, name)
	}
	w.look(w.log.Fetch, nil)
}

func TestReceipts(t *testing.T) {
	w := newWatched(t)
	receipts := func(l *boardtest.Log, n int) map[string][]byte {
		return map[string][]byte{"mine.json": l.Receipt(w.m, n).Bytes()}
	}
	promised := boardtest.New(w.m, polls+" ballot ballot")
	w.look(w.log.Fetch, receipts(w.log, 8))

	// The board shows less than the voter was shown.
	r := w.look(w.log.Fetch, receipts(promised, 10), monitor.Rollback)
	require.Len(t, r.Alarms[0].Seen, 2)
	// It has dropped the ballot: the receipt and its checkpoint each prove it.
	dropped := w.log.Fork(9, promised.Entries[10], w.entry("ballot", 11))
	r = w.look(dropped.Fetch, receipts(promised, 9), monitor.Fork, monitor.Receipt)
	require.NotNil(t, r.Alarms[0].Proof)
	require.NotNil(t, r.Alarms[1].Proof)
	require.Equal(t, election.AccuseReceipt, r.Alarms[1].Proof.Kind)
	w.look(dropped.Fetch, receipts(promised, 9), monitor.Fork, monitor.Receipt)

	// A receipt that is signed and shows nothing.
	bad := promised.Receipt(w.m, 8)
	bad = election.NewReceipt(boardtest.Collector(), bad.Election, bad.Ballot, bad.Envelope, bad.Evidence, 8, bad.Time, []byte("no proof"))
	w.look(dropped.Fetch, map[string][]byte{"bad.json": bad.Bytes()}, monitor.Receipt)

	// Files that accuse nobody.
	bad.Signature[0] ^= 1
	other := election.NewReceipt(boardtest.Collector(), election.Hash{}, bad.Ballot, bad.Envelope, bad.Evidence, 8, bad.Time, nil)
	r = w.look(dropped.Fetch, map[string][]byte{"a.json": bad.Bytes(), "b.json": []byte("{}"), "c.json": other.Bytes()})
	require.Len(t, r.Notes, 3)
}

func TestTimes(t *testing.T) {
	opens, closes := newWatched(t).m.Opens.Time(), newWatched(t).m.Closes.Time()
	for name, test := range map[string]struct {
		board string
		at    time.Time
		alarm []monitor.AlarmKind
	}{
		"before the opening":   {"manifest ceremony roll", opens.Add(-time.Hour), nil},
		"opened in time":       {polls, opens, nil},
		"opened a little soon": {polls, opens.Add(-rules.Patience), nil},
		"opened too soon":      {polls, opens.Add(-rules.Patience - time.Second), []monitor.AlarmKind{monitor.Early}},
		"not opened yet":       {"manifest ceremony roll", opens.Add(rules.Patience - time.Second), nil},
		"not opened":           {"manifest ceremony roll", opens.Add(rules.Patience), []monitor.AlarmKind{monitor.Late}},
		"closed in time":       {polls + " close", closes, nil},
		"closed too soon":      {polls + " close", closes.Add(-time.Hour), []monitor.AlarmKind{monitor.Early}},
		"not closed yet":       {polls, closes.Add(rules.Patience - time.Second), nil},
		"not closed":           {polls, closes.Add(rules.Patience), []monitor.AlarmKind{monitor.Late}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWatched(t)
			w.now = test.at
			w.look(boardtest.New(w.m, test.board).Fetch, nil, test.alarm...)
		})
	}
}

func TestQuietAndSilent(t *testing.T) {
	w := newWatched(t)
	w.look(w.log.Fetch, nil)
	w.now = w.now.Add(rules.Quiet)
	w.look(w.log.Fetch, nil)
	w.now = w.now.Add(time.Second)
	w.again()
	w.look(w.log.Fetch, nil, monitor.Quiet)
	grown := w.log.Fork(9, w.entry("ballot", 9))
	w.look(grown.Fetch, nil)

	down := errors.New("connection refused")
	nothing := func(string) ([]byte, error) { return nil, down }
	withheld := func(path string) ([]byte, error) {
		if path == board.CheckpointFile {
			return grown.Fork(10, w.entry("ballot", 10)).Fetch(path)
		}
		return nil, fs.ErrNotExist
	}
	w.now = w.now.Add(rules.Patience)
	r := w.look(nothing, nil)
	require.ErrorIs(t, r.NoAnswer, down)
	w.now = w.now.Add(time.Second)
	w.look(nothing, nil, monitor.Silent)
	w.look(withheld, nil, monitor.Silent)
	w.look(grown.Fetch, nil)
}

// Entries that could not be read yet are read later, also by the next run.
func TestReadingGoesOn(t *testing.T) {
	w := newWatched(t)
	log := boardtest.New(w.m, "manifest ceremony roll open "+strings.Repeat("ballot ", 300))
	r := w.look(func(path string) ([]byte, error) {
		if strings.HasPrefix(path, "tile/entries/001") {
			return nil, fs.ErrNotExist
		}
		return log.Fetch(path)
	}, nil)
	require.Error(t, r.NoAnswer)
	require.Equal(t, 256, r.New)
	w.again()
	r = w.look(log.Fetch, nil)
	require.Equal(t, 48, r.New)
	require.Equal(t, 300, r.Counts[election.KindBallot])
}

func TestStateOfAnother(t *testing.T) {
	w := newWatched(t)
	w.look(w.log.Fetch, nil)
	state := string(w.monitor.State())
	_, err := monitor.New(w.m, rules, []byte(state))
	require.NoError(t, err)
	for name, bad := range map[string]string{
		"nothing":          "",
		"empty":            "{}",
		"no counts":        strings.Replace(string(newWatched(t).monitor.State()), `"counts": {}`, `"counts": null`, 1),
		"of no board":      strings.Replace(string(newWatched(t).monitor.State()), `"counts": {}`, `"counts": {"ballot": 1}`, 1),
		"cut":              state[:len(state)/2],
		"unknown field":    strings.Replace(state, `"grown"`, `"grew"`, 1),
		"another election": strings.ReplaceAll(state, w.m.Fingerprint().String(), strings.Repeat("0", 64)),
		"another board":    strings.Replace(state, boardtest.Origin, "board.example.ee/other", 1),
		"read too much":    strings.Replace(state, `"ballot": 5`, `"ballot": 6`, 1),
		"read less than 0": strings.Replace(state, `"ballot": 5`, `"ballot": -9`, 1),
	} {
		_, err := monitor.New(w.m, rules, []byte(bad))
		require.ErrorIs(t, err, monitor.ErrState, name)
	}
}

func FuzzParseState(f *testing.F) {
	b, err := os.ReadFile("../../vectors/monitor/manifest.json")
	require.NoError(f, err)
	m, err := election.ParseManifest(b)
	require.NoError(f, err)
	first, err := monitor.New(m, rules, nil)
	require.NoError(f, err)
	log := boardtest.New(m, polls)
	first.Round(m.Opens.Time(), log.Fetch, nil)
	f.Add(first.State())
	f.Fuzz(func(t *testing.T, b []byte) {
		if again, err := monitor.New(m, rules, b); err == nil {
			again.Round(m.Opens.Time(), log.Fetch, nil)
			_ = again.State()
		}
	})
}
