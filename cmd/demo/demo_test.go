package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/election"
	"valik/internal/progress"
)

// offices lists the folders with keys that are left behind.
func offices(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(os.TempDir(), "valik-office-*"))
	require.NoError(t, err)
	return found
}

func TestDemo(t *testing.T) {
	for _, profile := range []string{election.ProfileOpen, election.ProfileGuarded} {
		t.Run(profile, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			dir := filepath.Join(t.TempDir(), "new")
			var out bytes.Buffer
			d := &demo{out: &out, bars: progress.New(&out), began: time.Now(), voters: 30, dir: dir, profile: profile}
			require.NoError(t, d.prepareFolders())
			require.NoError(t, d.play(context.Background()))
			text := out.String()
			require.True(t, strings.HasSuffix(text, "\nverified\n"), text)
			require.Equal(t, len(attempts)+1, strings.Count(text, "Fraud refused"))
			require.NotContains(t, text, "%!")
			require.Contains(t, text, "Counted: 31 ballots, 31 votes, 0 invalid.")
			require.Equal(t, profile == election.ProfileGuarded, strings.Contains(text, "The election is guarded"))
			requireCounts(t, d)
			d.closeOffice()
			require.Empty(t, offices(t))
			left, err := filepath.Glob(filepath.Join(dir, "*"))
			require.NoError(t, err)
			require.Equal(t, []string{filepath.Join(dir, "record"), filepath.Join(dir, "sealed")}, left)
		})
	}
}

// requireCounts holds every candidate's votes against what the voters wanted: those
// 30, and one whose revocation was undone.
func requireCounts(t *testing.T, d *demo) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(d.dir, "record", election.ResultFile))
	require.NoError(t, err)
	result, err := election.ParseResult(raw)
	require.NoError(t, err)
	want, sum := d.people.expected(), 0
	for _, l := range result.Lists {
		for _, c := range l.Counts {
			require.Equal(t, want[l.District][c.Code], c.Votes)
			sum += c.Votes
		}
	}
	require.Equal(t, 31, sum)
}

// However few and however the dice fall, the people are there whom the story needs.
func TestElectorateHasWhomTheStoryNeeds(t *testing.T) {
	for _, n := range []int{fewest, 3, 20, 100, 0} {
		for range 20 {
			e, err := newElectorate(n)
			require.NoError(t, err)
			require.Len(t, e.victim.ballots, 1)
			require.False(t, e.victim.paper)
			require.Empty(t, e.fraudster.ballots)
			require.Equal(t, e.victim.district, e.fraudster.district)
			fickle, paper, restored, counted := 0, 0, 0, 0
			for _, p := range e.persons {
				switch {
				case len(p.ballots) > 1:
					fickle++
				case p.restored:
					restored++
				case p.paper:
					paper++
				}
			}
			for _, district := range e.expected() {
				for _, votes := range district {
					counted += votes
				}
			}
			require.Positive(t, fickle)
			require.Positive(t, paper)
			require.Equal(t, 1, restored)
			if n > 0 {
				require.Equal(t, n+1, counted)
			}
		}
	}
}

func TestDemoRefusesArguments(t *testing.T) {
	full := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(full, "file"), nil, 0o600))
	t.Setenv("TMPDIR", t.TempDir())
	for _, args := range [][]string{
		{"-out", full},
		{"-out", filepath.Join(full, "file")},
		{"-profile", "secret"},
		{"-voters", "1"},
		{"-voters", "-5"},
		{"more"},
		{"-unknown"},
	} {
		require.Error(t, run(context.Background(), args, new(bytes.Buffer)), args)
		require.Empty(t, offices(t))
	}
}

// asDemo is set for the process that is the demo itself: a step that it leaves behind ends with it.
const asDemo = "VALIK_TEST_DEMO"

func TestMain(m *testing.M) {
	if os.Getenv(asDemo) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// Whoever stops the demo leaves no keys behind, and sees no verdict.
func TestDemoIsStopped(t *testing.T) {
	for _, moment := range []string{"Preparation", "A collector answers", "Count\n"} {
		t.Run(moment, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
			defer stop()
			var complaint bytes.Buffer
			cmd := exec.CommandContext(ctx, os.Args[0], "-voters", "20")
			cmd.Env, cmd.Stderr = append(os.Environ(), asDemo+"=1"), &complaint
			said, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			text := readUntil(said, regexp.MustCompile(moment))
			require.NoError(t, cmd.Process.Signal(os.Interrupt), "%s%s", text, &complaint)
			rest, err := io.ReadAll(said)
			require.NoError(t, err)
			var ended *exec.ExitError
			require.ErrorAs(t, cmd.Wait(), &ended)
			require.Equal(t, 1, ended.ExitCode(), "%s%s", text, &complaint)
			require.Contains(t, complaint.String(), errStopped.Error())
			require.Empty(t, offices(t))
			require.NotContains(t, text+string(rest), "\nverified\n")
		})
	}
}

// readUntil reads until something was written, or the end.
func readUntil(r io.Reader, want *regexp.Regexp) (text string) {
	piece := make([]byte, 1024)
	for !want.MatchString(text) {
		n, err := r.Read(piece)
		if text += string(piece[:n]); err != nil {
			break
		}
	}
	return text
}
