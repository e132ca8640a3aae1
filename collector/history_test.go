package collector

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
	test "valik/collector/collectortest"
	"valik/collector/store"
	"valik/election"
)

func quiet(string, int, int) {}

// guarded is an election with three witnesses, of whom two must cosign.
type guarded struct {
	*test.World
	list []*testWitness
	with func(*Config)
}

func newWatched(t *testing.T, voters int) *guarded {
	t.Helper()
	w := &guarded{list: []*testWitness{
		newTestWitness(t, "witness.example/one"), newTestWitness(t, "witness.example/two"), newTestWitness(t, "witness.example/three"),
	}}
	w.World = test.New(t, voters, func(m *election.Manifest) {
		m.Board.Quorum = 2
		for _, one := range w.list {
			m.Board.Witnesses = append(m.Board.Witnesses, one.key)
		}
	})
	var configured []Witness
	for _, one := range w.list {
		one.policy = board.Policy{Origin: test.Origin, LogKey: w.Manifest.Board.Key}
		configured = append(configured, Witness{one.key, one.server.URL})
	}
	w.with = func(c *Config) { c.Witnesses = configured }
	return w
}

// all changes all witnesses.
func (w *guarded) all(f func(*testWitness)) {
	for _, one := range w.list {
		one.change(func() { f(one) })
	}
}

// forget makes the witnesses new ones.
func (w *guarded) forget() {
	w.all(func(one *testWitness) { one.seen, one.down = nil, false })
}

func (w *guarded) down(down bool) { w.all(func(one *testWitness) { one.down = down }) }

// story is two days of an election: a backup of each, and what was kept on the second.
type story struct {
	yesterday, today string // backups
	memory, mirror   string // files
	ballots          []*test.Signed
}

func tellStory(t *testing.T, w *guarded, url string) *story {
	t.Helper()
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	st := &story{file("yesterday"), file("today"), file("memory"), file("mirror"), nil}
	s := serve(t, w.World, url, w.with, func(c *Config) { c.Memory = st.memory })
	st.ballots = []*test.Signed{s.prepare(w.Voters[0]), s.prepare(w.Voters[1])}
	s.cast(st.ballots[0])
	require.NoError(t, Backup(ctx, url, st.yesterday, quiet))
	s.cast(st.ballots[1])
	require.NoError(t, Backup(ctx, url, st.today, quiet))
	require.NoError(t, os.WriteFile(st.mirror, s.get("/checkpoint"), 0o600))
	s.stop()
	return st
}

// requireHistory expects that a database is refused, and why.
func requireHistory(t *testing.T, err, reason error, seen, have uint64) *HistoryError {
	t.Helper()
	require.ErrorIs(t, err, reason)
	var h *HistoryError
	require.True(t, errors.As(err, &h))
	require.Equal(t, [2]uint64{seen, have}, [2]uint64{h.Seen, h.Have})
	for _, said := range []string{"fork the board", "receipts", "What to do", "lost"} {
		require.ErrorContains(t, err, said)
	}
	return h
}

// Yesterday's backup is refused, whoever knows better, and today's is taken.
func TestYesterdaysBackup(t *testing.T) {
	w := newWatched(t, 2)
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		w.forget()
		st := tellStory(t, w, database(t))
		for name, way := range map[string]struct {
			down        bool
			memory      string
			checkpoints []string
			who         string
		}{
			"by the witnesses":           {false, "", nil, "the witness http://"},
			"by its memory":              {true, st.memory, nil, st.memory},
			"by a checkpoint elsewhere":  {true, "", []string{st.mirror}, st.mirror},
			"by the state of a monitor":  {true, "", []string{monitorState(t, st.mirror)}, "monitor.state"},
			"by one of many checkpoints": {true, "", []string{st.mirror, st.mirror}, st.mirror},
		} {
			t.Run(name, func(t *testing.T) {
				w.down(way.down)
				c := configOf(w.World, database(t), clockAt(test.Opens.Add(time.Hour/2)))
				w.with(&c)
				c.Memory = way.memory
				h := requireHistory(t, Restore(ctx, c, st.yesterday, way.checkpoints, quiet), ErrOldDatabase, 6, 5)
				require.Contains(t, h.Error(), way.who)
				require.Equal(t, way.who == "the witness http://", h.Witness)
				// Nothing of it stays: today's can be restored into the same database.
				require.NoError(t, Restore(ctx, c, st.today, way.checkpoints, quiet))
				require.ErrorIs(t, Restore(ctx, c, st.today, way.checkpoints, quiet), store.ErrNotEmpty)
				w.down(false)
				s := serve(t, w.World, c.Database, w.with, func(c *Config) { c.Memory = way.memory })
				for _, b := range st.ballots {
					s.cast(b) // the receipts that they have
				}
				require.Len(t, s.entries(), 6)
				s.stop()
			})
		}
		w.down(true)
		c := configOf(w.World, database(t), clockAt(test.Opens))
		w.with(&c)
		require.ErrorIs(t, Restore(ctx, c, st.today, nil, quiet), ErrNothingToCompare)
	})
}

func clockAt(at time.Time) *clock {
	c := new(clock)
	c.set(at)
	return c
}

// monitorState is the file in which a monitor keeps a checkpoint.
func monitorState(t *testing.T, checkpoint string) string {
	t.Helper()
	raw, err := os.ReadFile(checkpoint)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "monitor.state")
	require.NoError(t, os.WriteFile(file, marshalled(t, map[string]any{"checkpoint": string(raw), "version": 1}), 0o600))
	return file
}

// A database that is put back by hand is found out at the start, before anything is signed.
func TestOldDatabaseAtTheStart(t *testing.T) {
	w := newWatched(t, 2)
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		w.forget()
		st := tellStory(t, w, database(t))
		start := func(url, memory string) error {
			c := configOf(w.World, url, clockAt(test.Opens.Add(time.Minute)))
			w.with(&c)
			c.Memory = memory
			s, err := New(ctx, c)
			if err == nil {
				require.NoError(t, s.Close())
			}
			return err
		}
		old, fork, empty := database(t), database(t), database(t)
		putBack(t, w, st.yesterday, old, 0)
		putBack(t, w, st.yesterday, fork, 1)

		requireHistory(t, start(old, ""), ErrOldDatabase, 6, 5)
		requireHistory(t, start(empty, ""), ErrOldDatabase, 6, 0)
		requireHistory(t, start(fork, ""), ErrFork, 6, 6)
		w.down(true)
		requireHistory(t, start(old, st.memory), ErrOldDatabase, 6, 5)
		requireHistory(t, start(empty, st.memory), ErrOldDatabase, 6, 0)
		requireHistory(t, start(fork, st.memory), ErrFork, 6, 6)
		w.down(false)
		for url, size := range map[string]uint64{old: 5, fork: 6, empty: 0} {
			s, err := store.Open(ctx, url, store.Options{})
			require.NoError(t, err)
			have, _, err := s.Head(ctx)
			require.NoError(t, err)
			require.Equal(t, size, have, "something was signed")
			require.NoError(t, s.Close())
		}
		require.ErrorContains(t, start(old, st.yesterday), "no checkpoint of this election's board")

		// A liar is taken out of the settings: the quorum remains.
		today := database(t)
		putBack(t, w, st.today, today, 0)
		w.list[2].change(func() { w.list[2].seen = &board.Checkpoint{Origin: test.Origin, Size: 99} })
		h := requireHistory(t, start(today, ""), ErrOldDatabase, 99, 6)
		require.Contains(t, h.Error(), "take it out of the collector's settings")
		all := w.with
		defer func() { w.with = all }()
		w.with = func(c *Config) {
			all(c)
			c.Witnesses = c.Witnesses[:2]
		}
		require.NoError(t, start(today, ""))
	})
}

// putBack writes a backup into a database, as an operator may who has only the tools of
// the database, and appends so many entries to it.
func putBack(t *testing.T, w *guarded, backup, url string, more int) {
	t.Helper()
	b, err := store.OpenBackup(ctx, backup)
	require.NoError(t, err)
	s, err := store.Open(ctx, url, store.Options{Witnessed: true, Sign: func(size uint64, root tlog.Hash) ([]byte, error) {
		return board.SignCheckpoint(w.BoardKey, size, root)
	}})
	require.NoError(t, err)
	require.NoError(t, s.Restore(ctx, b, quiet))
	for range more {
		require.NoError(t, s.Update(ctx, func(tx *store.Tx) error { _, err := tx.Append([]byte("another")); return err }))
	}
	require.NoError(t, errors.Join(b.Close(), s.Close()))
}

// A backup whose log is whole and whose ballots are not is none.
func TestChangedBackup(t *testing.T) {
	w := newWatched(t, 2)
	st := tellStory(t, w, sqliteURL(t))
	for name, statement := range map[string]string{
		"a ballot is missing": `DELETE FROM ballot WHERE idx = 5`,
		"another container":   `UPDATE ballot SET container = CAST('x' AS BLOB) WHERE idx = 5`,
		"another time":        `UPDATE ballot SET cast_at = cast_at + 1 WHERE idx = 5`,
		"swapped ballots":     `UPDATE ballot SET idx = 3 WHERE idx = 5`,
		"another document":    `UPDATE document SET body = CAST('{}' AS BLOB)`,
		"no document":         `DELETE FROM document`,
		"another entry":       `UPDATE entry SET leaf = CAST('{}' AS BLOB) WHERE idx = 4`,
		"another checkpoint":  `UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 5) WHERE size = 6`,
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "changed")
			raw, err := os.ReadFile(st.today)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(file, raw, 0o600))
			execute(t, file, statement)
			c := configOf(w.World, sqliteURL(t), clockAt(test.Opens))
			w.with(&c)
			c.Memory = st.memory
			require.Error(t, Restore(ctx, c, file, nil, quiet))
			if name == "another checkpoint" {
				return // whose a checkpoint is, only the manifest says
			}
			require.Error(t, Backup(ctx, "sqlite://"+file, file+".copy", quiet))
			require.NoFileExists(t, file+".copy")
		})
	}
}

// While too few witnesses have answered since the start, nothing is appended, and everybody is told.
func TestStartWithoutWitnesses(t *testing.T) {
	w := newWatched(t, 1)
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		w.forget()
		w.down(true)
		s := startAt(t, w.World, database(t), test.Opens.Add(time.Minute), w.with)
		require.Equal(t, [2]uint64{0, 0}, s.size())
		s.requireHealth(codeNotVerified)
		b := w.Ballot(t, w.Voters[0], election.Anchor{}, s.clock.now())
		s.requireRefused(b, http.StatusServiceUnavailable, codeNotVerified)
		require.Error(t, s.c.Reload(ctx))
		w.list[0].set(false)
		time.Sleep(10 * publishPause)
		s.requireHealth(codeNotVerified)
		require.Equal(t, [2]uint64{0, 0}, s.size())
		w.list[1].set(false)
		s.waitHealthy()
		_, err := s.c.published(ctx, 0)
		require.NoError(t, err)
		s.cast(s.prepare(w.Voters[0]))
	})
}

// requireHealth expects a code, "" for health.
func (s *server) requireHealth(code string) {
	s.t.Helper()
	status, answer := s.do(http.MethodGet, "/healthz", "", nil)
	if code == "" {
		require.Equal(s.t, http.StatusOK, status, "%s", answer)
		return
	}
	require.Equal(s.t, http.StatusServiceUnavailable, status)
	r, err := election.ParseRefusal(answer)
	require.NoError(s.t, err)
	require.Equal(s.t, code, r.Code)
}

func (s *server) waitHealthy() {
	s.t.Helper()
	s.eventually(func() bool {
		status, _ := s.do(http.MethodGet, "/healthz", "", nil)
		return status == http.StatusOK
	})
}

// A database that falls back to a replica that is behind takes no more ballots. That one
// witness says so stops nothing, as long as the others are the quorum.
func TestStaleReplica(t *testing.T) {
	w := newWatched(t, 3)
	s := serve(t, w.World, sqliteURL(t), w.with)
	s.cast(s.prepare(w.Voters[0]))
	ahead := &board.Checkpoint{Origin: test.Origin, Size: 99}
	w.list[0].change(func() { w.list[0].seen = ahead })
	s.cast(s.prepare(w.Voters[1]))
	// A witness that answers late is not waited for in every survey.
	s.eventually(func() bool {
		err := s.c.survey(ctx)
		_, _, claims := s.c.watch.state()
		return err == nil && errors.Is(claims, ErrOldDatabase)
	})
	s.requireHealth("")

	var true2 *board.Checkpoint
	w.list[1].change(func() { true2, w.list[1].seen = w.list[1].seen, ahead })
	b := s.prepare(w.Voters[2])
	require.NoError(t, s.c.survey(ctx))
	s.requireHealth(codeNotVerified)
	s.requireRefused(b, http.StatusServiceUnavailable, codeNotVerified)
	// What was cast is not denied.
	s.get("/checkpoint")

	w.list[1].change(func() { w.list[1].seen = true2 })
	s.waitHealthy()
	s.cast(b)
}

func TestMemoryIsKept(t *testing.T) {
	w := test.New(t, 1)
	file := filepath.Join(t.TempDir(), "memory")
	url := sqliteURL(t)
	s := serve(t, w, url, func(c *Config) { c.Memory = file })
	r := s.cast(s.prepare(w.Voters[0]))
	size := func() uint64 {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		c, err := w.Manifest.Policy().Open(raw)
		require.NoError(t, err)
		return c.Size
	}
	require.Greater(t, size(), r.Index) // before the voter has the receipt
	s.clock.set(test.Closes)
	s.get("/v1/close")
	s.stop()
	require.EqualValues(t, 6, size())
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	// No election stops because the file cannot be written any more; that it never can be is said at the start.
	c := configOf(w, url, s.clock)
	gone := filepath.Join(t.TempDir(), "gone")
	c.Memory = filepath.Join(gone, "memory")
	_, err = New(ctx, c)
	require.ErrorContains(t, err, "memory")
	require.NoError(t, os.Mkdir(gone, 0o700))
	other := test.New(t, 1)
	s = serve(t, other, sqliteURL(t), func(o *Config) { o.Memory = c.Memory })
	require.NoError(t, os.RemoveAll(gone))
	s.cast(s.prepare(other.Voters[0]))
}

// Without anybody's word: nothing is signed on a database that lacks what this collector has committed to it.
func TestDatabaseGoesBack(t *testing.T) {
	w := test.New(t, 3)
	file := filepath.Join(t.TempDir(), "collector.db")
	s := serve(t, w, "sqlite://"+file)
	s.cast(s.prepare(w.Voters[0]))
	b := s.prepare(w.Voters[2])
	s.cast(s.prepare(w.Voters[1]))
	for _, statement := range []string{
		`DELETE FROM ballot WHERE idx = 5`, `DELETE FROM entry WHERE idx = 5`, `DELETE FROM checkpoint WHERE size = 6`,
		fmt.Sprintf(`DELETE FROM node WHERE id >= %d`, tlog.StoredHashCount(5)), `UPDATE head SET size = 5`,
	} {
		execute(t, file, statement)
	}
	require.NoError(t, s.c.store.Audit(ctx), "it is a good database, and an old one")
	s.requireRefused(b, http.StatusServiceUnavailable, codeNotVerified)
}

// Without witnesses, a backup is not believed on its own word.
func TestNothingToCompareWith(t *testing.T) {
	w := test.New(t, 1)
	url, dir := sqliteURL(t), t.TempDir()
	s := serve(t, w, url)
	s.cast(s.prepare(w.Voters[0]))
	backup, mirror := filepath.Join(dir, "backup"), filepath.Join(dir, "mirror")
	require.NoError(t, os.WriteFile(mirror, s.get("/checkpoint"), 0o600))
	require.NoError(t, Backup(ctx, url, backup, quiet))
	c := configOf(w, sqliteURL(t), s.clock)
	c.Memory = filepath.Join(dir, "memory") // not there yet
	require.ErrorIs(t, Restore(ctx, c, backup, nil, quiet), ErrNothingToCompare)
	require.ErrorIs(t, Restore(ctx, c, backup, []string{filepath.Join(dir, "none")}, quiet), os.ErrNotExist)
	require.ErrorContains(t, Restore(ctx, c, backup, []string{backup}, quiet), "no checkpoint of this election's board")
	other := configOf(test.New(t, 1), sqliteURL(t), s.clock)
	require.ErrorIs(t, Restore(ctx, other, backup, []string{mirror}, quiet), ErrContradiction)
	require.NoError(t, Restore(ctx, c, backup, []string{mirror}, quiet))
}

// Claims count unless no larger board can have been final.
func TestClaimsAreWeighed(t *testing.T) {
	for _, one := range []struct {
		all, quorum, cosigned int
		halted                bool
	}{
		{3, 2, 2, false},
		{3, 2, 1, true},
		{3, 1, 2, true}, // the third alone may have made a larger one final
		{5, 3, 3, false},
		{5, 3, 2, true},
		{4, 2, 2, true},
		{4, 2, 3, false},
	} {
		w := newWatch(one.quorum, one.all, slog.New(slog.DiscardHandler))
		w.begin()
		r := &round{checkpoint: &store.Checkpoint{Size: 9}}
		for i := range one.cosigned {
			r.answers = append(r.answers, &said{who: Witness{Key: fmt.Sprint(i)}})
		}
		r.answers = append(r.answers, &said{who: Witness{Key: "claims"}, err: &HistoryError{Witness: true, Seen: 10, Have: 9, Err: ErrOldDatabase}})
		w.judge(r, time.Now())
		require.Equal(t, one.halted, w.doubt() != nil, "%+v", one)
		// Silence takes nothing back, a cosignature does.
		w.judge(&round{checkpoint: r.checkpoint}, time.Now())
		require.Error(t, w.doubt())
		w.judge(&round{checkpoint: r.checkpoint, answers: []*said{{who: Witness{Key: "claims"}}}}, time.Now())
		require.NoError(t, w.doubt())
	}
}

// What is kept of a checkpoint may be anything by the time that it is needed.
func FuzzParseKnown(f *testing.F) {
	key, err := board.NewKey(test.Origin)
	require.NoError(f, err)
	m := &election.Manifest{Board: election.Board{Origin: test.Origin, Key: key.Public(), Quorum: 1}}
	root := tlog.Hash{1}
	note, err := board.SignCheckpoint(key, 7, root)
	require.NoError(f, err)
	state, err := json.Marshal(map[string]string{"checkpoint": string(note)})
	require.NoError(f, err)
	f.Add(note)
	f.Add(state)
	f.Add([]byte(`{"checkpoint":7}`))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := parseKnown(m, raw)
		if err == nil {
			require.Equal(t, uint64(7), c.Size, "nobody else has the key")
			require.Equal(t, root, c.Root)
		}
	})
}
