package desktop

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/eid/token/tokentest"
	"valik/internal/desktop/words"
	"valik/voter-app/desktop"
)

// face is that of a running program, with what a voter does at it.
type face struct {
	*screen
	program  *program
	election string // its collector
	card     string // its label
	says     func(key string, values ...string) string
}

// face starts the program and opens its face.
func (d *device) face() *face {
	d.t.Helper()
	p := d.start()
	f := &face{screen: desk.open(d.t, "desktop", p.address), program: p, election: d.collector, says: words.English(d.t, "../..")}
	if d.card != nil {
		f.card = d.card.Label
	}
	return f
}

// presses presses the button with the text of a key.
func (f *face) presses(key string, values ...string) {
	f.t.Helper()
	f.click("button", f.says(key, values...))
}

// at waits until the voter stands at a step.
func (f *face) at(step desktop.Step) {
	f.t.Helper()
	f.wait(`[data-step="` + string(step) + `"]`)
}

// opens opens the election of the invitation, which stands there with its address.
func (f *face) opens() {
	f.t.Helper()
	f.at(desktop.StepStart)
	f.do(command{"do": "click", "role": "button", "name": f.election, "exact": false})
}

// identifies gives a PIN to the card that was found.
func (f *face) identifies(pin string) {
	f.t.Helper()
	f.at(desktop.StepIdentify)
	f.picks()
	f.answers("ask.authentication", pin)
}

// picks chooses the card that was found.
func (f *face) picks() {
	f.t.Helper()
	f.do(command{"do": "click", "role": "button", "name": f.card, "exact": false})
}

// gives opens the file of an election.
func (f *face) gives(path string) {
	f.t.Helper()
	f.at(desktop.StepStart)
	f.do(command{"do": "files", "selector": "input[type=file]", "paths": []string{path}})
}

// givesKeys chooses files with keys.
func (f *face) givesKeys(paths ...string) {
	f.t.Helper()
	f.at(desktop.StepIdentify)
	f.do(command{"do": "files", "selector": "input[type=file]", "paths": paths})
}

// answers gives a PIN where it is asked for.
func (f *face) answers(label, pin string) {
	f.t.Helper()
	f.fill(f.says(label), pin)
	f.presses("ask.ok")
}

// chooses marks choices on the ballot, by their names, and goes to the review.
func (f *face) chooses(names ...string) {
	f.t.Helper()
	f.at(desktop.StepBallot)
	for _, name := range names {
		f.do(command{"do": "click", "role": "radio", "name": name, "exact": false})
	}
	f.presses("ballot.review")
	f.at(desktop.StepReview)
}

// casts signs what is reviewed with a PIN.
func (f *face) casts(pin string) {
	f.t.Helper()
	f.presses("review.cast")
	f.answers("ask.signing", pin)
}

// votes does all of it.
func (f *face) votes(names ...string) {
	f.t.Helper()
	f.opens()
	f.identifies(tokentest.PIN)
	f.chooses(names...)
	f.casts(tokentest.PIN)
	f.at(desktop.StepDone)
}

// practises votes in the practice election, from who votes to the receipt, and looks at every step.
func (f *face) practises(look func()) {
	f.t.Helper()
	f.do(command{"do": "click", "role": "button", "name": f.says("identify.practice"), "exact": false})
	f.at(desktop.StepBallot)
	look()
	for _, c := range f.program.state().Ballot {
		f.do(command{"do": "clickText", "text": c.Slates[0].Choices[0].Name})
		if c.Slots > 1 {
			f.do(command{"do": "clickText", "text": f.says("ballot.blankRest")})
		}
	}
	f.presses("ballot.review")
	f.at(desktop.StepReview)
	look()
	f.presses("review.cast")
	f.at(desktop.StepDone)
	look()
}

// showsCode shows the code with the link to the phone's camera.
func (f *face) showsCode() {
	f.t.Helper()
	f.presses("done.show")
	f.wait(codeSelector)
	path := filepath.Join(f.t.TempDir(), "code.png")
	f.do(command{"do": "screenshot", "selector": codeSelector, "path": path})
	picture, err := os.ReadFile(path)
	require.NoError(f.t, err)
	holdBefore(f.t, picture)
}

// codeSelector finds the picture of the code.
const codeSelector = ".link img"

// problem waits until the face says what went wrong, by its code; that it says what happened,
// whether the vote counts, and what to do; and further texts by their keys.
func (f *face) problem(code, vote string, more ...string) {
	f.t.Helper()
	var parts []string
	for _, key := range append([]string{"problems." + code + ".happened", "problem." + vote, "problems." + code + ".todo"}, more...) {
		parts = append(parts, f.says(key))
	}
	var text string
	// What the face said of an earlier problem may stand there for a moment.
	told := func() bool {
		text = f.textOf(`[data-code]`)
		missing := func(part string) bool { return !strings.Contains(text, part) }
		return f.count(`[data-code="`+code+`"]`) == 1 && !slices.ContainsFunc(parts, missing)
	}
	for until := time.Now().Add(soon); !told(); time.Sleep(20 * time.Millisecond) {
		require.True(f.t, time.Now().Before(until), "the face does not say %q of %s, but: %s", parts, code, text)
	}
}

// name is that of a choice of the small election.
func name(w *world, code string) string {
	for _, slate := range w.Manifest.Slates(w.Manifest.Contests[0].ID, test.District) {
		for _, c := range slate.Choices {
			if c.Code == code {
				return c.Name
			}
		}
	}
	return ""
}
