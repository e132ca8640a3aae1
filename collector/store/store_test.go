package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
	"valik/internal/testpg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSQLite(t *testing.T) {
	contract(t, func(t *testing.T) string {
		return sqliteURL(t)
	})
}

func sqliteURL(t *testing.T) string {
	return (&url.URL{Scheme: "sqlite", Path: filepath.Join(t.TempDir(), "box of ballots?.db")}).String()
}

func TestPostgreSQL(t *testing.T) {
	s := testpg.Start(t)
	contract(t, func(t *testing.T) string { return s.Database(t) })
}

// contract is what both databases must do alike.
func contract(t *testing.T, newURL func(*testing.T) string) {
	for name, story := range map[string]func(*testing.T, string){
		"the tree is the one tlog builds":           theTreeIsTheOneTlogBuilds,
		"nothing of a failed update stays":          nothingOfAFailedUpdateStays,
		"ballots only while open":                   ballotsOnlyWhileOpen,
		"a ballot is stored once":                   aBallotIsStoredOnce,
		"two stores write at once":                  twoStoresWriteAtOnce,
		"many stores start at once":                 manyStoresStartAtOnce,
		"a witnessed checkpoint never steps back":   aWitnessedCheckpointNeverStepsBack,
		"a challenge is answered once":              aChallengeIsAnsweredOnce,
		"looks are limited":                         looksAreLimited,
		"notices are taken once":                    noticesAreTakenOnce,
		"a notice is held, postponed and forgotten": aNoticeIsHeldPostponedAndForgotten,
		"a notice given up is not taken":            aNoticeGivenUpIsNotTaken,
		"no notice before the checkpoint is final":  noNoticeBeforeTheCheckpointIsFinal,
		"collectors agree on notices":               collectorsAgreeOnNotices,
		"without notices there are none":            withoutNoticesThereAreNone,
		"the box gives back what was put in":        theBoxGivesBackWhatWasPutIn,
		"a list that is there is not sent again":    aListThatIsThereIsNotSentAgain,
		"every damage is found, none is built upon": everyDamageIsFound,
		"every table is copied":                     everyTableIsCopied,
		"a backup is the whole database":            aBackupIsTheWholeDatabase,
		"a backup goes back":                        aBackupGoesBack,
		"a backup is one moment":                    aBackupIsOneMoment,
		"a database does not go back":               aDatabaseDoesNotGoBack,
		"an old database is brought forward":        anOldDatabaseIsBroughtForward,
		"the latest time is kept":                   theLatestTimeIsKept,
	} {
		t.Run(name, func(t *testing.T) { story(t, newURL(t)) })
	}
}

func theTreeIsTheOneTlogBuilds(t *testing.T, url string) {
	s := open(t, url)
	var reference memory
	var leaves [][]byte
	for _, batch := range []int{1, 2, 1, 7, 300, 256, 1} {
		update(t, s, func(tx *Tx) error {
			for range batch {
				leaf := fmt.Appendf(nil, "entry %d", len(leaves))
				index, err := tx.Append(leaf)
				require.NoError(t, err)
				require.EqualValues(t, len(leaves), index)
				leaves = append(leaves, leaf)
				reference.add(t, leaf)
			}
			return nil
		})
		c, err := s.Checkpoint(ctx)
		require.NoError(t, err)
		require.EqualValues(t, len(leaves), c.Size)
		require.Equal(t, note(c.Size, c.Root), string(c.Note))
		root, err := tlog.TreeHash(int64(c.Size), &reference)
		require.NoError(t, err)
		require.Equal(t, root, c.Root)
	}
	// Every stored hash is byte for byte the one that tlog computes from the leaves alone.
	stored, err := nodeRange(ctx, s.db, 0, tlog.StoredHashCount(int64(len(leaves)))+9)
	require.NoError(t, err)
	require.Equal(t, reference.hashes, stored)
	got, err := s.Tree(ctx).ReadEntries(0, len(leaves))
	require.NoError(t, err)
	require.Equal(t, leaves, got)
	require.NoError(t, s.Audit(ctx))
	earlier, err := tlog.TreeHash(11, &reference)
	require.NoError(t, err)
	root, err := s.Root(ctx, 11)
	require.NoError(t, err)
	require.Equal(t, earlier, root)
	_, err = s.Root(ctx, uint64(len(leaves))+1)
	require.ErrorIs(t, err, ErrNotFound)
	_, err = s.Tree(ctx).ReadEntries(uint64(len(leaves))-1, 2)
	require.ErrorIs(t, err, ErrNotFound)
}

func nothingOfAFailedUpdateStays(t *testing.T, url string) {
	s := opened(t, url)
	failure := errors.New("the caller changed its mind")
	err := s.Update(ctx, func(tx *Tx) error {
		require.NoError(t, tx.AppendBallot(ballot("v", 1), []byte("leaf")))
		require.NoError(t, tx.SetPhase(Closed))
		return failure
	})
	require.ErrorIs(t, err, failure)

	s.options.Sign = func(uint64, tlog.Hash) ([]byte, error) { return nil, failure }
	require.ErrorIs(t, s.Update(ctx, func(tx *Tx) error { return tx.AppendBallot(ballot("v", 1), []byte("leaf")) }), failure)

	size, phase, err := s.Head(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 1, size)
	require.Equal(t, Opened, phase)
	n, err := s.Ballots(ctx)
	require.NoError(t, err)
	require.Zero(t, n)
	require.NoError(t, s.Audit(ctx))
}

func ballotsOnlyWhileOpen(t *testing.T, url string) {
	s := open(t, url)
	cast := func() error {
		return s.Update(ctx, func(tx *Tx) error { return tx.AppendBallot(ballot("v", 1), []byte("leaf")) })
	}
	move := func(p Phase) error { return s.Update(ctx, func(tx *Tx) error { return tx.SetPhase(p) }) }

	require.ErrorIs(t, cast(), ErrPhase)
	require.ErrorIs(t, move(Closed), ErrPhase)
	require.NoError(t, move(Opened))
	require.ErrorIs(t, move(Opened), ErrPhase)
	require.NoError(t, cast())
	require.ErrorIs(t, move(Setup), ErrPhase)
	require.NoError(t, move(Closed))
	require.ErrorIs(t, cast(), ErrPhase)
	require.ErrorIs(t, move(Opened), ErrPhase)
	// Other entries may follow the close.
	require.NoError(t, s.Update(ctx, func(tx *Tx) error { _, err := tx.Append([]byte("result")); return err }))
	require.NoError(t, s.Audit(ctx))
}

func aBallotIsStoredOnce(t *testing.T, url string) {
	s := opened(t, url)
	cast := func(b *Ballot) error {
		return s.Update(ctx, func(tx *Tx) error { return tx.AppendBallot(b, []byte("leaf")) })
	}
	require.NoError(t, cast(ballot("v", 1)))
	require.Error(t, cast(ballot("v", 1)))
	otherEnvelope := ballot("v", 1)
	otherEnvelope.Envelope[0] ^= 1
	require.Error(t, cast(otherEnvelope), "the same inner ballot in another envelope")
	size, _, err := s.Head(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 2, size)
	require.Error(t, s.Update(ctx, func(tx *Tx) error { _, err := tx.Append(make([]byte, board.MaxEntry+1)); return err }))
}

func twoStoresWriteAtOnce(t *testing.T, url string) {
	stores := []*Store{opened(t, url), open(t, url)}
	const each = 40
	var wait sync.WaitGroup
	var mu sync.Mutex
	promised := map[uint64][32]byte{}
	for k, s := range stores {
		wait.Go(func() {
			for i := range each {
				b := ballot(fmt.Sprint("voter ", k), each*k+i)
				err := s.Update(ctx, func(tx *Tx) error { return tx.AppendBallot(b, b.Inner[:]) })
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				promised[b.Index] = b.Inner
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	require.Len(t, promised, 2*each, "an index was given twice")
	for index, hash := range promised {
		b, err := stores[0].Ballot(ctx, index)
		require.NoError(t, err)
		require.Equal(t, hash, b.Inner)
		leaf, err := stores[1].Tree(ctx).ReadEntries(index, 1)
		require.NoError(t, err)
		require.Equal(t, hash[:], leaf[0])
	}
	require.NoError(t, stores[0].Audit(ctx))
}

func manyStoresStartAtOnce(t *testing.T, url string) {
	var wait sync.WaitGroup
	for range 6 {
		wait.Go(func() {
			s, err := Open(ctx, url, Options{Sign: sign})
			if err != nil {
				t.Error(err)
				return
			}
			if _, _, err := s.Head(ctx); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

func aWitnessedCheckpointNeverStepsBack(t *testing.T, url string) {
	s, err := Open(ctx, url, Options{Sign: sign, Witnessed: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	for range 3 {
		update(t, s, func(tx *Tx) error { _, err := tx.Append([]byte("leaf")); return err })
	}
	_, err = s.Checkpoint(ctx)
	require.ErrorIs(t, err, ErrNotFound, "nothing is published before the witnesses signed")
	c, err := s.Unfinished(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 3, c.Size)

	require.NoError(t, s.Finish(ctx, 2, []byte("second")))
	over, err := s.CheckpointOver(ctx, 0)
	require.NoError(t, err)
	require.Equal(t, "second", string(over.Note))
	_, err = s.CheckpointOver(ctx, 2)
	require.ErrorIs(t, err, ErrNotFound)

	// Neither another note for the same size nor a smaller checkpoint changes what was shown.
	require.NoError(t, s.Finish(ctx, 2, []byte("again")))
	require.NoError(t, s.Finish(ctx, 1, []byte("late")))
	over, err = s.CheckpointOver(ctx, 0)
	require.NoError(t, err)
	require.Equal(t, "second", string(over.Note))

	require.NoError(t, s.Finish(ctx, 3, []byte("third")))
	newest, err := s.Checkpoint(ctx)
	require.NoError(t, err)
	require.Equal(t, "third", string(newest.Note))
	_, err = s.Unfinished(ctx)
	require.ErrorIs(t, err, ErrNotFound)
}

func looksAreLimited(t *testing.T, url string) {
	s := opened(t, url)
	b := ballot("v", 1)
	update(t, s, func(tx *Tx) error { return tx.AppendBallot(b, []byte("leaf")) })
	var wait sync.WaitGroup
	var mu sync.Mutex
	var allowed []int
	for range 9 {
		wait.Go(func() {
			left, err := s.Look(ctx, b.Index, 3)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				allowed = append(allowed, left)
			} else if !errors.Is(err, ErrLimit) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	require.ElementsMatch(t, []int{2, 1, 0}, allowed)
}

func aChallengeIsAnsweredOnce(t *testing.T, url string) {
	s := open(t, url)
	now := time.Unix(1_700_000_000, 0)
	answer := func(challenge byte, expires, now time.Time) bool {
		first, err := s.Answer(ctx, [32]byte{challenge}, expires, now)
		require.NoError(t, err)
		return first
	}
	later := now.Add(time.Minute)
	require.True(t, answer(1, later, now))
	require.False(t, answer(1, later, now))
	require.False(t, answer(1, later, later), "still remembered in its last second")
	require.True(t, answer(2, later, now))
	var remembered int
	require.True(t, answer(4, later.Add(time.Hour), later.Add(clockSkew)), "at a collector whose clock is fast")
	require.False(t, answer(1, later, now), "at one whose clock is slow")
	require.True(t, answer(3, later.Add(2*time.Hour), later.Add(time.Hour+clockSkew+time.Second)))
	require.NoError(t, s.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM answered`).Scan(&remembered))
	require.Equal(t, 1, remembered, "what has expired is forgotten")
}

func theBoxGivesBackWhatWasPutIn(t *testing.T, url string) {
	s := opened(t, url)
	var put []*Ballot
	for i := range 5 {
		b := ballot(fmt.Sprint("voter ", i%2), i)
		put = append(put, b)
		update(t, s, func(tx *Tx) error {
			require.NoError(t, tx.AppendBallot(b, []byte("leaf")))
			known, err := tx.Envelope(b.Envelope)
			require.NoError(t, err)
			require.Equal(t, b, known)
			has, err := tx.HasInner(b.Inner)
			require.NoError(t, err)
			require.True(t, has)
			return tx.PutDocument(fmt.Sprint("document ", i), b.Container)
		})
	}
	var got []*Ballot
	for b, err := range s.Box(ctx) {
		require.NoError(t, err)
		got = append(got, b)
	}
	require.Equal(t, put, got)
	last, err := s.Latest(ctx, "voter 0")
	require.NoError(t, err)
	require.Equal(t, put[4].Index, last)
	_, err = s.Latest(ctx, "voter 9")
	require.ErrorIs(t, err, ErrNotFound)
	times, err := s.Times(ctx, "voter 1")
	require.NoError(t, err)
	require.Equal(t, []time.Time{put[1].Time, put[3].Time}, times)
	body, err := s.Document(ctx, "document 3")
	require.NoError(t, err)
	require.Equal(t, put[3].Container, body)
	_, err = s.Document(ctx, "document 9")
	require.ErrorIs(t, err, ErrNotFound)
	_, err = s.Envelope(ctx, [32]byte{})
	require.ErrorIs(t, err, ErrNotFound)
}

func everyDamageIsFound(t *testing.T, url string) {
	for _, damage := range []string{
		`UPDATE entry SET leaf = 'x' WHERE idx = 3`,
		`UPDATE node SET hash = (SELECT hash FROM node WHERE id = 0) WHERE id = 5`,
		`DELETE FROM node WHERE id = 4`,
		`UPDATE checkpoint SET root = (SELECT hash FROM node WHERE id = 0) WHERE size = 4`,
		`UPDATE head SET size = size - 1`,
		`UPDATE head SET size = size + 1`,
		`DELETE FROM checkpoint WHERE size = (SELECT MAX(size) FROM checkpoint)`,
	} {
		s := opened(t, url)
		for range 4 {
			update(t, s, func(tx *Tx) error { _, err := tx.Append([]byte("leaf")); return err })
		}
		require.NoError(t, s.Audit(ctx))
		_, err := s.db.ExecContext(ctx, damage)
		require.NoError(t, err, damage)
		require.ErrorIs(t, s.Audit(ctx), ErrCorrupt, damage)
		for _, table := range []string{"ballot", "entry", "node", "checkpoint"} {
			_, err = s.db.ExecContext(ctx, "DELETE FROM "+table)
			require.NoError(t, err)
		}
		_, err = s.db.ExecContext(ctx, `UPDATE head SET size = 0, phase = 'setup'`)
		require.NoError(t, err)
	}
	// Each is worse than the one before.
	s := opened(t, url)
	update(t, s, func(tx *Tx) error { _, err := tx.Append([]byte("leaf")); return err })
	for _, damage := range []string{
		`UPDATE checkpoint SET root = (SELECT hash FROM node WHERE id = 0) WHERE size = 2`,
		`DELETE FROM checkpoint WHERE size = 2`,
		`DELETE FROM node`,
	} {
		_, err := s.db.ExecContext(ctx, damage)
		require.NoError(t, err)
		s.last = nil // as after a start
		err = s.Update(ctx, func(tx *Tx) error { _, err := tx.Append([]byte("leaf")); return err })
		require.ErrorIs(t, err, ErrCorrupt, damage)
	}
}

func TestURLs(t *testing.T) {
	for url, want := range map[string]string{
		"mysql://host/db":            "must begin with",
		"sqlite://host/file.db":      "write the database's URL as",
		"sqlite:///file.db?mode=ro":  "write the database's URL as",
		"sqlite:":                    "write the database's URL as",
		"postgres://u:secret@ho st/": "cannot be parsed",
	} {
		_, err := Open(ctx, url, Options{Sign: sign})
		require.ErrorContains(t, err, want, url)
		require.NotContains(t, err.Error(), "secret")
	}
}

var ctx = context.Background()

func open(t *testing.T, url string) *Store {
	t.Helper()
	s, err := Open(ctx, url, Options{Sign: sign})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// opened is a store with one entry and the phase open.
func opened(t *testing.T, url string) *Store {
	t.Helper()
	s := open(t, url)
	update(t, s, func(tx *Tx) error {
		_, err := tx.Append([]byte("open"))
		require.NoError(t, err)
		return tx.SetPhase(Opened)
	})
	return s
}

func update(t *testing.T, s *Store, f func(*Tx) error) {
	t.Helper()
	require.NoError(t, s.Update(ctx, f))
}

func ballot(voter string, n int) *Ballot {
	container := fmt.Appendf(nil, "container %s %d", voter, n)
	return &Ballot{
		Voter: voter, Container: container,
		Inner: sha256.Sum256(fmt.Appendf(nil, "inner %s %d", voter, n)), Envelope: sha256.Sum256(container),
		Time: time.Unix(1_700_000_000+int64(n), 0).UTC(),
	}
}

func sign(size uint64, root tlog.Hash) ([]byte, error) { return []byte(note(size, root)), nil }

func note(size uint64, root tlog.Hash) string { return fmt.Sprintf("%d %s", size, root) }

// memory is the reference: a tree that tlog alone builds in memory.
type memory struct {
	n      int64
	hashes []tlog.Hash
}

func (m *memory) add(t *testing.T, leaf []byte) {
	t.Helper()
	hashes, err := tlog.StoredHashes(m.n, leaf, m)
	require.NoError(t, err)
	m.hashes = append(m.hashes, hashes...)
	m.n++
}

func (m *memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		hashes[i] = m.hashes[x]
	}
	return hashes, nil
}

// A revocation list has megabytes, and stands for every ballot that is cast while a
// responder is away: it must not go to the database, nor wait for the one writer, with each.
func aListThatIsThereIsNotSentAgain(t *testing.T, url string) {
	s := open(t, url)
	list := []byte("list")
	hash := sha256.Sum256(list)
	require.NoError(t, s.PutRevocationList(t.Context(), hash, list))
	update(t, s, func(*Tx) error {
		again := make(chan error, 1)
		go func() { again <- s.PutRevocationList(t.Context(), hash, list) }()
		select {
		case err := <-again:
			return err
		case <-time.After(20 * time.Second):
			return errors.New("it waits for the writer")
		}
	})
	var lists [][]byte
	for l, err := range s.RevocationLists(t.Context()) {
		require.NoError(t, err)
		lists = append(lists, l)
	}
	require.Equal(t, [][]byte{list}, lists)
}
