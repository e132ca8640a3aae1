package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/collector"
	test "valik/collector/collectortest"
	"valik/election"
	voter "valik/voter-app"
)

// polls are an open election, with somebody on the way to its collector.
type polls struct {
	*test.World
	t     *testing.T
	lie   atomic.Pointer[http.HandlerFunc]
	front http.Handler
	dir   string // for files of the voter
}

func newPolls(t *testing.T) *polls {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &polls{t: t, dir: t.TempDir()}
	p.World = test.New(t, 2, func(m *election.Manifest) {
		m.Collector.URL = "http://" + listener.Addr().String()
		m.Opens = election.At(time.Now().Add(-time.Hour))
	})
	c, err := collector.New(context.Background(), collector.Config{
		Database: "sqlite://" + t.TempDir() + "/collector.db", Folder: os.DirFS(p.Dir),
		BoardKey: p.BoardKey, ReceiptKey: p.ReceiptKey, Interval: 10 * time.Millisecond,
	})
	require.NoError(t, err)
	p.front = c.Handler()
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: p}}
	server.Start()
	t.Cleanup(func() {
		server.Close()
		require.NoError(t, c.Close())
	})
	require.NoError(t, p.Voters[0].Card.Save(p.file("card")))
	return p
}

func (p *polls) file(name string) string { return filepath.Join(p.dir, name) }

func (p *polls) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if lie := p.lie.Load(); lie != nil {
		(*lie)(w, r)
		return
	}
	p.front.ServeHTTP(w, r)
}

// vote runs the program.
func (p *polls) vote(args ...string) (code int, stdout, stderr string) {
	p.t.Helper()
	var out, problems bytes.Buffer
	args = append(args, "--collector", p.Manifest.Collector.URL, "--election", p.Fingerprint().String(), "--card", p.file("card"))
	code = run(context.Background(), args, &out, &problems)
	return code, out.String(), problems.String()
}

func (p *polls) requireVote(args ...string) string {
	p.t.Helper()
	code, stdout, stderr := p.vote(args...)
	require.Zero(p.t, code, stderr)
	require.Empty(p.t, stderr)
	return stdout
}

func (p *polls) read(name string) []byte {
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
	hide := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/checkpoint" {
			_, _ = w.Write(early)
			return
		}
		p.front.ServeHTTP(w, r)
	})
	p.lie.Store(&hide)
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
	cut := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/ballots" && sent.Add(1) == 1 {
			p.front.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		p.front.ServeHTTP(w, r)
	})
	p.lie.Store(&cut)
	p.requireVote("cast", "--choice", "mayor=blank")
	require.EqualValues(t, 2, sent.Load())
	require.Equal(t, 1, strings.Count(p.requireVote("history"), "\n"))
}

// A receipt that is wrong is kept, and the exit code says that nothing is known.
func TestVoteKeepsAWrongReceipt(t *testing.T) {
	p := newPolls(t)
	lie := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/ballots" {
			_, _ = w.Write([]byte("thank you"))
			return
		}
		p.front.ServeHTTP(w, r)
	})
	p.lie.Store(&lie)
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
