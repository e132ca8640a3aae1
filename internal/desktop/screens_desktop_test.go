package desktop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid/token/tokentest"
	"valik/election"
	"valik/internal/polls"
	"valik/voter-app/desktop"
)

// Every screen of the desktop program, in every language.
func TestScreensOfTheProgram(t *testing.T) {
	g := &gallery{seen: map[string]bool{}}
	t.Run("the way of a vote", g.wayOfAVote)
	t.Run("opening", g.opening)
	t.Run("cards", g.cards)
	t.Run("hours", g.hours)
	t.Run("a cast without a receipt", g.noReceipt)
	t.Run("practice", g.practice)
	t.Run("files", g.files)
	g.requireAll(t, "desktop-")
}

// look inspects what is on the screen.
func (f *face) look(g *gallery, name string) {
	f.t.Helper()
	g.inspect(f.screen, name)
}

// wayOfAVote: all goes well, twice.
func (g *gallery) wayOfAVote(t *testing.T) {
	w := newParliament(t, council)
	f := w.newDevice(newCard(t, w.Voters[0].Card)).face()
	f.at(desktop.StepStart)
	f.look(g, "desktop-start")
	f.opens()
	f.at(desktop.StepIdentify)
	f.look(g, "desktop-identify")
	f.picks()
	f.wait("dialog")
	f.look(g, "desktop-pin")
	signOn, release := held(polls.Passes)
	defer release()
	w.Lies(polls.At("/v1/session", signOn))
	f.answers("ask.authentication", tokentest.PIN)
	f.waitText(f.says("working.identifying"))
	f.look(g, "desktop-signing-on")
	release()
	f.at(desktop.StepBallot)
	f.look(g, "desktop-ballot")
	f.fills(g)
	f.look(g, "desktop-review")
	f.presses("review.cast")
	f.wait("dialog")
	f.look(g, "desktop-pin-signing")
	cast, releaseCast := held(polls.Passes)
	defer releaseCast()
	w.Lies(polls.At("/v1/ballots", cast))
	f.answers("ask.signing", tokentest.PIN)
	f.waitText(f.says("casting.phases.sending"))
	f.look(g, "desktop-casting")
	releaseCast()
	f.at(desktop.StepDone)
	f.look(g, "desktop-done")
	f.presses("done.show")
	f.wait(codeSelector)
	f.look(g, "desktop-code")
	f.presses("done.revote")
	f.at(desktop.StepBallot)
	f.look(g, "desktop-again")
	f.requireQuiet()
}

// fills marks a ballot with two contests, by searching.
func (f *face) fills(g *gallery) {
	f.t.Helper()
	wanted := candidates()[1].Choices[2]
	f.fill(f.says("ballot.search"), wanted.Name)
	f.do(command{"do": "click", "role": "radio", "name": wanted.Name, "exact": false})
	f.look(g, "desktop-search")
	for _, c := range candidates()[0].Choices[:3] {
		f.do(command{"do": "click", "role": "checkbox", "name": c.Name, "exact": false})
	}
	f.look(g, "desktop-places")
	f.presses("ballot.review")
	f.at(desktop.StepReview)
}

// opening: what may go wrong before anybody says who they are.
func (g *gallery) opening(t *testing.T) {
	w := newParliament(t, func(m *election.Manifest) { m.Rehearsal = true })
	card := newCard(t, w.Voters[0].Card)
	card.Remove(t)
	f := w.newDevice(card).face()
	path := filepath.Join(t.TempDir(), "holiday.txt")
	require.NoError(t, os.WriteFile(path, []byte("sun and sea"), 0o600))
	f.gives(path)
	f.problem("invitation", "none")
	f.look(g, "desktop-invitation")
	f.do(command{"do": "clickText", "text": f.says("start.address")})
	f.fill(f.says("start.collector"), w.Manifest.Collector.URL)
	f.fill(f.says("start.fingerprint"), "c940")
	f.presses("start.open")
	f.waitText(f.says("start.fingerprintWrong"))
	f.look(g, "desktop-address")
	w.Lies(away)
	f.opens()
	f.problem("unreachable", "none")
	f.look(g, "desktop-away")
	w.Lies(polls.At("/v1/manifest", polls.Says(200, []byte("{}"))))
	f.opens()
	f.problem("other_election", "none")
	f.look(g, "desktop-replaced")
	open, release := held(polls.Passes)
	defer release()
	w.Lies(polls.At("/v1/manifest", open))
	f.opens()
	f.waitText(f.says("working.opening"))
	f.look(g, "desktop-opening")
	release()
	f.at(desktop.StepIdentify)
	f.look(g, "desktop-no-card")
	card.Insert(t)
	f.waitText(f.card)
	f.identifies(tokentest.PIN)
	f.at(desktop.StepBallot)
	f.look(g, "desktop-rehearsal")
}

// cards: those with which nobody can vote.
func (g *gallery) cards(t *testing.T) {
	w := newParliament(t)
	f := w.lockingDevice(t).face()
	f.opens()
	f.identifies(wrongPIN)
	f.problem("token_pin_wrong", "none")
	f.look(g, "desktop-pin-wrong")
	f.identifies(wrongPIN)
	f.problem("token_pin_wrong", "none", "problem.final")
	f.picks()
	f.waitText(f.says("ask.final"))
	f.look(g, "desktop-pin-last")
	f.answers("ask.authentication", wrongPIN)
	f.problem("token_pin_locked", "none")
	f.presses("identify.look")
	f.waitText(f.says("identify.locked"))
	f.look(g, "desktop-locked")

	f = w.newDevice(newCard(t, w.stranger())).face()
	f.opens()
	f.identifies(tokentest.PIN)
	f.problem("not_on_roll", "none")
	f.look(g, "desktop-not-on-roll")
	f = w.newDevice(newCard(t, w.expired())).face()
	f.opens()
	f.at(desktop.StepIdentify)
	f.picks()
	f.problem("certificate_expired", "none")
	f.look(g, "desktop-expired")
}

// hours: polls that are not open.
func (g *gallery) hours(t *testing.T) {
	for name, hours := range map[string]func(*election.Manifest){
		"desktop-not-open": hours(time.Hour, 2*time.Hour),
		"desktop-closed":   hours(-2*time.Hour, -time.Hour),
	} {
		w := newParliament(t, hours)
		f := w.newDevice(newCard(t, w.Voters[0].Card)).face()
		f.opens()
		f.at(desktop.StepIdentify)
		f.look(g, name)
	}
}

// noReceipt: the collector takes the ballot, or says so, and proves nothing.
func (g *gallery) noReceipt(t *testing.T) {
	w := newParliament(t)
	d := w.newDevice(newCard(t, w.Voters[0].Card))
	f := d.face()
	l, came := takesOnce()
	w.Lies(polls.At("/v1/ballots", l))
	f.opens()
	f.identifies(tokentest.PIN)
	f.chooses(candidates()[0].Choices[0].Name)
	f.casts(tokentest.PIN)
	f.waitText(f.says("casting.waiting"))
	<-came
	f.presses("casting.stop")
	f.problem("stopped", "unknown")
	f.look(g, "desktop-uncertain")
	w.Lies(polls.At("/v1/ballots", polls.Says(200, []byte("{}"))))
	f.presses("kept.resume")
	f.problem("receipt", "unknown")
	f.look(g, "desktop-receipt")
	require.Eventually(t, func() bool { return f.program.state().Language == languages[0] }, soon, time.Millisecond, "the next run speaks as this one did")
	f.program.kill()
	f = d.face()
	f.opens()
	f.at(desktop.StepIdentify)
	w.Lies(nil)
	f.presses("kept.resume")
	f.at(desktop.StepDone)
	f.look(g, "desktop-unlinked")
	f.program.kill()
	f.waitText(f.says("lost.gone"))
	f.look(g, "desktop-lost")
}

// practice: the built-in election, and a page that does not have its key.
func (g *gallery) practice(t *testing.T) {
	f := newWorld(t, 1).newDevice(nil).face()
	f.at(desktop.StepStart)
	f.presses("start.practice")
	f.at(desktop.StepIdentify)
	f.look(g, "desktop-practice")
	f.practises(func() {})
	f.presses("done.show")
	f.wait(codeSelector)
	f.look(g, "desktop-practice-code")
	address, _, _ := strings.Cut(f.program.address, "#")
	s := desk.open(t, "desktop", address)
	s.waitText(f.says("lost.key"))
	g.inspect(s, "desktop-no-key")
}

// files: keys in files in place of a card.
func (g *gallery) files(t *testing.T) {
	w := newParliament(t)
	f := w.newDevice(nil).face()
	f.opens()
	f.givesKeys(w.keyFiles(w.Voters[0].Card)...)
	f.wait("dialog")
	f.look(g, "desktop-passphrase")
}
