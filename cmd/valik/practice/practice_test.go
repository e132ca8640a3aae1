package practice

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
	voter "valik/voter-app"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// device is the voter's program, with connections of its own.
func device(t *testing.T) *http.Client {
	t.Helper()
	transport := new(http.Transport)
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Timeout: time.Minute, Transport: transport}
}

// started is a practice election, closed at the end of the test.
func started(t *testing.T) *Practice {
	t.Helper()
	p, err := Start(t.Context(), t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

// opened is the election as the voter's program has it, from the file of the invitation.
func opened(t *testing.T, p *Practice, h *http.Client) *voter.Election {
	t.Helper()
	invitation, err := voter.ParseInvitation(p.Invitation().Bytes())
	require.NoError(t, err)
	e, err := invitation.Accept(t.Context(), nil, h)
	require.NoError(t, err)
	return e
}

// votes casts a ballot of these choices with the practice card, and gives what the collector
// said before of the voter.
func votes(t *testing.T, e *voter.Election, card *testpki.Card, selections map[string][]string) (*election.Eligibility, *voter.CheckLink) {
	t.Helper()
	who, err := e.Identify(t.Context(), eid.AuthenticateWith(card.Authentication))
	require.NoError(t, err)
	prepared, err := e.Prepare(t.Context(), who, selections)
	require.NoError(t, err)
	sealed, err := e.Seal(t.Context(), prepared, card.Signing, time.Now())
	require.NoError(t, err)
	receipt, err := e.Cast(t.Context(), sealed)
	require.NoError(t, err)
	return who, e.Link(sealed, receipt)
}

// A voter tries the program: votes, looks, votes again, and sees both.
func TestPractice(t *testing.T) {
	p := started(t)
	e := opened(t, p, device(t))
	require.True(t, e.Manifest.Rehearsal)
	now := election.At(time.Now())
	require.Less(t, e.Manifest.Opens, now)
	require.InDelta(t, float64(now+24*60*60), float64(e.Manifest.Closes), 60)
	card, err := testpki.ParseCard(p.Card())
	require.NoError(t, err)

	who, link := votes(t, e, card, map[string][]string{trees: {"0000.101"}, birds: {"0000.501", "0000.502"}})
	require.Empty(t, who.Casts)
	require.Equal(t, e.Manifest.Collector.URL, link.Collector)
	who, _ = votes(t, e, card, map[string][]string{trees: {"0000.102"}, birds: {election.Blank, election.Blank}})
	require.Len(t, who.Casts, 1)
	who, err = e.Again(t.Context(), who)
	require.NoError(t, err)
	require.Len(t, who.Casts, 2)
}

// The link of a ballot leads to the page that checks it.
func TestThePageForTheSecondDevice(t *testing.T) {
	p, h := started(t), device(t)
	e := opened(t, p, h)
	card, err := testpki.ParseCard(p.Card())
	require.NoError(t, err)
	_, link := votes(t, e, card, map[string][]string{trees: {"0000.164"}, birds: {"0000.501", election.Blank}})

	response, err := h.Get(link.Reveal())
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, "/check/", response.Request.URL.Path)
	page, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Contains(t, strings.ToLower(string(page)), "<!doctype html>")
}

// A card of another practice is a stranger's.
func TestTwoPractices(t *testing.T) {
	one, other := started(t), started(t)
	require.NotEqual(t, one.Invitation().Collector, other.Invitation().Collector)
	require.NotEqual(t, one.Invitation().Fingerprint, other.Invitation().Fingerprint)
	card, err := testpki.ParseCard(one.Card())
	require.NoError(t, err)
	h := device(t)
	_, err = opened(t, other, h).Identify(t.Context(), eid.AuthenticateWith(card.Authentication))
	var refused *voter.RefusedError
	require.ErrorAs(t, err, &refused)
	votes(t, opened(t, one, h), card, map[string][]string{trees: {"0000.101"}, birds: {election.Blank, election.Blank}})
}

func TestOnePracticeInAFolder(t *testing.T) {
	dir := t.TempDir()
	p, err := Start(t.Context(), dir)
	require.NoError(t, err)
	_, err = Start(t.Context(), dir)
	require.ErrorIs(t, err, os.ErrExist)
	opened(t, p, device(t)) // unharmed
	require.NoError(t, p.Close())
	p, err = Start(t.Context(), dir)
	require.NoError(t, err, "the folder is free again")
	require.NoError(t, p.Close())
}

// After the close nobody listens, no file is open or left, and the card is gone. goleak, at
// the end of all tests, finds goroutines that are left.
func TestClose(t *testing.T) {
	dir := t.TempDir()
	p, err := Start(t.Context(), dir)
	require.NoError(t, err)
	e := opened(t, p, device(t)) // its connections stay open
	require.NotEmpty(t, openFiles(t, dir), "the database is open, or the test looks in the wrong place")
	own := p.card
	require.NoError(t, p.Close())
	require.NoError(t, p.Close(), "twice does no harm")

	require.Empty(t, openFiles(t, dir))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
	require.Equal(t, make([]byte, len(own)), own)
	address, err := url.Parse(e.Manifest.Collector.URL)
	require.NoError(t, err)
	_, err = net.DialTimeout("tcp", address.Host, time.Second)
	require.Error(t, err)
}

// openFiles are the files below a folder that this process has open.
func openFiles(t *testing.T, dir string) (open []string) {
	t.Helper()
	const own = "/proc/self/fd"
	all, err := os.ReadDir(own)
	require.NoError(t, err)
	for _, fd := range all {
		// One that was closed meanwhile, such as that of ReadDir, has no target.
		if target, err := os.Readlink(filepath.Join(own, fd.Name())); err == nil && strings.HasPrefix(target, dir) {
			open = append(open, target)
		}
	}
	return open
}

// A request that never ends does not keep the program from ending.
func TestCloseDoesNotWaitForever(t *testing.T) {
	p, err := Start(t.Context(), t.TempDir())
	require.NoError(t, err)
	address, err := url.Parse(p.Invitation().Collector)
	require.NoError(t, err)
	slow, err := net.Dial("tcp", address.Host)
	require.NoError(t, err)
	defer slow.Close()
	_, err = fmt.Fprint(slow, "POST /v1/session HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n")
	require.NoError(t, err)
	answer, err := bufio.NewReader(slow).ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, answer, "100 Continue", "the collector waits for the body")
	began := time.Now()
	require.NoError(t, p.Close())
	require.GreaterOrEqual(t, time.Since(began), grace)
	require.Less(t, time.Since(began), grace+10*time.Second)
}

// fading is a context that ends when it has been looked at so often.
type fading struct {
	context.Context
	cancel context.CancelFunc
	looks  atomic.Int64
}

func (f *fading) Err() error {
	if f.looks.Add(-1) < 0 {
		f.cancel()
	}
	return f.Context.Err()
}

// Whoever gives up while it starts, at whatever point, gets nothing, and nothing is left.
func TestStartEndsWithItsContext(t *testing.T) {
	looks := int64(0)
	for ; ; looks++ {
		ctx, cancel := context.WithCancel(t.Context())
		f := &fading{Context: ctx, cancel: cancel}
		f.looks.Store(looks)
		dir := t.TempDir()
		p, err := Start(f, dir)
		cancel()
		if err == nil {
			require.NoError(t, p.Close())
			break
		}
		require.ErrorIs(t, err, context.Canceled)
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, left)
		require.Empty(t, openFiles(t, dir))
	}
	require.Greater(t, looks, int64(10), "the office alone looks five times, the collector goes on")
}

func TestStartNeedsAFolder(t *testing.T) {
	_, err := Start(t.Context(), filepath.Join(t.TempDir(), "none"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// A folder may have any name.
func TestOddFolders(t *testing.T) {
	t.Run("relative", func(t *testing.T) {
		t.Chdir(t.TempDir())
		p, err := Start(t.Context(), ".")
		require.NoError(t, err)
		require.NoError(t, p.Close())
	})
	dir := filepath.Join(t.TempDir(), "ä b%20c#d?e")
	require.NoError(t, os.Mkdir(dir, 0o700))
	p, err := Start(t.Context(), dir)
	require.NoError(t, err)
	opened(t, p, device(t))
	require.NoError(t, p.Close())
}

func TestDatabase(t *testing.T) {
	require.Equal(t, "sqlite:///tmp/a%20b%23c/x.db", database("/tmp/a b#c/x.db"))
	u, err := url.Parse(database("C:/a b%20c/x.db"))
	require.NoError(t, err)
	require.Equal(t, url.URL{Scheme: "sqlite", Opaque: "C:/a b%20c/x.db"}, *u)
}

// The card is in no print and no log.
func TestRedacted(t *testing.T) {
	p := started(t)
	require.Equal(t, redacted, fmt.Sprint(p))
	require.Equal(t, redacted, fmt.Sprintf("%#v", p))
}

// BenchmarkStart is what a person waits.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		p, err := Start(b.Context(), b.TempDir())
		require.NoError(b, err)
		b.StopTimer()
		require.NoError(b, p.Close())
		b.StartTimer()
	}
}
