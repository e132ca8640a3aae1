//go:build gui

package window

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/internal/desktop/words"
)

// Somebody practises in the window, which says on every screen that it is practice. The check
// opens in their browser and not in the window, and nothing is left of the election afterwards.
func TestAVoterPractisesInTheWindow(t *testing.T) {
	r := newSession(t).newReader()
	noted, says := r.standIn(), words.English(t, moduleRoot)
	temporary := r.home + "/temporary"
	require.NoError(t, os.Mkdir(temporary, 0o700))
	p := r.open(installed(t), []string{"TMPDIR=" + temporary})
	at := func(text string) {
		t.Helper()
		p.reads(text)
		p.reads(says("banner.practice"))
	}
	p.press(aButton, says("start.practice"))
	at(says("identify.title"))
	p.press(aButton, says("identify.practice"))
	at(says("ballot.title"))
	p.choose("Quercus robur")
	p.press(aCheckBox, says("ballot.blankRest"))
	p.press(aButton, says("ballot.review"))
	at(says("review.intro"))
	p.press(aButton, says("review.cast"))
	at(says("done.title"))
	p.press(aButton, says("done.show"))
	p.press(aLink, says("done.practiceOpen"))
	p.until(func() bool { return strings.Contains(noted(), "/check#valik") }, "the browser is not given the check")
	require.Equal(t, 1, strings.Count(noted(), "\n"), "once: %s", noted())
	at(says("done.title"))
	p.photograph("practice-done")

	p.closes()
	left, err := filepath.Glob(temporary + "/valik-*")
	require.NoError(t, err)
	require.Empty(t, left)
	kept, err := filepath.Glob(r.home + "/.config/valik/*/*")
	require.NoError(t, err)
	require.Empty(t, kept, "a practice election is not remembered")
}
