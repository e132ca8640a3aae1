package verifier_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"valik/internal/recordtest"
	"valik/verifier"
)

func honest(t *testing.T, guarded bool) *recordtest.Record {
	t.Helper()
	r, err := recordtest.Honest(guarded)
	require.NoError(t, err)
	return r
}

// TestAllChecksPass is the other half of the faults: on a record with nothing
// wrong, every check is made and passes, and none of them has looked at nothing.
func TestAllChecksPass(t *testing.T) {
	t.Parallel()
	r, err := recordtest.Make(&recordtest.Script{Settles: true})
	require.NoError(t, err)
	report := verify(t, input(r, true))
	require.True(t, report.Verified)
	require.Len(t, report.Checks, len(verifier.Checks()))
	for _, c := range report.Checks {
		require.Equal(t, verifier.Pass, c.Status, c.ID)
		require.Positive(t, c.Count, c.ID)
	}
}

// TestNothingSettled: where the manifest has no settlement, its check has nothing to
// look at, and passes.
func TestNothingSettled(t *testing.T) {
	t.Parallel()
	report := verify(t, input(honest(t, false), true))
	for _, c := range report.Checks {
		require.Equal(t, c.ID == "settlement.document" || c.ID == "processing.settlement", c.Count == 0, c.ID)
	}
}

// TestWhatIsMissing: the record verifies as far as it goes, and the report says
// how far that is.
func TestWhatIsMissing(t *testing.T) {
	t.Parallel()
	needSealed := []string{"roll.commitment", "revocations.signature", "box.ballots", "processing.settlement", "processing.decisions", "processing.input"}
	needBallots := []string{"ballots.leaves", "ballots.form", "ballots.proofs", "input.public"}
	for _, test := range []struct {
		name            string
		guarded, sealed bool
		missing         []string
	}{
		{"open", false, false, needSealed},
		{"open with the sealed part", false, true, nil},
		{"guarded", true, false, slices.Concat(needSealed, needBallots, []string{"mix.first"})},
		{"guarded with the sealed part", true, true, needBallots},
	} {
		report := verify(t, input(honest(t, test.guarded), test.sealed))
		require.True(t, report.Verified, test.name)
		require.Empty(t, report.Failed(), test.name)
		require.ElementsMatch(t, test.missing, report.Missing(), test.name)
		for _, c := range report.Checks {
			if c.Status == verifier.NotPossible {
				require.Contains(t, c.Detail, "the sealed part", "%s: %s", test.name, c.ID)
			}
		}
		require.True(t, strings.HasSuffix(report.Text(), "\nverified\n"), test.name)
	}
}

func TestNothingPinned(t *testing.T) {
	t.Parallel()
	r := honest(t, false)
	report := verify(t, verifier.Input{Record: r.Public.FS(), Sealed: r.Sealed.FS()})
	require.True(t, report.Verified)
	require.False(t, report.Pinned)
	require.Equal(t, []string{"manifest.pinned", "board.pinned"}, report.Missing())
	require.Contains(t, report.Text(), "Compare it with one that you have from elsewhere")
}

func TestSealedPartThatIsEmpty(t *testing.T) {
	t.Parallel()
	in := input(honest(t, false), false)
	in.Sealed = fstest.MapFS{}
	report := verify(t, in)
	require.False(t, report.Verified, "who gives a sealed part says that there is one")
	require.Equal(t, []string{"roll.commitment", "revocations.signature"}, report.Failed())
}

// TestFoldersAndArchives: a folder, a zip of its files and a zip of the folder
// are the same record.
func TestFoldersAndArchives(t *testing.T) {
	t.Parallel()
	r, dir := honest(t, false), t.TempDir()
	require.NoError(t, r.Public.Write(filepath.Join(dir, "folder")))
	for name, prefix := range map[string]string{"files.zip": "", "wrapped.zip": "record/"} {
		b, err := r.Public.Zip(prefix)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
	}
	want := verify(t, input(r, true))
	for _, name := range []string{"folder", "files.zip", "wrapped.zip"} {
		fsys, closeRecord, err := verifier.Open(filepath.Join(dir, name))
		require.NoError(t, err, name)
		in := input(r, true)
		in.Record = fsys
		require.Equal(t, want, verify(t, in), name)
		require.NoError(t, closeRecord())
	}
}

func TestReportsAreDeterministic(t *testing.T) {
	t.Parallel()
	for _, f := range recordtest.Faults()[10:16] {
		r, err := f.Make()
		require.NoError(t, err)
		first, err := verify(t, input(r, false)).JSON()
		require.NoError(t, err)
		second, err := verify(t, input(r, false)).JSON()
		require.NoError(t, err)
		require.Equal(t, string(first), string(second), f.Check)
	}
}

// TestReportJSON holds the names that programs rely on.
func TestReportJSON(t *testing.T) {
	t.Parallel()
	r := honest(t, false)
	delete(r.Public, "result.json")
	b, err := verify(t, input(r, false)).JSON()
	require.NoError(t, err)
	var got struct {
		Election, Title, Fingerprint string
		Entries                      int
		Pinned, Sealed, Verified     bool
		Checks                       []struct {
			ID, Title, Status, Detail string
			Count, FailureCount       int
			Failures                  []string
		}
		Result json.RawMessage
	}
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&got))
	require.Equal(t, "TEST2029", got.Election)
	require.Equal(t, r.Fingerprint.String(), got.Fingerprint)
	require.Equal(t, len(r.Entries), got.Entries)
	require.False(t, got.Verified)
	statuses := map[string]int{}
	for _, c := range got.Checks {
		statuses[c.Status]++
		if c.ID == "record.files" {
			require.Equal(t, "fail", c.Status)
			require.Equal(t, "result.json is missing", c.Detail)
			require.Contains(t, c.Failures, c.Detail)
			require.Equal(t, len(c.Failures), c.FailureCount)
		}
	}
	require.Len(t, statuses, 3)
	require.Equal(t, 1, statuses["fail"])
	require.Positive(t, statuses["pass"])
	require.Positive(t, statuses["not possible"])
}

// TestTextFits: the report is read on terminals and on paper.
func TestTextFits(t *testing.T) {
	t.Parallel()
	for _, guarded := range []bool{false, true} {
		text := verify(t, input(honest(t, guarded), false)).Text()
		for line := range strings.Lines(text) {
			require.LessOrEqual(t, utf8.RuneCountInString(line), 120, line)
		}
	}
}

func TestNoRecord(t *testing.T) {
	t.Parallel()
	for name, fsys := range map[string]recordtest.Files{
		"empty":              {},
		"something else":     {"README": []byte("hello")},
		"an office's folder": {"record/manifest.json": []byte("{}")},
	} {
		_, err := verifier.Verify(verifier.Input{Record: fsys.FS()})
		require.ErrorIs(t, err, verifier.ErrUnreadable, name)
	}
}

// TestOddFiles: what is no regular file is refused and not waited for.
func TestOddFiles(t *testing.T) {
	t.Parallel()
	r := honest(t, false)
	for _, test := range []struct {
		name, check string
		change      func(fstest.MapFS)
	}{
		{"a folder for a document", "record.files", func(m fstest.MapFS) { delete(m, "open.json"); m["open.json/x"] = &fstest.MapFile{} }},
		{"an empty folder", "record.files", func(m fstest.MapFS) { m["more"] = &fstest.MapFile{Mode: os.ModeDir | 0o755} }},
		{"a pipe", "record.files", func(m fstest.MapFS) { m["close.json"] = &fstest.MapFile{Mode: os.ModeNamedPipe} }},
		{"a pipe for the manifest", "manifest.form", func(m fstest.MapFS) { m["manifest.json"] = &fstest.MapFile{Mode: os.ModeNamedPipe} }},
		{"a pipe for the ballots", "ballots.leaves", func(m fstest.MapFS) { m["ballots.jsonl"] = &fstest.MapFile{Mode: os.ModeNamedPipe} }},
	} {
		m := r.Public.FS().(fstest.MapFS)
		test.change(m)
		in := input(r, false)
		in.Record = m
		report := verify(t, in)
		require.Equal(t, []string{test.check}, report.Failed(), test.name)
	}
}
