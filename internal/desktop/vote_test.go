package desktop

import (
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
