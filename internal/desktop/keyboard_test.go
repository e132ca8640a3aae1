package desktop

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid/token/tokentest"
	"valik/election"
	"valik/voter-app/desktop"
)

// far is more stops of the Tab key than any screen has on the way to what is wanted.
const far = 80

// A whole vote without a mouse: what has the focus is always marked and in sight, and the
// focus is never lost.
func TestTheKeyboardAlone(t *testing.T) {
	w := newParliament(t, council)
	f := w.newDevice(newCard(t, w.Voters[0].Card)).face()
	one, _ := w.choices()
	wanted := name(w, one)

	f.lands(desktop.StepStart)
	f.tabsTo("button", f.election)
	f.press("Enter")
	f.lands(desktop.StepIdentify)
	f.tabsTo("button", f.card)
	f.press("Enter")
	f.typesPIN("ask.authentication", wrongPIN)
	f.problem("token_pin_wrong", "none")
	f.requireFocus()
	f.tabsTo("button", f.card)
	f.press("Enter")
	f.typesPIN("ask.authentication", tokentest.PIN)

	f.lands(desktop.StepBallot)
	f.tabsTo("searchbox", f.says("ballot.search"))
	f.typeText(strings.ToLower(wanted))
	f.tabsTo("radio", wanted)
	f.press("Space")
	members := candidates()[0].Choices
	for _, c := range []election.Choice{members[0], members[2]} {
		f.tabsTo("checkbox", c.Name)
		f.press("Space")
	}
	f.tabsTo("checkbox", f.says("ballot.blankRest"))
	f.press("Space")
	f.tabsTo("button", f.says("ballot.review"))
	f.press("Enter")
	f.lands(desktop.StepReview)
	f.requireText(wanted)
	f.tabsTo("button", f.says("review.cast"))
	f.press("Enter")
	f.typesPIN("ask.signing", tokentest.PIN)

	f.lands(desktop.StepDone)
	f.tabsTo("button", f.says("done.show"))
	f.press("Space")
	f.wait(codeSelector)
	f.tabsTo("button", f.says("done.leave"))
	f.press("Enter")
	f.lands(desktop.StepStart)
}

// lands waits for a step, and for the focus to be on what is new.
func (f *face) lands(step desktop.Step) {
	f.t.Helper()
	f.at(step)
	f.requireFocus()
}

// requireFocus holds that something has the focus, that it is marked, and in sight. A screen
// that has just come has a moment for it.
func (f *face) requireFocus() focus {
	f.t.Helper()
	var now focus
	require.Eventually(f.t, func() bool {
		now = f.focused()
		return !now.Body
	}, soon, 20*time.Millisecond, "the focus is lost")
	// A heading that is read out is no place where anything is done: it needs no mark.
	require.True(f.t, now.Seen || now.Role == "heading", "the focus is not to be seen: %+v", now)
	return now
}

// tabsTo goes by the Tab key to what has a role and a name.
func (f *face) tabsTo(role, name string) {
	f.t.Helper()
	var passed []string
	for range far {
		f.press("Tab")
		now := f.focused()
		require.False(f.t, now.Body, "the focus is lost on the way to the %s %q, after %q", role, name, passed)
		require.True(f.t, now.Seen, "the focus is not to be seen: %+v", now)
		if now.Role == role && strings.Contains(now.Name, name) {
			return
		}
		passed = append(passed, now.Role+" "+now.Name)
	}
	require.FailNow(f.t, "the keyboard does not come to it", "%s %q; it came to %q", role, name, passed)
}

// typesPIN types the PIN where the focus is to be.
func (f *face) typesPIN(label, pin string) {
	f.t.Helper()
	require.Eventually(f.t, func() bool { return f.focused().Name == f.says(label) }, soon, 20*time.Millisecond)
	f.requireFocus()
	f.typeText(pin)
	f.press("Enter")
}
