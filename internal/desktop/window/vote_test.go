//go:build gui

package window

import (
	"bytes"
	"image"
	"image/draw"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/collector/collectortest"
	"valik/eid/token/tokentest"
	"valik/election"
	"valik/internal/checkpage/phone"
	"valik/internal/desktop/words"
	"valik/internal/polls"
	voter "valik/voter-app"
)

// electionName is that of the invitation's file.
const electionName = "test-election"

// voting is a voter at the window.
type voting struct {
	*program
	says func(key string, values ...string) string
	card string // its label
}

// newVoting installs the program and starts it, for a voter with a card in the reader.
func newVoting(t *testing.T, w *polls.Polls) *voting {
	t.Helper()
	card := tokentest.New(t)
	card.Import(t, w.Voters[0].Card.Authentication, "authentication", "01", false)
	card.Import(t, w.Voters[0].Card.Signing, "signature", "02", true) // asks before every signature, as eID cards do
	r := newSession(t).newReader()
	p := r.open(installed(t), card.Environment(), "--module", card.Module, "--invitation", r.invitation(w))
	return &voting{program: p, says: words.English(t, moduleRoot), card: card.Label}
}

// invitation writes the file by which a voter knows the election, in their home.
func (s *session) invitation(w *polls.Polls) string {
	s.t.Helper()
	path := s.home + "/" + electionName + ".valik"
	raw := voter.NewInvitation(w.Manifest.Collector.URL, w.Fingerprint()).Bytes()
	require.NoError(s.t, os.WriteFile(path, raw, 0o600))
	return path
}

// answers gives the PIN to the card.
func (v *voting) answers(question string) {
	v.t.Helper()
	v.fill(aSecret, v.says(question), tokentest.PIN)
	v.press(aButton, v.says("ask.ok"))
}

// casts chooses and casts a ballot, and waits for its receipt.
func (v *voting) casts(choice, picture string) {
	v.t.Helper()
	v.choose(choice)
	v.photograph(picture + "-ballot")
	v.press(aButton, v.says("ballot.review"))
	v.reads(v.says("review.intro"))
	v.reads(choice)
	v.photograph(picture + "-review")
	v.press(aButton, v.says("review.cast"))
	v.answers("ask.signing")
	v.reads(v.says("done.title"))
	v.photograph(picture + "-done")
}

// shows shows the code for the second device on the screen, and reads it there as a phone
// does, out of a photograph.
func (v *voting) shows(picture string) (link string) {
	v.t.Helper()
	v.press(aButton, v.says("done.show"))
	v.scrollTo(anImage, v.says("done.qr"))
	read := func() bool {
		said, err := decode(v.t, v.photograph(picture))
		link = said
		return err == nil
	}
	v.until(read, "no code can be read in %s.png", picture)
	return link
}

// decode reads the code in a picture.
func decode(t *testing.T, picture image.Image) (string, error) {
	t.Helper()
	pixels := image.NewNRGBA(image.Rectangle{Max: picture.Bounds().Size()})
	draw.Draw(pixels, pixels.Rect, picture, picture.Bounds().Min, draw.Src)
	cmd := exec.Command("node", "test/browser/decode.mjs", strconv.Itoa(pixels.Rect.Dx()))
	cmd.Dir, cmd.Stdin = phone.PageFolder(t), bytes.NewReader(pixels.Pix)
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

// saves keeps the receipt in a file, and reads there on which entry the ballot is.
func (v *voting) saves() *election.Receipt {
	v.t.Helper()
	v.press(aButton, v.says("done.receipt"))
	saved, _, _ := strings.Cut(v.says("done.receiptSaved"), "{")
	v.reads(saved)
	paths, err := filepath.Glob(v.home + "/Downloads/valik-*.json")
	require.NoError(v.t, err)
	require.Len(v.t, paths, 1)
	raw, err := os.ReadFile(paths[0])
	require.NoError(v.t, err)
	receipt, err := election.ParseReceipt(raw)
	require.NoError(v.t, err)
	return receipt
}

// enlarges makes everything twice as large, and as before.
func (v *voting) enlarges() {
	v.t.Helper()
	heading := func() int32 { return v.height(v.await(aHeading, v.says("start.title"))) }
	before := heading()
	for range 4 {
		v.key("ctrl+plus")
	}
	v.until(func() bool { return heading() >= 2*before-4 }, "nothing becomes larger") // pixels that are rounded away
	v.photograph("enlarged")
	v.key("ctrl+0")
	v.until(func() bool { return heading() == before }, "it stays large")
}

// A voter votes in the window on their card, and a phone finds the ballot by the code on the
// screen. They vote again, and the phone says that the first ballot does not count any more.
// Then they close the window, and nothing is left of the program but what it keeps.
func TestAVoterVotesInTheWindow(t *testing.T) {
	w := polls.OpenToday(t, 1, func(*collectortest.World) {})
	v := newVoting(t, w)
	v.reads(v.says("start.title"))
	v.photograph("start")
	v.enlarges()
	v.press(aButton, electionName)
	v.press(aButton, v.card)
	v.photograph("identify")
	v.answers("ask.authentication")

	v.casts("One", "first")
	first := v.shows("first-code")
	p := phone.New(t)
	seen := p.Found(phone.Visit{Page: first})
	for _, part := range []string{"One (List, 1.1)", w.Voters[0].Name, "this is your latest ballot"} {
		require.Contains(t, seen.Text, part)
	}
	require.Contains(t, first, v.saves().Ballot.String())

	v.press(aButton, v.says("done.revote"))
	v.reads(v.says("casts.title"))
	v.casts("Two", "second")
	second := v.shows("second-code")
	require.NotEqual(t, first, second)
	seen = p.Found(phone.Visit{Page: first})
	require.Contains(t, seen.Text, "you have voted again since")
	seen = p.Found(phone.Visit{Page: second})
	require.Contains(t, seen.Text, "Two (List, 1.2)")
	require.Contains(t, seen.Text, "this is your latest ballot")

	v.closes()
	secrets := []string{tokentest.PIN}
	for _, link := range []string{first, second} {
		secrets = append(secrets, link[strings.LastIndex(link, ".")+1:])
	}
	v.requireForgotten(secrets...)
}

// The window closes at once while the page waits for something, and a signal ends it as well.
func TestTheWindowCloses(t *testing.T) {
	for name, end := range map[string]func(*program){
		"by the keyboard": (*program).closes,
		"by a signal":     (*program).stops,
	} {
		t.Run(name, func(t *testing.T) {
			r := newSession(t).newReader()
			p := r.open(installed(t), nil)
			p.reads(words.English(t, moduleRoot)("start.title"))
			begun := time.Now()
			end(p)
			require.Less(t, time.Since(begun), 10*time.Second) // a request for a newer state takes 20
		})
	}
}

// Whoever starts the program from a menu sees no more of it than its window: there it says what
// keeps it from starting, too.
func TestTheWindowSaysWhyThereIsNoProgram(t *testing.T) {
	r := newSession(t).newReader()
	invitation := filepath.Join(r.home, "<b>.json")
	require.NoError(t, os.WriteFile(invitation, []byte("no invitation"), 0o600))
	p := r.open(installed(t), nil, "--invitation", invitation)
	p.reads("Valik cannot start")
	p.reads(invitation)
	p.photograph("cannot-start")
	p.shuts()
	select {
	case err := <-p.ended:
		require.ErrorContains(t, err, "exit status 1")
	case <-time.After(soon):
		require.FailNow(t, "the program does not end")
	}
	require.Contains(t, p.said.String(), invitation)
}

// Where there is no screen, the program says so.
func TestNoScreen(t *testing.T) {
	cmd := exec.Command(installed(t))
	cmd.Env = []string{"HOME=" + t.TempDir()}
	said, err := cmd.CombinedOutput()
	require.ErrorContains(t, err, "exit status 1")
	require.Contains(t, string(said), "is this a desktop session")
	require.Contains(t, string(said), "--browser")
}
