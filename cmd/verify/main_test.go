package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/internal/recordtest"
)

// files lays a record out on disk as people have it.
func files(t *testing.T) (r *recordtest.Record, dir string) {
	t.Helper()
	r, err := recordtest.Honest(true)
	require.NoError(t, err)
	dir = t.TempDir()
	require.NoError(t, r.Public.Write(filepath.Join(dir, "record")))
	require.NoError(t, r.Sealed.Write(filepath.Join(dir, "sealed")))
	archive, err := r.Public.Zip("")
	require.NoError(t, err)
	for name, content := range map[string][]byte{
		"record.zip": archive, "seen": r.Seen, "note.txt": []byte("this is no archive"), "broken.zip": archive[:len(archive)/2],
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "empty"), 0o700))
	bad := r.Public.Clone()
	bad["README"] = []byte("the real result is elsewhere")
	require.NoError(t, bad.Write(filepath.Join(dir, "bad")))
	return r, dir
}

func TestRun(t *testing.T) {
	r, dir := files(t)
	other := strings.Repeat("0", 64)
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, test := range []struct {
		name     string
		args     []string
		code     int
		out, err string // a part of what is written there
	}{
		{"folder", []string{in("record")}, 0, "\nverified\n", ""},
		{"zip", []string{in("record.zip")}, 0, "\nverified\n", ""},
		{"everything", []string{"-sealed", in("sealed"), "-election", r.Fingerprint.String(), "-checkpoint", in("seen"), in("record")}, 0, "checks passed, 4 were not possible\nverified\n", ""},
		{"JSON", []string{"-json", in("record")}, 0, `"verified": true`, ""},
		{"bad record", []string{in("bad")}, 1, "\nNOT VERIFIED: record.files\n", ""},
		{"bad record as JSON", []string{"-json", in("bad")}, 1, `"verified": false`, ""},
		{"another election", []string{"-election", other, in("record")}, 1, "\nNOT VERIFIED: manifest.pinned\n", ""},
		{"not the sealed part", []string{"-sealed", in("record"), in("record")}, 1, "NOT VERIFIED: ", ""},
		{"not a checkpoint", []string{"-checkpoint", in("note.txt"), in("record")}, 1, "NOT VERIFIED: board.pinned", ""},
		{"help", []string{"-h"}, 0, "", "Exit code: 0 verified"},
		{"no record", nil, 2, "", "name one record"},
		{"two records", []string{in("record"), in("bad")}, 2, "", "2 were named"},
		{"unknown flag", []string{"-force", in("record")}, 2, "", "-force"},
		{"wrong path", []string{in("nowhere")}, 2, "", "no such file"},
		{"wrong path of the sealed part", []string{"-sealed", in("nowhere"), in("record")}, 2, "", "no such file"},
		{"wrong path of the checkpoint", []string{"-checkpoint", in("nowhere"), in("record")}, 2, "", "-checkpoint"},
		{"empty folder", []string{in("empty")}, 2, "", "not the record of an election"},
		{"folder around the record", []string{dir}, 2, "", "there is one in the folder record"},
		{"not an archive", []string{in("note.txt")}, 2, "", "neither a folder nor a zip archive"},
		{"broken archive", []string{in("broken.zip")}, 2, "", "neither a folder nor a zip archive"},
		{"device", []string{os.DevNull}, 2, "", "neither a folder nor a zip archive"},
		{"short fingerprint", []string{"-election", "12ab", in("record")}, 2, "", "64 lower-case hex digits"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out, errOut bytes.Buffer
			require.Equal(t, test.code, run(test.args, &out, &errOut), "%s%s", &out, &errOut)
			require.Contains(t, out.String(), test.out)
			require.Contains(t, errOut.String(), test.err)
			require.Equal(t, test.code == 2, out.Len() == 0 && test.name != "help", "a report, or a message")
			if len(test.args) > 0 && test.args[0] == "-json" {
				require.True(t, json.Valid(out.Bytes()))
			}
		})
	}
}

// failingWriter is a full disk.
type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestReportThatCannotBeWritten(t *testing.T) {
	_, dir := files(t)
	require.Equal(t, 2, run([]string{filepath.Join(dir, "record")}, failingWriter{}, new(bytes.Buffer)))
}
