package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/url"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/internal/testpg"
)

func TestJournal(t *testing.T) {
	stories := map[string]func(*testing.T, string){
		"lines are chained in their order":     linesAreChained,
		"what was done to the journal shows":   whatWasDoneShows,
		"two stores write the journal at once": twoStoresWriteTheJournal,
	}
	t.Run("SQLite", func(t *testing.T) {
		for name, story := range stories {
			t.Run(name, func(t *testing.T) {
				story(t, (&url.URL{Scheme: "sqlite", Path: filepath.Join(t.TempDir(), "journal.db")}).String())
			})
		}
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		server := testpg.Start(t)
		for name, story := range stories {
			t.Run(name, func(t *testing.T) { story(t, server.Database(t)) })
		}
	})
}

// readJournal gives the lines and what is wrong with them.
func readJournal(t *testing.T, s *Store) (lines []*JournalLine, wrong []error) {
	t.Helper()
	for line, err := range s.Journal(ctx) {
		if line != nil {
			lines = append(lines, line)
		}
		if err != nil {
			require.ErrorIs(t, err, ErrJournal)
			wrong = append(wrong, err)
		}
	}
	return lines, wrong
}

func linesAreChained(t *testing.T, url string) {
	s := open(t, url)
	lines, wrong := readJournal(t, s)
	require.Empty(t, lines)
	require.Empty(t, wrong)
	var written []*JournalLine
	before := make([]byte, 32)
	for i, entry := range []string{"one", "two", "three"} {
		line, err := s.AppendJournal(ctx, []byte(entry))
		require.NoError(t, err)
		require.EqualValues(t, i+1, line.Number)
		require.Equal(t, sha256.Sum256(append(bytes.Clone(before), entry...)), line.Hash)
		before = line.Hash[:]
		written = append(written, line)
	}
	lines, wrong = readJournal(t, s)
	require.Empty(t, wrong)
	require.Equal(t, written, lines)

	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, err := s.AppendJournal(ended, []byte("too late"))
	require.Error(t, err)
	again, wrong := readJournal(t, open(t, url))
	require.Empty(t, wrong)
	require.Equal(t, written, again)
	for line, err := range s.Journal(ctx) { // who stops early leaves nothing open
		require.NoError(t, err)
		require.EqualValues(t, 1, line.Number)
		break
	}
	for line, err := range s.Journal(ended) {
		require.Nil(t, line)
		require.ErrorIs(t, err, context.Canceled)
	}
}

func whatWasDoneShows(t *testing.T, url string) {
	s := open(t, url)
	for _, one := range []struct{ name, damage, want string }{
		{"a changed line", `UPDATE journal SET entry = 'x' WHERE number = 2`, "line 2"},
		{"a changed last line", `UPDATE journal SET entry = 'x' WHERE number = 4`, "line 4"},
		{"a changed hash", `UPDATE journal SET hash = (SELECT hash FROM journal WHERE number = 1) WHERE number = 3`, "line 3"},
		{"no hash", `UPDATE journal SET hash = '' WHERE number = 3`, "line 3 has no hash"},
		{"a line removed inside", `DELETE FROM journal WHERE number = 2`, "line 3 comes where line 2 should"},
		{"the first line removed", `DELETE FROM journal WHERE number = 1`, "line 2 comes where line 1 should"},
		{"the last line removed", `DELETE FROM journal WHERE number = 4`, "it should end with line 4"},
		{"all lines removed", `DELETE FROM journal`, "it should end with line 4, and ends with line 0"},
		{"a line added", `INSERT INTO journal (number, entry, hash) SELECT 5, entry, hash FROM journal WHERE number = 4`, "line 5"},
		{"lines exchanged", `UPDATE journal SET entry = CASE number WHEN 2 THEN CAST('entry 3' AS BYTEA) ELSE CAST('entry 2' AS BYTEA) END WHERE number IN (2, 3)`, "line 2"},
		{"the end set back", `UPDATE journal_end SET lines = 3, hash = (SELECT hash FROM journal WHERE number = 3)`, "it should end with line 3"},
		{"the end removed", `DELETE FROM journal_end`, "is missing"},
	} {
		for _, statement := range []string{
			`DELETE FROM journal`, `DELETE FROM journal_end`, `INSERT INTO journal_end (id, lines, hash) VALUES (1, 0, NULL)`,
		} {
			_, err := s.db.ExecContext(ctx, statement)
			require.NoError(t, err)
		}
		for i := range 4 {
			_, err := s.AppendJournal(ctx, fmt.Appendf(nil, "entry %d", i+1))
			require.NoError(t, err)
		}
		_, wrong := readJournal(t, s)
		require.Empty(t, wrong, one.name)
		_, err := s.db.ExecContext(ctx, one.damage)
		require.NoError(t, err, one.name)
		_, wrong = readJournal(t, s)
		require.NotEmpty(t, wrong, one.name)
		require.ErrorContains(t, wrong[0], one.want, one.name)
	}
	_, err := s.AppendJournal(ctx, []byte("after the end"))
	require.Error(t, err, "a chain without an end cannot be added to")
}

func twoStoresWriteTheJournal(t *testing.T, url string) {
	stores := []*Store{open(t, url), open(t, url)}
	const each = 20
	var wait sync.WaitGroup
	for i, s := range stores {
		wait.Go(func() {
			for n := range each {
				_, err := s.AppendJournal(ctx, fmt.Appendf(nil, "%d of %d", n, i))
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	lines, wrong := readJournal(t, stores[0])
	require.Empty(t, wrong)
	require.Len(t, lines, each*len(stores))
}
