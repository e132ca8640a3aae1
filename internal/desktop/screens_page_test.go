package desktop

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/election"
	"valik/internal/polls"
)

// Every screen of the page for the second device, in every language, with what a real
// collector answers, or one that lies.
func TestScreensOfThePage(t *testing.T) {
	g := &gallery{seen: map[string]bool{}}
	w := newParliament(t, func(m *election.Manifest) { m.Check.Limit = 4 })
	one, two := w.choices()
	g.asks(t, w)
	g.finds(t, w, one, two)
	g.refuses(t, w, one)
	g.rehearses(t)
	g.requireAll(t, "phone-")
}

// asks: what comes before a ballot.
func (g *gallery) asks(t *testing.T, w *world) {
	s := w.newPhone(t)
	g.inspect(s, "phone-ask")
	s.fill(pageLink, "…")
	s.fill(pageFingerprint, "c940")
	s.tap("button", pageCheck)
	s.wait("#fingerprint-wrong")
	g.inspect(s, "phone-fingerprint")
	s.fill(pageFingerprint, "")
	holdBefore(t, nil)
	s.tap("button", pageScan)
	s.do(command{"do": "waitVideo"})
	g.inspect(s, "phone-scan")
	s.requireQuiet()
}

// finds: a ballot, before and after a second one.
func (g *gallery) finds(t *testing.T, w *world, one, two string) {
	link := w.Vote(w.Voters[0], one)
	s := w.newPhone(t)
	l, release := held(polls.Passes)
	defer release()
	w.Lies(polls.At("/v1/ballots/", l))
	s.fill(pageLink, link)
	s.tap("button", pageCheck)
	s.wait("progress")
	g.inspect(s, "phone-checking")
	w.Lies(nil)
	release()
	s.wait("section.wrong")
	g.inspect(s, "phone-found")
	s.tap("button", pageClose)
	w.Vote(w.Voters[0], two)
	s.checkLink(link)
	g.inspect(s, "phone-superseded")
	s.requireQuiet()
	for range 2 {
		w.newPhone(t).checkLink(link)
	}
	s = w.newPhone(t)
	s.checkLink(link)
	g.inspect(s, "phone-limit")
}

// refuses: links of nothing, and a collector that is away or lies.
func (g *gallery) refuses(t *testing.T, w *world, one string) {
	link := w.Vote(w.Voters[1], one)
	other := w.Vote(w.Voters[1], one)
	late := w.Vote(w.Voters[1], one)
	hidden := w.Collector().Handler()
	w.Lies(polls.Instead(hidden))
	unlogged := w.Vote(w.Voters[1], one)
	w.Lies(nil)
	for _, tt := range []struct {
		name, link, code string
		lie              polls.Lie
		ahead            time.Duration
	}{
		{"phone-link", "https://vote.example.ee/check", "link", nil, 0},
		{"phone-no-answer", link, "no_answer", away, 0},
		{"phone-not-found", withPart(link, other, linkHash), "collector.not_found", nil, 0},
		{"phone-election", link, "manifest.", polls.At("/v1/manifest", polls.Says(200, []byte("{}"))), 0},
		{"phone-board", unlogged, "fork", polls.TwoBoards(hidden), 0},
		{"phone-vote", withPart(link, other, linkSecret), "seed", nil, 0},
		{"phone-over", late, "collector.check_over", nil, time.Duration(w.Manifest.Check.Minutes+1) * time.Minute},
	} {
		s := w.newPhone(t)
		w.Lies(tt.lie)
		w.Ahead(tt.ahead)
		s.checkLink(tt.link)
		require.True(t, strings.HasPrefix(s.textOf("p.hint code"), tt.code), "%s: %s", tt.code, s.text())
		g.inspect(s, tt.name)
		w.Lies(nil)
	}
	w.Ahead(0)
}

// rehearses: an election that decides nothing.
func (g *gallery) rehearses(t *testing.T) {
	w := newParliament(t, func(m *election.Manifest) { m.Rehearsal = true })
	one, _ := w.choices()
	s := w.newPhone(t)
	s.checkLink(w.Vote(w.Voters[0], one))
	g.inspect(s, "phone-rehearsal")
	s.requireQuiet()
}

// The parts of a link, between its points, from the end.
const (
	linkHash   = 2
	linkSecret = 1
)

// withPart is a link with a part of another one.
func withPart(link, other string, fromEnd int) string {
	parts, others := strings.Split(link, "."), strings.Split(other, ".")
	parts[len(parts)-fromEnd] = others[len(others)-fromEnd]
	return strings.Join(parts, ".")
}
