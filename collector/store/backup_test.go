package store

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func quiet(string, int, int) {}

func fine(*Store) error { return nil }

// filled is a store with something in every table.
func filled(t *testing.T, url string) *Store {
	t.Helper()
	s := opened(t, url)
	s.options.Notices = true
	require.NoError(t, s.AgreeNotices(ctx))
	for i := range 3 * copyRows {
		update(t, s, func(tx *Tx) error {
			b := ballot(fmt.Sprint("v", i%7), i)
			if i%2 == 1 {
				b.Evidence, b.Bound = []byte("evidence"), [32]byte{1}
			}
			return tx.AppendBallot(b, fmt.Appendf(nil, "leaf %d", i))
		})
	}
	update(t, s, func(tx *Tx) error { return tx.PutDocument("open.json", []byte("open")) })
	require.NoError(t, s.PutRevocationList(ctx, [32]byte{7}, []byte("list")))
	_, err := s.Answer(ctx, [32]byte{9}, time.Unix(2_000_000_000, 0), time.Unix(1_700_000_000, 0))
	require.NoError(t, err)
	_, err = s.AppendJournal(ctx, []byte("line"))
	require.NoError(t, err)
	return s
}

// contents gives a hash of all rows of every table that has some.
func contents(t *testing.T, s *Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, one := range tables {
		rows, err := s.db.QueryContext(ctx, "SELECT * FROM "+one.name+" ORDER BY "+one.order)
		require.NoError(t, err)
		reader, err := newRowReader(rows)
		require.NoError(t, err)
		for {
			values, err := reader.next()
			require.NoError(t, err)
			if len(values) == 0 {
				break
			}
			sum := sha256.Sum256(fmt.Appendf(nil, "%s %#v", all[one.name], values))
			all[one.name] = hex.EncodeToString(sum[:])
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
	return all
}

// What a migration adds must be listed, or a backup would silently lack it.
func everyTableIsCopied(t *testing.T, url string) {
	s := open(t, url)
	require.NoError(t, s.dialect.checkTables(ctx, s.db))
	for _, change := range []string{`CREATE TABLE another (id BIGINT)`, `ALTER TABLE document ADD COLUMN another BIGINT`} {
		_, err := s.db.ExecContext(ctx, change)
		require.NoError(t, err)
		require.ErrorIs(t, s.dialect.checkTables(ctx, s.db), ErrVersion, change)
		require.ErrorIs(t, Backup(ctx, url, filepath.Join(t.TempDir(), "b"), quiet, fine), ErrVersion)
		_, err = s.db.ExecContext(ctx, `DROP TABLE IF EXISTS another`)
		require.NoError(t, err)
	}
}

func aBackupIsTheWholeDatabase(t *testing.T, url string) {
	s := filled(t, url)
	dir := t.TempDir()
	file := filepath.Join(dir, "backup?.db")
	drawn := map[string]int{}
	require.NoError(t, Backup(ctx, url, file, func(table string, done, total int) {
		require.LessOrEqual(t, done, total)
		drawn[table] = done
	}, fine))
	require.Equal(t, 3*copyRows, drawn["ballot"])
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	requireNames(t, dir, "backup?.db")

	// It is never written over, and reading it changes nothing.
	require.ErrorIs(t, Backup(ctx, url, file, quiet, fine), fs.ErrExist)
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	b, err := OpenBackup(ctx, file)
	require.NoError(t, err)
	require.NoError(t, b.Audit(ctx))
	require.Equal(t, contents(t, s), contents(t, b))

	restored := open(t, sqliteURL(t))
	require.NoError(t, restored.Restore(ctx, b, quiet))
	require.Equal(t, contents(t, s), contents(t, restored))
	require.ErrorIs(t, restored.Restore(ctx, b, quiet), ErrNotEmpty)
	update(t, restored, func(tx *Tx) error { _, err := tx.Append([]byte("next")); return err })
	require.NoError(t, restored.Audit(ctx))
	require.NoError(t, b.Close())
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, before, after)
	requireNames(t, dir, "backup?.db")
}

// A backup that was changed is restored by nothing, and nothing of it stays.
func aBackupGoesBack(t *testing.T, url string) {
	source := sqliteURL(t)
	filled(t, source)
	file := filepath.Join(t.TempDir(), "backup")
	require.NoError(t, Backup(ctx, source, file, quiet, fine))
	changed, err := Open(ctx, "sqlite://"+file, Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, changed.Close()) })
	s := open(t, url)
	empty := contents(t, s)
	_, err = changed.db.ExecContext(ctx, `UPDATE entry SET leaf = 'other' WHERE idx = 100`)
	require.NoError(t, err)
	require.ErrorIs(t, s.Restore(ctx, changed, quiet), ErrCorrupt)
	require.Equal(t, empty, contents(t, s))

	_, err = changed.db.ExecContext(ctx, `UPDATE entry SET leaf = CAST('leaf 99' AS BLOB) WHERE idx = 100`)
	require.NoError(t, err)
	require.NoError(t, s.Restore(ctx, changed, quiet))
	require.Equal(t, contents(t, changed), contents(t, s))
	require.Len(t, contents(t, s), len(tables))
}

// A backup that is taken while ballots are cast is the box at one moment.
func aBackupIsOneMoment(t *testing.T, url string) {
	s := opened(t, url)
	stop, done := make(chan struct{}), make(chan int)
	go func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				done <- n
				return
			default:
			}
			if err := s.Update(ctx, func(tx *Tx) error { return tx.AppendBallot(ballot("v", n), fmt.Appendf(nil, "leaf %d", n)) }); err != nil {
				t.Error(err)
				done <- n
				return
			}
		}
	}()
	for range 5 {
		file := filepath.Join(t.TempDir(), "backup")
		require.NoError(t, Backup(ctx, url, file, func(string, int, int) { time.Sleep(time.Millisecond) }, func(b *Store) error {
			size, _, err := b.Head(ctx)
			require.NoError(t, err)
			n, err := b.Ballots(ctx)
			require.NoError(t, err)
			require.Equal(t, size, n+1)
			return err
		}))
	}
	close(stop)
	require.Positive(t, <-done)
}

func TestABackupThatFailsLeavesNothing(t *testing.T) {
	source := sqliteURL(t)
	s := filled(t, source)
	dir := t.TempDir()
	failure := fmt.Errorf("the check has found something")
	require.ErrorIs(t, Backup(ctx, source, filepath.Join(dir, "b"), quiet, func(*Store) error { return failure }), failure)
	_, err := s.db.ExecContext(ctx, `UPDATE entry SET leaf = 'x' WHERE idx = 3`)
	require.NoError(t, err)
	require.ErrorIs(t, Backup(ctx, source, filepath.Join(dir, "b"), quiet, fine), ErrCorrupt)
	require.ErrorIs(t, Backup(ctx, "sqlite://"+dir+"/none", filepath.Join(dir, "b"), quiet, fine), fs.ErrNotExist)
	requireNames(t, dir)
}

func TestDamagedBackups(t *testing.T) {
	source := sqliteURL(t)
	filled(t, source)
	whole := filepath.Join(t.TempDir(), "whole")
	require.NoError(t, Backup(ctx, source, whole, quiet, fine))
	raw, err := os.ReadFile(whole)
	require.NoError(t, err)
	for name, content := range map[string][]byte{
		"empty": {}, "no database": []byte("ballots"), "truncated": raw[:len(raw)/2], "all but a page": raw[:len(raw)-4096],
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "backup")
			require.NoError(t, os.WriteFile(file, content, 0o600))
			b, err := OpenBackup(ctx, file)
			if err == nil {
				err = open(t, sqliteURL(t)).Restore(ctx, b, quiet)
				require.NoError(t, b.Close())
			}
			require.Error(t, err)
		})
	}
	_, err = OpenBackup(ctx, filepath.Join(t.TempDir(), "none"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func requireNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var have []string
	for _, e := range entries {
		have = append(have, e.Name())
	}
	require.ElementsMatch(t, want, have)
}

// The latest time is kept with the log, and never steps back.
func theLatestTimeIsKept(t *testing.T, url string) {
	s := opened(t, url)
	latest, err := s.LatestTime(ctx)
	require.NoError(t, err)
	require.True(t, latest.IsZero())
	for i, n := range []int{5, 3} {
		update(t, s, func(tx *Tx) error { return tx.AppendBallot(ballot("v", n), fmt.Appendf(nil, "leaf %d", i)) })
	}
	latest, err = s.LatestTime(ctx)
	require.NoError(t, err)
	require.Equal(t, ballot("v", 5).Time, latest)
	update(t, s, func(tx *Tx) error {
		require.Equal(t, latest, tx.LatestTime())
		return nil
	})
}

// A process does not sign on a database that has lost what it committed.
func aDatabaseDoesNotGoBack(t *testing.T, url string) {
	s := opened(t, url)
	for range 3 {
		update(t, s, func(tx *Tx) error { _, err := tx.Append([]byte("leaf")); return err })
	}
	for leaf, entries := range map[string]int{"leaf": 2, "other": 4} {
		replica := opened(t, sqliteURL(t))
		for range entries {
			update(t, replica, func(tx *Tx) error { _, err := tx.Append([]byte(leaf)); return err })
		}
		before := contents(t, replica)
		db := s.db
		s.db = replica.db
		err := s.Update(ctx, func(tx *Tx) error { _, err := tx.Append([]byte("next")); return err })
		s.db = db
		require.ErrorIs(t, err, ErrWentBack)
		require.Equal(t, before, contents(t, replica))
	}
	update(t, s, func(tx *Tx) error { _, err := tx.Append([]byte("next")); return err })
}

// A database of the first version learns the latest time from its ballots.
func anOldDatabaseIsBroughtForward(t *testing.T, url string) {
	d, err := parseURL(url)
	require.NoError(t, err)
	require.NoError(t, d.makePrivate())
	db, err := sql.Open(d.driver, d.source)
	require.NoError(t, err)
	p, err := d.provider(db)
	require.NoError(t, err)
	_, err = p.UpTo(ctx, 1)
	require.NoError(t, err)
	none := make([]byte, 32)
	for i, at := range []int64{1_700_000_009, 1_700_000_004} {
		_, err = db.ExecContext(ctx, `INSERT INTO entry (idx, leaf) VALUES ($1, $2)`, i, none)
		require.NoError(t, err)
		_, err = db.ExecContext(ctx, `INSERT INTO ballot (idx, voter, ballot, envelope, container, bound, good, cast_at, looks) VALUES ($1, 'v', $2, $2, $2, $3, FALSE, $4, 0)`,
			i, []byte{byte(i)}, none, at)
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())
	require.ErrorIs(t, Backup(ctx, url, filepath.Join(t.TempDir(), "b"), quiet, fine), ErrVersion)
	latest, err := open(t, url).LatestTime(ctx)
	require.NoError(t, err)
	require.Equal(t, unix(1_700_000_009), latest)
}
