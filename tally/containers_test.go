package tally

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
	"valik/eid"
	"valik/election"
	"valik/election/processing"
)

// row is a line of the index.
type row struct{ index, time, file, level, token, list, reason string }

func readIndex(t *testing.T, folder string) []row {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, indexFile))
	require.NoError(t, err)
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"index", "time", "file", "level", "time-stamp", "revocation-list", "reason"}, lines[0])
	var rows []row
	for _, l := range lines[1:] {
		rows = append(rows, row{l[0], l[1], l[2], l[3], l[4], l[5], l[6]})
	}
	return rows
}

// TestContainers: every ballot is written once, with its evidence where it has some and
// there is room, and the voter's part has the bytes that the board binds.
func TestContainers(t *testing.T) {
	t.Parallel()
	w := newEvidenceWorld(t)
	out := filepath.Join(t.TempDir(), "containers")
	var told []int
	w.Progress = func(step string, done, total int) {
		if step == "containers" {
			told = append(told, done)
			require.Equal(t, len(stories), total)
		}
	}
	levels, err := w.Containers(out)
	require.NoError(t, err)
	require.Equal(t, map[string]int{LevelLT: 5, LevelUntimed: 1, LevelB: 4}, levels)
	require.Len(t, told, len(stories))

	rows := readIndex(t, out)
	require.Len(t, rows, len(stories))
	_, leaves, err := board.ReadAll(os.DirFS(w.Record()), w.Election.Manifest.Policy())
	require.NoError(t, err)
	entries, err := election.ParseEntries(leaves)
	require.NoError(t, err)
	files := 1
	for i, s := range stories {
		r, cast := rows[i], w.cast[i]
		require.Equal(t, s.level, r.level, s.name)
		require.Equal(t, s.reason, r.reason, s.name)
		require.Equal(t, cast.Time.String(), r.time)
		require.Equal(t, r.index+".asice", r.file)
		file := w.readPrivate(out, r.file)
		signed := w.requireBallot(s, file, cast)
		leaf := election.BallotLeaf(election.HashOf(signed.Data), election.HashOf(signed.Bytes()), w.evidenceAtCast(&cast), cast.Time)
		require.Equal(t, entries[cast.Index].Artefact, leaf, s.name)
		requireOthersRead(t, w, s, file)
		files++
		require.Equal(t, s.token, r.token != "", s.name)
		if r.token != "" {
			files++
			require.Equal(t, w.evidenceOf(cast).Time, w.readPrivate(out, r.token))
		}
		require.Equal(t, s.list, r.list != "", s.name)
		if r.list != "" {
			require.FileExists(t, filepath.Join(w.Sealed(), r.list))
		}
	}
	have, err := os.ReadDir(out)
	require.NoError(t, err)
	require.Len(t, have, files)
}

// readPrivate reads a file that only its owner may read, in such a folder.
func (w *evidenceWorld) readPrivate(folder, name string) []byte {
	w.t.Helper()
	for path, mode := range map[string]os.FileMode{folder: 0o700 | os.ModeDir, filepath.Join(folder, name): 0o600} {
		info, err := os.Stat(path)
		require.NoError(w.t, err)
		require.Equal(w.t, mode, info.Mode(), path)
	}
	b, err := os.ReadFile(filepath.Join(folder, name))
	require.NoError(w.t, err)
	return b
}

// requireBallot reads a written container as our own programs do.
func (w *evidenceWorld) requireBallot(s story, file []byte, cast election.BoxBallot) *eid.Container {
	w.t.Helper()
	if s.level == LevelB {
		require.Equal(w.t, cast.Container, file, s.name)
		c, err := eid.ParseContainer(file)
		require.NoError(w.t, err, s.name)
		return c
	}
	l, err := eid.ParseLongTerm(file)
	require.NoError(w.t, err, s.name)
	require.Equal(w.t, cast.Container, l.Container().Bytes(), s.name)
	stored := w.evidenceOf(cast)
	require.Equal(w.t, stored.Time, l.TimeStamp, s.name)
	if stored.CRL == nil {
		require.Equal(w.t, [][]byte{stored.OCSP}, l.OCSPs, s.name)
		require.Empty(w.t, l.CRLs)
	} else {
		require.Equal(w.t, *stored.CRL, election.HashOf(l.CRLs[0]), s.name)
		require.Empty(w.t, l.OCSPs)
	}
	return l.Container()
}

// A count that is under way or over changes nothing in the containers.
func TestContainersOfAFinishedCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []int{0, 1, 0}, nil)
	early, late := filepath.Join(t.TempDir(), "early"), filepath.Join(t.TempDir(), "late")
	levels, err := w.Containers(early)
	require.NoError(t, err)
	require.Equal(t, map[string]int{LevelB: 3}, levels)
	w.toDecryption()
	w.finish()
	before := w.snapshot()
	_, err = w.Containers(late)
	require.NoError(t, err)
	requireSameFiles(t, early, late)
	requireSameFiles(t, before, w.dir)
}

// requireSameFiles compares two folders.
func requireSameFiles(t *testing.T, a, b string) {
	t.Helper()
	require.Equal(t, filesOf(t, a), filesOf(t, b))
}

func filesOf(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		files[path[len(folder):]] = election.HashOf(b).String()
		return err
	}))
	return files
}

// TestContainersRefused: nothing is written, and nothing is left.
func TestContainersRefused(t *testing.T) {
	t.Parallel()
	w := newEvidenceWorld(t)
	other := newWorld(t, []int{0, 1}, nil)
	sealed := func(name string) string { return filepath.Join(w.Sealed(), name) }
	for _, test := range []struct {
		name string
		do   func(out string) string // may choose another output
		want error
		says string
	}{
		{"there already", func(out string) string { require.NoError(t, os.Mkdir(out, 0o700)); return out }, ErrExists, ""},
		{"a file", func(out string) string { require.NoError(t, os.WriteFile(out, nil, 0o600)); return out }, ErrExists, ""},
		{"being written", func(out string) string {
			require.NoError(t, os.Mkdir(filepath.Join(filepath.Dir(out), ".new-"+filepath.Base(out)), 0o700))
			return out
		}, ErrExists, "interrupted"},
		{"in the record", func(string) string { return filepath.Join(w.Record(), "containers") }, ErrPublic, ""},
		{"no place", func(out string) string { return filepath.Join(out, "below") }, os.ErrNotExist, ""},
		{"no box", func(out string) string { require.NoError(t, os.Remove(sealed(election.BoxFile))); return out }, os.ErrNotExist, "sealed part"},
		{"box of another board", func(out string) string {
			copyFile(t, filepath.Join(other.Sealed(), election.BoxFile), sealed(election.BoxFile))
			return out
		}, nil, "another election"},
		{"a ballot is missing", w.changeBox(func(b *election.Box) { b.List = b.List[:len(b.List)-1]; b.Ballots-- }), processing.ErrMissing, ""},
		{"a ballot is exchanged", w.changeBox(func(b *election.Box) { b.List[0].Container = b.List[1].Container }), processing.ErrNotLogged, ""},
		{"evidence is missing", w.changeBox(func(b *election.Box) { b.List[0].Evidence = nil }), processing.ErrNotLogged, ""},
		{"evidence is another's", w.changeBox(func(b *election.Box) { b.List[0].Evidence = b.List[1].Evidence }), processing.ErrNotLogged, ""},
		{"time is changed", w.changeBox(func(b *election.Box) { b.List[len(b.List)-1].Time++ }), processing.ErrNotLogged, ""},
		{"no list", func(out string) string { require.NoError(t, os.RemoveAll(sealed("crl"))); return out }, processing.ErrNoRevocationList, ""},
		{"another list", func(out string) string {
			lists, err := filepath.Glob(sealed("crl/*"))
			require.NoError(t, err)
			for _, list := range lists {
				require.NoError(t, os.WriteFile(list, []byte("list"), 0o600))
			}
			return out
		}, processing.ErrNoRevocationList, ""},
		{"no roll", func(out string) string { require.NoError(t, os.Remove(sealed(election.RollFile(0)))); return out }, ErrUnverified, "roll.commitment"},
		{"another election", func(out string) string { w.Fingerprint = &election.Hash{}; return out }, ErrUnverified, "manifest.pinned"},
	} {
		before := w.snapshot()
		out := test.do(filepath.Join(t.TempDir(), "containers"))
		around := filesOf(t, filepath.Dir(filepath.Dir(out)))
		_, err := w.Containers(out)
		require.Error(t, err, test.name)
		if test.want != nil {
			require.ErrorIs(t, err, test.want, test.name)
		}
		require.ErrorContains(t, err, test.says, test.name)
		require.Equal(t, around, filesOf(t, filepath.Dir(filepath.Dir(out))), test.name)
		require.NoError(t, os.RemoveAll(w.dir))
		require.NoError(t, os.CopyFS(w.dir, os.DirFS(before)))
		w.Fingerprint = nil
	}
	_, err := w.Containers(filepath.Join(t.TempDir(), "containers"))
	require.NoError(t, err)
}

// changeBox changes the sealed box.
func (w *evidenceWorld) changeBox(change func(*election.Box)) func(string) string {
	return func(out string) string {
		path := filepath.Join(w.Sealed(), election.BoxFile)
		raw, err := os.ReadFile(path)
		require.NoError(w.t, err)
		box, err := election.ParseBox(raw)
		require.NoError(w.t, err)
		change(box)
		require.False(w.t, bytes.Equal(raw, box.Bytes()))
		require.NoError(w.t, os.WriteFile(path, box.Bytes(), 0o600))
		return out
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to, b, 0o600))
}

// Before the polls are over there is nothing to hand out: neither without the settlement
// nor without the close.
func TestNoContainersTooEarly(t *testing.T) {
	t.Parallel()
	w := settlingWorld(t, nil)
	out := filepath.Join(t.TempDir(), "containers")
	_, err := w.Containers(out)
	require.ErrorIs(t, err, ErrTooEarly)
	require.ErrorContains(t, err, `no entry "settlement" yet`)
	require.NoDirExists(t, out)

	open := newOpenWorld(t)
	_, err = open.Containers(out)
	require.ErrorIs(t, err, ErrTooEarly)
	require.ErrorContains(t, err, `no entry "close" yet`)

	_, err = NewFolder(t.TempDir()).Containers(out)
	require.ErrorIs(t, err, ErrTooEarly)
	files, err := os.ReadDir(filepath.Dir(out))
	require.NoError(t, err)
	require.Empty(t, files)
}
