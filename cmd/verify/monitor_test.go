package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/board"
	"valik/collector"
	test "valik/collector/collectortest"
	"valik/election"
	"valik/internal/boardtest"
)

// running is an election with its true collector and true witnesses, whose keys an
// attacker has who sits before it: as bad as it can be.
type running struct {
	*test.World
	t         *testing.T
	honest    http.Handler
	collector *collector.Collector
	server    *httptest.Server
	unix      atomic.Int64 // the collector's clock
	board     atomic.Pointer[boardtest.Log]
	looks     atomic.Int64 // at the attacker's checkpoint
	receipts  []*election.Receipt
	dir       string
}

// newRunning casts a ballot for each voter and is in the middle of the polls.
func newRunning(t *testing.T, voters int) *running {
	t.Helper()
	r := &running{t: t, dir: t.TempDir()}
	var witnesses []*boardtest.Witness
	var asked []collector.Witness
	for _, name := range boardtest.Names {
		w := boardtest.NewWitness(name, name)
		server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, req *http.Request) {
			var body bytes.Buffer
			_, _ = body.ReadFrom(req.Body)
			_, checkpoint, _ := bytes.Cut(body.Bytes(), []byte("\n\n"))
			_, _ = out.Write(w.Line(checkpoint, r.now().Unix()))
		}))
		t.Cleanup(server.Close)
		witnesses, asked = append(witnesses, w), append(asked, collector.Witness{Key: w.Vkey(), URL: server.URL})
	}
	now := time.Now().UTC().Truncate(time.Second)
	r.World = test.New(t, voters, func(m *election.Manifest) {
		m.Opens, m.Closes = election.At(now.Add(-time.Minute)), election.At(now.Add(time.Minute))
		m.Board.Quorum = 2
		for _, w := range witnesses {
			m.Board.Witnesses = append(m.Board.Witnesses, w.Vkey())
		}
	})
	r.unix.Store(now.Unix())
	var err error
	r.collector, err = collector.New(t.Context(), collector.Config{
		Database: "sqlite://" + t.TempDir() + "/collector.db", Folder: os.DirFS(r.Dir), BoardKey: r.BoardKey, ReceiptKey: r.ReceiptKey,
		Interval: 10 * time.Millisecond, Now: r.now, Witnesses: asked,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.collector.Close()) })
	r.honest = r.collector.Handler()
	r.server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.server.Close)
	r.waitFor(4)
	return r
}

// waitFor waits until the collector publishes so many entries.
func (r *running) waitFor(size int) {
	r.t.Helper()
	require.Eventually(r.t, func() bool {
		answer := r.ask(board.CheckpointFile)
		c, err := r.Manifest.Policy().Open(answer)
		return err == nil && c.Size == uint64(size)
	}, time.Minute, 20*time.Millisecond)
}

// ask is the true collector's answer.
func (r *running) ask(path string) []byte {
	answer := httptest.NewRecorder()
	r.honest.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/"+path, nil))
	return answer.Body.Bytes()
}

func (r *running) now() time.Time { return time.Unix(r.unix.Load(), 0).UTC() }

// serve is the collector, but for the board if the attacker shows another.
func (r *running) serve(w http.ResponseWriter, req *http.Request) {
	path := strings.TrimPrefix(req.URL.Path, "/")
	l := r.board.Load()
	if l == nil || (path != board.CheckpointFile && !strings.HasPrefix(path, "tile/")) {
		r.honest.ServeHTTP(w, req)
		return
	}
	if path == board.CheckpointFile {
		r.looks.Add(1)
	}
	b, err := l.Fetch(path)
	if err != nil {
		http.NotFound(w, req)
		return
	}
	_, _ = w.Write(b)
}

// log is the true board as the attacker copies it, with all keys.
func (r *running) log() *boardtest.Log {
	r.t.Helper()
	fetch := func(path string) ([]byte, error) { return r.ask(path), nil }
	c, err := r.Manifest.Policy().Open(r.ask(board.CheckpointFile))
	require.NoError(r.t, err)
	entries, err := board.NewTileReader(c, fetch).ReadEntries(0, int(c.Size))
	require.NoError(r.t, err)
	l := &boardtest.Log{Key: r.BoardKey, At: time.Now().Unix(), Entries: entries}
	for _, name := range boardtest.Names[:2] {
		l.Witnesses = append(l.Witnesses, boardtest.NewWitness(name, name))
	}
	return l
}

// cast casts a ballot and keeps the receipt among those that the monitor is given.
func (r *running) cast(voter int) {
	r.t.Helper()
	c, err := r.Manifest.Policy().Open(r.ask(board.CheckpointFile))
	require.NoError(r.t, err)
	b := r.Ballot(r.t, r.Voters[voter], election.Anchor{Size: c.Size, Root: election.Hash(c.Root)}, r.now())
	receipt, err := r.collector.Cast(r.t.Context(), b.Container)
	require.NoError(r.t, err)
	r.receipts = append(r.receipts, receipt)
}

// entry is one more that the attacker makes up.
func (r *running) entry(kind election.Kind, what string) []byte {
	return election.NewEntry(kind, r.Fingerprint(), election.HashOf([]byte(what))).Bytes()
}

// monitor runs the command once, with a state.
func (r *running) monitor(code int, more ...string) string {
	r.t.Helper()
	args := append([]string{
		"monitor", r.server.URL, "-election", r.Fingerprint().String(), "-once",
		"-state", filepath.Join(r.dir, "state"), "-evidence-dir", filepath.Join(r.dir, "evidence"),
	}, more...)
	var out, errOut bytes.Buffer
	require.Equal(r.t, code, run(args, &out, &errOut), "%s%s", &out, &errOut)
	return out.String()
}

// receiptFolder are the receipts as voters leave them.
func (r *running) receiptFolder() string {
	r.t.Helper()
	dir := r.t.TempDir()
	for i, receipt := range r.receipts {
		require.NoError(r.t, os.WriteFile(filepath.Join(dir, string(rune('a'+i))+".json"), receipt.Bytes(), 0o600))
	}
	return dir
}

// requireEvidence judges every file of the evidence folder as anybody would, in a
// process that has nothing but these files and the fingerprint.
func (r *running) requireEvidence(kinds ...string) {
	r.t.Helper()
	var got []string
	files, err := filepath.Glob(filepath.Join(r.dir, "evidence", "*-*.json"))
	require.NoError(r.t, err)
	for _, file := range files {
		var out, errOut bytes.Buffer
		require.Equal(r.t, 0, run([]string{"evidence", file, "-election", r.Fingerprint().String()}, &out, &errOut), "%s%s", &out, &errOut)
		require.True(r.t, strings.HasPrefix(out.String(), "PROVED against the board of TEST2029"), out.String())
		kind, _, _ := strings.Cut(filepath.Base(file), "-")
		got = append(got, kind)
	}
	require.Equal(r.t, kinds, got)
}

// TestMonitorCatches is every attack on a running board that the monitor is there for.
func TestMonitorCatches(t *testing.T) {
	r := newRunning(t, 4)
	for voter := range 3 {
		r.cast(voter)
	}
	receipts := r.receiptFolder()
	says := r.monitor(0, "-receipts", receipts)
	require.Contains(t, says, "7 entries, 3 ballots, 1 versions of the roll, polls open; witness.example/")
	seen, err := os.ReadFile(filepath.Join(r.dir, "state"))
	require.NoError(t, err)
	l := r.log()
	one, two := l.Witnesses[0], l.Witnesses[1]
	with := func(l *boardtest.Log, by ...*boardtest.Witness) *boardtest.Log {
		l.Witnesses = by
		return l
	}
	for _, attack := range []struct {
		name     string
		board    *boardtest.Log
		fresh    bool // the monitor has seen nothing before
		alarm    string
		evidence []string
	}{
		{"fork", l.Fork(6, r.entry(election.KindBallot, "x")), false, "fork", []string{"fork"}},
		{"rollback", l.Fork(5), false, "rollback", nil},
		{"dropped entry", l.Fork(4, append(l.Entries[5:7:7], r.entry(election.KindBallot, "x"))...), false, "fork", []string{"fork"}},
		{"dropped entry, before the monitor came", l.Fork(4, append(l.Entries[5:7:7], r.entry(election.KindBallot, "x"))...), true, "receipt", []string{"fork", "fork", "fork", "receipt", "receipt", "receipt"}},
		{"entry after close", l.Fork(7, r.entry(election.KindClose, "x"), r.entry(election.KindBallot, "x")), false, "order", []string{"order"}},
		{"re-ordered entry", l.Fork(5, l.Entries[6], l.Entries[5]), false, "fork", []string{"fork"}},
		{"re-ordered entry, before the monitor came", l.Fork(3, l.Entries[4], l.Entries[3], l.Entries[5], l.Entries[6]), true, "order", []string{"fork", "fork", "fork", "order", "receipt"}},
		{"wrong witness key", with(l.Fork(7), one, boardtest.NewWitness(two.Name, "another")), false, "signature", nil},
		{"duplicated witness", with(l.Fork(7), one, one), false, "signature", nil},
	} {
		t.Run(attack.name, func(t *testing.T) {
			in := &running{World: r.World, t: t, server: r.server, dir: t.TempDir()}
			if !attack.fresh {
				require.NoError(t, os.WriteFile(filepath.Join(in.dir, "state"), seen, 0o600))
			}
			r.board.Store(attack.board)
			defer r.board.Store(nil)
			more := []string{"-patience", "1h"}
			if attack.fresh {
				more = append(more, "-receipts", receipts)
			}
			says := in.monitor(1, more...)
			require.Contains(t, says, "ALARM: "+attack.alarm)
			require.Contains(t, says, "What to do: ")
			require.Equal(t, attack.evidence == nil, !strings.Contains(says, "Evidence: "), says)
			in.requireEvidence(attack.evidence...)
		})
	}
	// None of it was believed: the true board goes on.
	r.cast(3)
	require.Contains(t, r.monitor(0, "-receipts", r.receiptFolder()), "8 entries, 4 ballots")
	r.unix.Add(120)
	r.waitFor(9)
	require.Contains(t, r.monitor(0), "polls closed")
}

func TestMonitorFollows(t *testing.T) {
	r := newRunning(t, 2)
	r.cast(0)
	ctx, stop := context.WithCancel(t.Context())
	out := new(test.Log)
	o, err := parseMonitor([]string{"-interval", "1s", "-election", r.Fingerprint().String(), r.server.URL, "-evidence-dir", r.dir}, out)
	require.NoError(t, err)
	o.interval = 20 * time.Millisecond
	ended := make(chan int)
	go func() {
		code, err := o.run(ctx, out)
		if err != nil {
			code = -1
		}
		ended <- code
	}()
	tells := func(what string) {
		t.Helper()
		require.Eventually(t, func() bool { return strings.Contains(out.String(), what) }, time.Minute, 10*time.Millisecond, "%s", what)
	}
	honest := r.log()
	tells("5 entries, 1 ballots")
	r.board.Store(honest.Fork(4))
	tells("ALARM: rollback")
	looked := r.looks.Load()
	require.Eventually(t, func() bool { return r.looks.Load() >= looked+3 }, time.Minute, 10*time.Millisecond)
	r.board.Store(nil)
	tells("No longer: ALARM rollback")
	r.cast(1)
	tells("6 entries, 2 ballots")
	stop()
	require.Equal(t, 1, <-ended, out)
	says := out.String()
	require.Equal(t, 1, strings.Count(says, "ALARM: rollback"), "said once: %s", says)
	require.Contains(t, says, "There is no -state file")
}

func TestMonitorCannotLook(t *testing.T) {
	r := newRunning(t, 0)
	fingerprint := r.Fingerprint().String()
	bad := filepath.Join(r.dir, "bad")
	require.NoError(t, os.WriteFile(bad, []byte("{}"), 0o600))
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"no address":       {[]string{"-election", fingerprint}, "name one address"},
		"two addresses":    {[]string{r.server.URL, r.server.URL, "-election", fingerprint}, "2 were named"},
		"no election":      {[]string{r.server.URL}, "-election is missing"},
		"another election": {[]string{r.server.URL, "-election", strings.Repeat("0", 64)}, "manifest of another election"},
		"no fingerprint":   {[]string{r.server.URL, "-election", "12"}, "64 lower-case hex digits"},
		"not an address":   {[]string{"vote.example.ee", "-election", fingerprint}, "not an address"},
		"nobody there":     {[]string{"http://127.0.0.1:1", "-election", fingerprint}, "the manifest cannot be had"},
		"another state":    {[]string{r.server.URL, "-election", fingerprint, "-state", bad}, "not the state of a monitor"},
		"no receipts":      {[]string{r.server.URL, "-election", fingerprint, "-once", "-receipts", bad + "x"}, "-receipts"},
		"too often":        {[]string{r.server.URL, "-election", fingerprint, "-interval", "1ms"}, "at least 1s"},
	} {
		var out, errOut bytes.Buffer
		require.Equal(t, 2, run(append([]string{"monitor", "-once"}, test.args...), &out, &errOut), name)
		require.Contains(t, errOut.String(), test.says, name)
	}
	var out, errOut bytes.Buffer
	require.Equal(t, 0, run([]string{"monitor", "-h"}, &out, &errOut))
	require.Contains(t, errOut.String(), "Exit code: 0 no alarm")
}

// TestEvidence judges vectors/monitor as a person would.
func TestEvidence(t *testing.T) {
	const vectors = "../../vectors/monitor/"
	manifest := vectors + "manifest.json"
	raw, err := os.ReadFile(manifest)
	require.NoError(t, err)
	fingerprint := election.HashOf(raw).String()
	fork := vectors + "proved/fork.json"
	bad := filepath.Join(t.TempDir(), "bad.json")
	require.NoError(t, os.WriteFile(bad, []byte(`{"type":"valik/receipt","version":1}`), 0o600))
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"proved":             {[]string{fork, "-manifest", manifest}, 0, "two histories"},
		"proved, pinned":     {[]string{"-manifest", manifest, "-election", fingerprint, fork}, 0, "PROVED"},
		"after the close":    {[]string{vectors + "proved/order-ballot-after-close.json", "-manifest", manifest}, 0, "entry 9 is close, entry 10 is ballot"},
		"dropped":            {[]string{vectors + "proved/receipt-dropped.json", "-manifest", manifest}, 0, "promised the ballot"},
		"false":              {[]string{vectors + "refused/fork-that-is-growth.json", "-manifest", manifest}, 1, "PROVES NOTHING"},
		"false, with reason": {[]string{vectors + "refused/receipt-kept.json", "-manifest", manifest}, 1, "receipt_kept: entry 6 is the ballot that the receipt promises"},
		"another election":   {[]string{fork, "-manifest", manifest, "-election", strings.Repeat("0", 64)}, 2, "manifest of another election"},
		"no manifest beside": {[]string{fork, "-election", fingerprint}, 2, "name it with -manifest"},
		"no election":        {[]string{fork}, 2, "say which election"},
		"no file":            {[]string{"-manifest", manifest}, 2, "name one file"},
		"a file that is not": {[]string{fork + "x", "-manifest", manifest}, 2, "no such file"},
		"another document":   {[]string{bad, "-manifest", manifest}, 2, "wrong_type"},
		"no manifest":        {[]string{fork, "-manifest", fork}, 2, "wrong_type"},
		"help":               {[]string{"-h"}, 0, "Exit code: 0 the accusation is proved"},
	} {
		var out, errOut bytes.Buffer
		require.Equal(t, test.code, run(append([]string{"evidence"}, test.args...), &out, &errOut), "%s: %s%s", name, &out, &errOut)
		require.Contains(t, out.String()+errOut.String(), test.says, name)
	}
}
