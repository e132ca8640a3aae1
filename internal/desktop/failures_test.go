package desktop

import (
	"net/http"
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

const wrongPIN = "99999"

// No card is there; one that is put in is found without a word.
func TestNoCard(t *testing.T) {
	w := newWorld(t, 1)
	card := newCard(t, w.Voters[0].Card)
	card.Remove(t)
	f := w.newDevice(card).face()
	f.opens()
	f.at(desktop.StepIdentify)
	f.requireText(f.says("identify.none"), f.says("identify.noneConnect"), f.says("identify.noneSoftware"))
	card.Insert(t)
	f.waitText(f.card)
	f.identifies(tokentest.PIN)
	f.at(desktop.StepBallot)
}

// A wrong PIN, when signing on and when signing, and then the right one.
func TestAWrongPIN(t *testing.T) {
	w := newWorld(t, 1)
	f := w.newDevice(newCard(t, w.Voters[0].Card)).face()
	f.opens()
	f.identifies(wrongPIN)
	f.problem("token_pin_wrong", "none", "problem.low")
	f.identifies(tokentest.PIN)
	f.chooses("One")
	f.casts(wrongPIN)
	f.problem("token_pin_wrong", "not_cast", "problem.low")
	f.casts(tokentest.PIN)
	f.at(desktop.StepDone)
	require.Equal(t, 1, w.ballots())
}

// A card that locks after three: the voter is warned before the last attempt.
func TestACardThatLocks(t *testing.T) {
	w := newWorld(t, 1)
	f := w.lockingDevice(t).face()
	f.opens()
	f.identifies(wrongPIN)
	f.problem("token_pin_wrong", "none")
	f.identifies(wrongPIN)
	f.problem("token_pin_wrong", "none", "problem.final")
	f.presses("identify.look")
	f.waitText(f.says("identify.final"))
	f.picks()
	f.waitText(f.says("ask.final"))
	f.answers("ask.authentication", wrongPIN)
	f.problem("token_pin_locked", "none")
	f.presses("identify.look")
	f.waitText(f.says("identify.locked"))
}

// Cards with which nobody can vote: over, and of somebody who is not on the roll.
func TestOtherCards(t *testing.T) {
	w := newWorld(t, 1)
	f := w.newDevice(newCard(t, w.expired())).face()
	f.opens()
	f.at(desktop.StepIdentify)
	f.picks() // no PIN is asked for
	f.problem("certificate_expired", "none")

	f = w.newDevice(newCard(t, w.stranger())).face()
	f.opens()
	f.identifies(tokentest.PIN)
	f.problem("not_on_roll", "none")
}

// hours are those of the polls, from now.
func hours(from, to time.Duration) func(*election.Manifest) {
	return func(m *election.Manifest) {
		m.Opens, m.Closes = election.At(time.Now().Add(from)), election.At(time.Now().Add(to))
	}
}

// Polls that are not open yet, or closed, or that close while the voter chooses.
func TestOutOfHours(t *testing.T) {
	for _, tt := range []struct {
		code, text string
		hours      func(*election.Manifest)
	}{
		{"not_open", "election.notOpen", hours(time.Hour, 2*time.Hour)},
		{"closed", "election.over", hours(-2*time.Hour, -time.Hour)},
	} {
		w := newWorld(t, 1, tt.hours)
		f := w.newDevice(newCard(t, w.Voters[0].Card)).face()
		f.opens()
		f.at(desktop.StepIdentify)
		f.requireText(beginning(f.says(tt.text)))
		f.identifies(tokentest.PIN)
		f.chooses("One")
		f.casts(tokentest.PIN)
		f.problem(tt.code, "not_cast")
		require.Zero(t, w.ballots())
	}
	w := newWorld(t, 1)
	f := w.newDevice(newCard(t, w.Voters[0].Card)).face()
	f.opens()
	f.identifies(tokentest.PIN)
	f.chooses("One")
	w.Ahead(72 * time.Hour)
	f.casts(tokentest.PIN)
	f.problem("closed", "not_cast")
	require.Zero(t, w.ballots())
}

// beginning is a text before the first value that is put into it.
func beginning(text string) string {
	before, _, _ := strings.Cut(text, "{")
	return before
}

// The answer to a ballot is cut off again and again: it is not certain whether the vote is
// cast. The same ballot goes out again, without another signature, and is one vote.
func TestACastThatIsInterrupted(t *testing.T) {
	w := newWorld(t, 1)
	card := newCard(t, w.Voters[0].Card)
	f := w.newDevice(card).face()
	l, came := takesOnce()
	w.Lies(polls.At("/v1/ballots", l))
	f.opens()
	f.identifies(tokentest.PIN)
	f.chooses("One")
	f.casts(tokentest.PIN)
	f.waitText(f.says("casting.waiting"))
	<-came
	f.presses("casting.stop")
	f.problem("stopped", "unknown")
	f.requireText(f.says("kept.title"), f.says("standing.noReceipt"))
	card.Remove(t) // nothing is signed any more
	w.Lies(nil)
	f.presses("kept.resume")
	f.at(desktop.StepDone)
	require.Equal(t, 1, w.ballots())
	require.True(t, f.program.state().Receipt.Linked, "the program that made the ballot still has its secret")
}

// The program is killed in the middle of a cast. The next one finishes it, without the card.
func TestAProgramThatIsKilled(t *testing.T) {
	w := newWorld(t, 1)
	card := newCard(t, w.Voters[0].Card)
	d := w.newDevice(card)
	f := d.face()
	w.Lies(polls.At("/v1/ballots", polls.Takes))
	f.opens()
	f.identifies(tokentest.PIN)
	f.chooses("One")
	f.casts(tokentest.PIN)
	f.waitText(f.says("casting.waiting"))
	f.program.kill()
	w.Lies(nil)
	card.Remove(t)

	f = d.face()
	f.opens()
	f.at(desktop.StepIdentify)
	f.requireText(f.says("kept.title"), f.says("kept.text"))
	f.presses("kept.resume")
	f.at(desktop.StepDone)
	f.requireText(f.says("done.unlinked"), f.says("done.unlinkedText"))
	require.Equal(t, 1, w.ballots())
}

// A receipt that proves nothing is kept as evidence, and nobody says that the vote is cast.
func TestAReceiptThatDoesNotVerify(t *testing.T) {
	w := newWorld(t, 1)
	f := w.newDevice(newCard(t, w.Voters[0].Card)).face()
	w.Lies(polls.At("/v1/ballots", polls.Says(http.StatusOK, []byte("thank you"))))
	f.opens()
	f.identifies(tokentest.PIN)
	f.chooses("One")
	f.casts(tokentest.PIN)
	f.problem("receipt", "unknown")
	evidence := f.program.state().Problem.File
	f.do(command{"do": "clickText", "text": f.says("problem.details")})
	f.requireText(f.says("problem.file"), evidence)
	kept, err := os.ReadFile(evidence)
	require.NoError(t, err)
	require.Contains(t, string(kept), "thank you")
	require.NotContains(t, f.text(), f.says("done.title"))
}

// Another election stands at the address than the one that the voter knows.
func TestANewerManifest(t *testing.T) {
	w := newWorld(t, 1)
	newer := w.again()
	f := w.newDevice(newCard(t, w.Voters[0].Card)).face()
	w.Lies(polls.Instead(newer.Polls))
	f.opens()
	f.problem("other_election", "none")
}

// An election that is known by its officials, and that they have replaced since.
func TestAReplacedElection(t *testing.T) {
	w := newWorld(t, 1)
	newer := w.again()
	d := w.newDevice(newCard(t, w.Voters[0].Card))
	d.invited = w.invitationBy(w.World, newer.World)
	f := d.face()
	f.opens()
	f.at(desktop.StepIdentify)
	require.Zero(t, f.count("[data-code]"))
	f.presses("election.other")
	w.Lies(polls.Instead(newer.Polls))
	f.opens()
	f.problem("replaced", "none")
	f.at(desktop.StepIdentify)
}

// A file that names no election, and one of another election than stands at its address.
func TestWrongInvitations(t *testing.T) {
	w := newWorld(t, 1)
	d := w.newDevice(nil)
	d.invited = ""
	f := d.face()
	path := filepath.Join(t.TempDir(), "holiday.txt")
	require.NoError(t, os.WriteFile(path, []byte("sun and sea"), 0o600))
	f.gives(path)
	f.problem("invitation", "none")
	f.gives(w.invitationTo(election.HashOf([]byte("another"))))
	f.problem("other_election", "none")
	f.gives(w.invitation())
	f.at(desktop.StepIdentify)
}

// The collector is away from the beginning.
func TestACollectorThatIsAway(t *testing.T) {
	w := newWorld(t, 1)
	w.Lies(away)
	f := w.newDevice(newCard(t, w.Voters[0].Card)).face()
	f.opens()
	f.problem("unreachable", "none")
	w.Lies(nil)
	f.opens()
	f.at(desktop.StepIdentify)
}
