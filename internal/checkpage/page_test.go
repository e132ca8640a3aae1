package checkpage

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/election"
	"valik/internal/checkpage/phone"
	"valik/internal/polls"
)

// What a voter sees who opens the link, votes again, and opens it too often and too late.
func TestAVoterChecksTheirVote(t *testing.T) {
	w, p := newWorld(t, 1), phone.New(t)
	first := w.Vote(w.Voters[0], "1.2")
	seen := p.Found(phone.Visit{Page: first})
	require.Equal(t, w.Manifest.Collector.URL+"/check/", seen.Address)
	for _, part := range []string{
		"Two (List, 1.2)", w.Voters[0].Name, w.Voters[0].Code, "this is your latest ballot", "This is what will be counted",
		"Compare it with the one that the electoral authority publishes",
	} {
		require.Contains(t, seen.Text, part)
	}
	require.NotContains(t, seen.Text, "One")
	require.Empty(t, seen.Rehearsal)

	second := w.Vote(w.Voters[0], "1.1")
	seen = p.Found(phone.Visit{Page: first})
	require.Contains(t, seen.Text, "you have voted again since")
	require.NotContains(t, seen.Text, "This is what will be counted")
	seen = p.Found(phone.Visit{Page: second})
	require.Contains(t, seen.Text, "One (List, 1.1)")
	require.Contains(t, seen.Text, "this is your latest ballot")

	p.Found(phone.Visit{Page: first})
	p.Failed(phone.Visit{Page: first}, "collector.check_limit", "checked as often as is allowed")
	w.requireSecret(first)

	w.Pass(time.Duration(w.Manifest.Check.Minutes)*time.Minute + time.Second)
	p.Failed(phone.Visit{Page: second}, "collector.check_over", "The time for checking is over")
	w.requireSecret(second)
}

// Links that a bad device could show: of no ballot, and with another secret than the ballot's.
func TestWrongLinks(t *testing.T) {
	w, p := newWorld(t, 2), phone.New(t)
	fields := func(link string) []string { return strings.Split(link, ".") }
	link, other := w.Vote(w.Voters[0], "1.1"), w.Vote(w.Voters[1], "1.2")
	parts, others := fields(link), fields(other)
	n := len(parts)
	with := func(k int) string {
		changed := append([]string(nil), parts...)
		changed[k] = others[k]
		return strings.Join(changed, ".")
	}
	p.Failed(phone.Visit{Page: with(n - 2)}, "collector.not_found", "does not know this ballot")
	p.Failed(phone.Visit{Page: with(n - 1)}, "seed (mayor, slot 0)", "Your ballot is not what it should be")
}

// The link of somebody else's ballot, which a bad device could show: the page says who signed.
func TestAnothersBallot(t *testing.T) {
	w, p := newWorld(t, 2), phone.New(t)
	w.Vote(w.Voters[0], "1.1")
	seen := p.Found(phone.Visit{Page: w.Vote(w.Voters[1], "1.1")})
	require.Contains(t, seen.Text, w.Voters[1].Name)
	require.Contains(t, seen.Text, w.Voters[1].Code)
	require.NotContains(t, seen.Text, w.Voters[0].Name)
	require.Contains(t, seen.Text, "If this is not you, the link is of somebody else's ballot")
}

// A collector that keeps a board of its own for one voter, with the true key: the device was
// shown a board that holds the ballot, and the page finds that it is not the one that all see,
// be that one longer or shorter.
func TestABallotOutsideTheBoard(t *testing.T) {
	for _, tt := range []struct {
		others int // ballots on the true board
		code   string
	}{
		{0, "rollback"},
		{2, "fork"},
	} {
		w, p := newWorld(t, 3), phone.New(t)
		hidden := w.Collector().Handler()
		w.lie(polls.Instead(hidden))
		link := w.Vote(w.Voters[0], "1.1")
		w.lie(polls.Passes)
		for _, v := range w.Voters[1 : 1+tt.others] {
			w.Vote(v, "1.2")
		}
		p.Failed(phone.Visit{Page: link}, "collector.not_found", "does not know this ballot")
		w.lie(polls.TwoBoards(hidden))
		p.Failed(phone.Visit{Page: link}, tt.code, "not on the public board as it must be")
		w.requireSecret(link)
	}
}

// The page from another host, of a rehearsal: it knows the fingerprint, asks across hosts,
// and says in every language, loudly, what it is; beside a failure too.
func TestARehearsalFromAnotherHost(t *testing.T) {
	w := newWorld(t, 1, func(m *election.Manifest) { m.Rehearsal, m.Check.Limit = true, 4 })
	p, host := phone.New(t), w.otherHost()
	link := w.Vote(w.Voters[0], "1.1")
	for language, words := range map[string]string{
		"en": "REHEARSAL: this is not the election", "et": "PROOVIHÄÄLETUS", "ru": "ПРОБНОЕ ГОЛОСОВАНИЕ", "vi": "DIỄN TẬP",
	} {
		seen := p.Found(phone.Visit{Page: host, Paste: link, Language: language})
		require.Contains(t, seen.Text, "One (List, 1.1)")
		require.Len(t, seen.Rehearsal, 1)
		require.Contains(t, seen.Rehearsal[0], words)
		if language == "en" {
			require.NotContains(t, seen.Text, "This is what will be counted")
			require.Contains(t, seen.Text, "It is the one that you gave, or that this page knew before")
		}
	}
	seen := p.Failed(phone.Visit{Page: host, Paste: link}, "collector.check_limit", "checked as often as is allowed")
	require.Len(t, seen.Rehearsal, 1)
	w.requireSecret(link)
}

// The collector's headers leave the page the camera.
func TestTheCamera(t *testing.T) {
	w, p := newWorld(t, 1), phone.New(t)
	seen := p.Visit(phone.Visit{Page: w.Manifest.Collector.URL + "/check/", Scan: true})
	require.Positive(t, seen.Film, seen.Text)
	require.Empty(t, seen.Said)
}
