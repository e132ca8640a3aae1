package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/collector/collectortest"
	"valik/election"
	"valik/internal/polls"
	voter "valik/voter-app"
)

// poll is an open election, with somebody on the way to its collector.
type poll struct {
	*polls.Polls
	t   *testing.T
	dir string // for files of the voter
}

func newPolls(t *testing.T) *poll {
	t.Helper()
	p := &poll{Polls: polls.OpenToday(t, 2, func(*collectortest.World) {}), t: t, dir: t.TempDir()}
	require.NoError(t, p.Voters[0].Card.Save(p.file("card")))
	return p
}

func (p *poll) file(name string) string { return filepath.Join(p.dir, name) }

// vote runs the program.
func (p *poll) vote(args ...string) (code int, stdout, stderr string) {
	p.t.Helper()
	var out, problems bytes.Buffer
	args = append(args, "--collector", p.Manifest.Collector.URL, "--election", p.Fingerprint().String(), "--card", p.file("card"))
	code = run(context.Background(), args, &out, &problems)
	return code, out.String(), problems.String()
}

func (p *poll) requireVote(args ...string) string {
	p.t.Helper()
	code, stdout, stderr := p.vote(args...)
	require.Zero(p.t, code, stderr)
	require.Empty(p.t, stderr)
	return stdout
}

func (p *poll) read(name string) []byte {
	p.t.Helper()
	info, err := os.Stat(p.file(name))
	require.NoError(p.t, err)
	require.Equal(p.t, os.FileMode(0o600), info.Mode().Perm())
	b, err := os.ReadFile(p.file(name))
	require.NoError(p.t, err)
	return b
}

func TestVote(t *testing.T) {
	p := newPolls(t)
	require.Regexp(t, `1\.2 +Two`, p.requireVote("ballot"))
	require.Equal(t, "no ballot yet\n", p.requireVote("history"))
	said := p.requireVote("cast", "--choice", "mayor=1.2", "--link", "--receipt", p.file("receipt"), "--state", p.file("state"))

	receipt, err := election.ParseReceipt(p.read("receipt"))
	require.NoError(t, err)
	require.Contains(t, said, receipt.Ballot.String())
	require.Equal(t, receipt.Time.String()+"\n", p.requireVote("history"))
	link, err := voter.ParseCheckLink(strings.Split(said, "\n")[1])
	require.NoError(t, err)
	require.Equal(t, receipt.Index, link.Index)
	seen, err := p.Manifest.Policy().Open(p.read("state"))
	require.NoError(t, err)
	require.Greater(t, seen.Size, receipt.Index)
	left, err := os.ReadDir(p.dir)
	require.NoError(t, err)
	require.Len(t, left, 3, "card, receipt and state")
}

// A board that forgets a ballot is found out by who keeps a state, and shown to them.
func TestVoteNoticesARollback(t *testing.T) {
	p := newPolls(t)
	p.requireVote("ballot", "--state", p.file("state"))
	early := p.read("state")
	p.requireVote("cast", "--choice", "mayor=1.1", "--state", p.file("state"))
	late := p.read("state")
	p.Lies(polls.At("/checkpoint", polls.Says(http.StatusOK, early)))
	code, stdout, stderr := p.vote("cast", "--choice", "mayor=1.2", "--state", p.file("state"))
	require.Equal(t, exitFailed, code)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "hides entries of the public board")
	require.Contains(t, stderr, "No vote was cast")
	require.Contains(t, stderr, p.file("state.evidence"))
	require.Equal(t, string(late)+"\n"+string(early), string(p.read("state.evidence")))
	require.Equal(t, late, p.read("state"))
	p.requireVote("ballot") // who keeps none does not notice
}

// An answer that breaks off is asked for again, and the ballot is cast once.
func TestVoteCastsAgain(t *testing.T) {
	p := newPolls(t)
	var sent atomic.Int64
	p.Lies(polls.At("/v1/ballots", func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		if sent.Add(1) == 1 {
			polls.Takes(w, r, honest)
		}
		honest.ServeHTTP(w, r)
	}))
	p.requireVote("cast", "--choice", "mayor=blank")
	require.EqualValues(t, 2, sent.Load())
	require.Equal(t, 1, strings.Count(p.requireVote("history"), "\n"))
}

// A receipt that is wrong is kept, and the exit code says that nothing is known.
func TestVoteKeepsAWrongReceipt(t *testing.T) {
	p := newPolls(t)
	p.Lies(polls.At("/v1/ballots", polls.Says(http.StatusOK, []byte("thank you"))))
	code, stdout, stderr := p.vote("cast", "--choice", "mayor=1.1", "--state", p.file("state"), "--receipt", p.file("receipt"))
	require.Equal(t, exitUnknown, code)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "not certain whether your vote is cast")
	require.Equal(t, "thank you\n", string(p.read("state.evidence")))
	require.NoFileExists(t, p.file("receipt"))
}

func TestVoteRefuses(t *testing.T) {
	p := newPolls(t)
	code, _, stderr := p.vote("cast", "--choice", "mayor=2.1")
	require.Equal(t, exitFailed, code)
	require.Contains(t, stderr, "These choices make no ballot")
	for _, tt := range []struct{ args, want string }{
		{"cast --choice mayor", "CONTEST=CODE"},
		{"cast --choice mayor=1.1 --choice mayor=1.2", "twice"},
		{"cast --unknown", "unknown flag"},
		{"elect", "unknown command"},
		{"ballot --state /dev/null/x", "--state"},
	} {
		code, stdout, stderr := p.vote(strings.Fields(tt.args)...)
		require.Equal(t, exitFailed, code, tt.args)
		require.Empty(t, stdout)
		require.Contains(t, stderr, tt.want)
		require.NotContains(t, stderr, "vote was cast", "nothing was asked of the election")
	}
	var out bytes.Buffer
	require.Equal(t, exitFailed, run(context.Background(), []string{"ballot", "--collector", p.Manifest.Collector.URL, "--election", "x", "--card", p.file("card")}, &out, &out))
	require.Contains(t, out.String(), "--election")
	out.Reset()
	require.Zero(t, run(context.Background(), []string{"--help"}, &out, &out))
	require.Contains(t, out.String(), "fingerprint")
}
