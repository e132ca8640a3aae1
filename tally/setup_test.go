package tally

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
	"valik/eid"
	"valik/election"
	"valik/election/vis3"
	"valik/verifier"
)

// A setup is interrupted at every moment, and done again.
func TestInterruptedSetup(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m, record := o.Election.Manifest, o.Record()
	roll, err := o.roll(m, 0)
	require.NoError(t, err)
	setup := func() error { return o.Setup(m, roll, o.authority, o.Board) }
	require.ErrorIs(t, setup(), ErrDone)
	for name, undo := range map[string]func(){
		"before the board": func() { removeAll(t, record, election.CheckpointFile, election.TileFolder) },
		"before the roll": func() {
			removeAll(t, record, election.CheckpointFile, election.TileFolder)
			removeAll(t, o.Sealed(), "")
		},
		"before the manifest": func() { removeAll(t, record, election.CheckpointFile, election.TileFolder, election.ManifestFile) },
		"before anything":     func() { removeAll(t, record, "") },
		"before the entry": func() {
			removeAll(t, record, election.CheckpointFile, election.TileFolder)
			log, err := board.CreateFolder(record, m.Policy(), o.Board)
			require.NoError(t, err)
			require.NoError(t, log.Close())
		},
	} {
		undo()
		require.NoError(t, setup(), name)
		require.EqualValues(t, 1, o.entries(), name)
	}
}

func removeAll(t *testing.T, folder string, names ...string) {
	t.Helper()
	for _, name := range names {
		require.NoError(t, os.RemoveAll(filepath.Join(folder, name)))
	}
}

func TestSetupRefuses(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.Election.Manifest
	roll, err := o.roll(m, 0)
	require.NoError(t, err)
	o.Folder = NewFolder(t.TempDir())
	other, err := board.NewKey(o.Board.Origin())
	require.NoError(t, err)
	require.ErrorIs(t, o.Setup(m, roll, o.authority, other), ErrKey)
	require.ErrorIs(t, o.Setup(m, roll, &Authority{[]eid.Signer{newOfficial(t)}}, o.Board), ErrKey)
	require.Error(t, o.Setup(m, o.Roll, o.authority, o.Board), "the roll of another manifest")
	later, err := election.NewRoll(m.Fingerprint(), 1, roll.Salt, m.Opens, m.Closes, roll.List)
	require.NoError(t, err)
	require.ErrorContains(t, o.Setup(m, later, o.authority, o.Board), "changeset 0")
	require.NoDirExists(t, o.Record())
}

// The record is for everybody, the sealed part for its owner.
func TestModes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []int{0}, nil)
	w.process()
	for path, mode := range map[string]os.FileMode{
		filepath.Join(w.Record(), election.InputFile):     public,
		filepath.Join(w.Sealed(), election.DecisionsFile): private,
		w.trustees[0].path: private,
		filepath.Join(w.Record(), election.InputBin(w.Election.Manifest.ListIDs()[0])): public,
	} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode().Perm(), path)
	}
}

// A changeset makes the next version of the roll, in which nobody's pseudonym
// changes.
func TestAddRoll(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.Election.Manifest
	list := func(changeset string, lines string) string {
		path := filepath.Join(t.TempDir(), "voters.txt")
		head := "2\n" + m.ID + "\n" + changeset + "\n2029-01-01T00:00:00Z\t2029-12-31T00:00:00Z\n"
		require.NoError(t, os.WriteFile(path, []byte(head+lines), 0o600))
		return path
	}
	v := o.Roll.List
	first := list("0", "lisamine\t"+v[0].Code+"\tA\t0339\t1\nlisamine\t"+v[1].Code+"\tB\t0482\t2\n")
	second := list("1", "kustutamine\t"+v[1].Code+"\nlisamine\t"+v[2].Code+"\tC\t0339\t1\n")
	register, err := ReadRegister(m, []string{first, second}, nil)
	require.NoError(t, err)
	roll, err := o.AddRoll(register, o.authority)
	require.NoError(t, err)
	require.Equal(t, 1, roll.Changeset)
	require.Len(t, roll.List, 2)
	old, _ := o.Roll.ByCode(v[0].Code)
	now, _ := roll.ByCode(v[0].Code)
	require.Equal(t, old.Pseudonym, now.Pseudonym)
	_, err = o.verify(verifier.Prepared)
	require.Error(t, err, "the ceremony is missing")

	third := list("2", "kustutamine\t"+v[0].Code+"\nlisamine\t"+v[3].Code+"\tA\t0339\t1\n")
	changed := filepath.Join(t.TempDir(), "changed.json")
	require.NoError(t, os.WriteFile(changed, []byte(`{"election": "`+m.ID+`", "changed": {"`+v[0].Code+`": "`+v[3].Code+`"}}`), 0o600))
	register, err = ReadRegister(m, []string{first, second, third}, []string{changed})
	require.NoError(t, err)
	next, err := o.AddRoll(register, o.authority)
	require.NoError(t, err)
	later, ok := next.ByCode(v[3].Code)
	require.True(t, ok)
	require.Equal(t, old.Pseudonym, later.Pseudonym, "the same voter under a new code")
	require.Equal(t, []string{v[0].Code}, later.Former)
	_, err = ReadRegister(m, []string{first, second}, []string{changed})
	require.ErrorContains(t, err, changed)
	require.ErrorContains(t, err, "the new code was never on the voter list")

	_, err = ReadRegister(m, []string{second}, nil)
	require.ErrorContains(t, err, second)
	require.ErrorContains(t, err, "changeset 1 where 0 is expected")
	var parse *vis3.Error
	require.ErrorAs(t, err, &parse)

	w := newWorld(t, nil, nil)
	_, err = w.AddRoll(register, w.authority)
	require.ErrorIs(t, err, ErrDone, "the polls are closed")
}
