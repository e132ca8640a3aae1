package desktop

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/token/tokentest"
	"valik/voter-app/desktop"
)

// A voter votes on their card, scans the code with a phone, and reads their vote there. Then
// they vote again, and the phone says that the first vote is replaced.
func TestAVoterVotesChecksAndVotesAgain(t *testing.T) {
	w := newWorld(t, 1)
	f := w.newDevice(newCard(t, w.Voters[0].Card)).face()
	f.votes("One")
	f.requireText(f.says("done.title"), f.says("done.text"))
	require.True(t, f.program.state().Receipt.Linked)

	f.showsCode()
	s := w.newPhone(t)
	s.scan()
	s.requireText("One (List, 1.1)", w.Voters[0].Name, w.Voters[0].Code, pageLatest)
	first := f.program.link()

	f.presses("done.revote")
	f.at(desktop.StepBallot)
	f.requireText(f.says("casts.title"))
	require.Len(t, f.program.state().Voter.Casts, 1)
	f.chooses("Two")
	f.casts(tokentest.PIN)
	f.at(desktop.StepDone)
	f.showsCode()

	s = w.newPhone(t)
	s.checkLink(first)
	s.requireText("One (List, 1.1)", pageEarlier)
	s = w.newPhone(t)
	s.scan()
	s.requireText("Two (List, 1.2)", pageLatest)
	s.requireQuiet()
	f.requireQuiet()
	f.program.quit()
}

// A voter without a card votes with their two key files.
func TestAVoteWithKeyFiles(t *testing.T) {
	w := newWorld(t, 1)
	f := w.newDevice(nil).face()
	f.opens()
	f.givesKeys(w.keyFiles(w.Voters[0].Card)...)
	for _, name := range keyFileNames {
		f.waitText(f.says("ask.of", "{of}", name)) // and not the field of the question before
		f.answers("ask.passphraseLabel", passphrase)
	}
	f.chooses("Two")
	f.presses("review.cast")
	f.at(desktop.StepDone)
	s := w.newPhone(t)
	s.checkLink(f.program.link())
	s.requireText("Two (List, 1.2)", w.Voters[0].Name, pageLatest)
}

// Somebody tries it first: every screen says so, and the vote is checked as a true one is.
func TestPractice(t *testing.T) {
	w := newWorld(t, 1)
	f := w.newDevice(nil).face()
	f.at(desktop.StepStart)
	f.presses("start.practice")
	banner := f.says("banner.practice")
	f.at(desktop.StepIdentify)
	f.requireText(banner)
	f.practises(func() {
		f.requireText(banner)
		require.Contains(t, f.do(command{"do": "language"}).Title, f.says("banner.practiceTitle"))
	})
	f.requireText(f.says("done.practiceCheck"))
	f.showsCode()

	link := f.program.link()
	require.Equal(t, link, f.do(command{"do": "attribute", "selector": ".link a", "name": "href"}).Text)
	page, _, _ := strings.Cut(link, "#")
	s := phone.open(t, "phone", page+"/")
	s.checkLink(link)
	s.requireText("REHEARSAL", pageLatest)
	f.program.quit()
	require.Zero(t, w.ballots())
}
