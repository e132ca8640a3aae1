package desktop

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/collector/collectortest"
)

// faceFolder has the face's sources, with what drives a browser.
const faceFolder = "../../voter-app/desktop/ui"

// browser is a running one, the same for all tests: one that starts costs a second.
type browser struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *bufio.Reader
	log     collectortest.Log
	shown   map[string]*screen // by name: one that is opened again takes the place
}

var (
	running     *browser
	startingOne sync.Once
)

// film is what the phone's camera sees.
func film() string { return filepath.Join(folder, "film.y4m") }

// theBrowser gives the running one.
func theBrowser(t *testing.T) *browser {
	t.Helper()
	startingOne.Do(func() {
		for _, tool := range []string{"test/browser/drive.mjs", "node_modules/playwright-core/package.json"} {
			_, err := os.Stat(filepath.Join(faceFolder, tool))
			require.NoError(t, err, "run `npm ci` in voter-app/desktop/ui, as ./check does (Debian: nodejs, npm, chromium)")
		}
		b := &browser{shown: map[string]*screen{}, cmd: exec.Command("node", "test/browser/drive.mjs", film())}
		b.cmd.Dir = faceFolder
		b.cmd.Stderr = &b.log
		var err error
		b.in, err = b.cmd.StdinPipe()
		require.NoError(t, err)
		out, err := b.cmd.StdoutPipe()
		require.NoError(t, err)
		b.answers = bufio.NewReader(out)
		require.NoError(t, b.cmd.Start(), "Debian: nodejs")
		running = b
	})
	require.NotNil(t, running, "the browser did not start for an earlier test")
	return running
}

// quitBrowser ends it after the last test.
func quitBrowser() error {
	if running == nil {
		return nil
	}
	if err := running.in.Close(); err != nil {
		return err
	}
	if err := running.cmd.Wait(); err != nil {
		return fmt.Errorf("the browser: %w\n%s", err, running.log.String())
	}
	return nil
}

// command is one for drive.mjs, which has the meaning of the fields.
type command map[string]any

// answer is what drive.mjs says of a command.
type answer struct {
	Fault    string   `json:"fault"` // why it could not be done
	Text     string   `json:"text"`
	Count    int      `json:"count"`
	Focus    focus    `json:"focus"`
	Faults   []string `json:"faults"` // that axe finds
	Width    int      `json:"width"`
	Wide     []string `json:"wide"` // what is wider than the window
	Language string   `json:"language"`
	Title    string   `json:"title"`
	Said     []string `json:"said"` // to who looks for faults
}

// focus is what the keyboard speaks to.
type focus struct {
	Role string `json:"role"`
	Name string `json:"name"`
	Body bool   `json:"body"` // nothing has the focus
	Seen bool   `json:"seen"` // it is marked, and in sight
	HTML string `json:"html"`
}

func (b *browser) do(c command) (*answer, error) {
	if err := json.NewEncoder(b.in).Encode(c); err != nil {
		return nil, err
	}
	line, err := b.answers.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("the browser is gone (Debian: chromium): %w\n%s", err, b.log.String())
	}
	a := new(answer)
	return a, json.Unmarshal(line, a)
}

// screen is one page of the browser, with what a voter does at it.
type screen struct {
	t    *testing.T
	b    *browser
	name string
}

// window is how a page is looked at.
type window struct {
	width, height int
	phone         bool
	locale        string
}

var (
	desk  = window{width: 1024, height: 768, locale: "en"}
	phone = window{width: 360, height: 740, phone: true, locale: "en"}
)

// open shows an address until the test ends. If the test fails, what is on the screen then
// is kept as a picture.
func (w window) open(t *testing.T, name, address string) *screen {
	t.Helper()
	s := &screen{t, theBrowser(t), name}
	s.do(command{"do": "open", "address": address, "width": w.width, "height": w.height, "locale": w.locale, "phone": w.phone})
	s.b.shown[name] = s
	t.Cleanup(func() {
		if s.b.shown[s.name] != s {
			return
		}
		if t.Failed() {
			s.keep()
		}
		_, _ = s.b.do(command{"do": "close", "page": s.name}) // the test's own word comes first
	})
	return s
}

// keep writes a picture, and the text, for who asks why the test failed.
func (s *screen) keep() {
	dir := s.t.ArtifactDir()
	if kept := flag.Lookup("test.artifacts"); kept == nil || kept.Value.String() != "true" {
		var err error
		if dir, err = os.MkdirTemp("", "valik-failed-"); err != nil {
			s.t.Log(err)
			return
		}
	}
	path := filepath.Join(dir, s.name+".png")
	a, err := s.b.do(command{"do": "screenshot", "page": s.name, "path": path})
	if err != nil || a.Fault != "" {
		s.t.Log("no picture of the screen: ", err, a)
		return
	}
	s.t.Logf("the screen %s when the test failed: %s", s.name, path)
}

func (s *screen) do(c command) *answer {
	s.t.Helper()
	c["page"] = s.name
	a, err := s.b.do(c)
	require.NoError(s.t, err)
	require.Empty(s.t, a.Fault, "%v", c)
	return a
}

func (s *screen) click(role, name string) {
	s.t.Helper()
	s.do(command{"do": "click", "role": role, "name": name})
}

func (s *screen) tap(role, name string) {
	s.t.Helper()
	s.do(command{"do": "tap", "role": role, "name": name})
}

func (s *screen) fill(label, text string) {
	s.t.Helper()
	s.do(command{"do": "fill", "label": label, "text": text})
}

func (s *screen) press(key string) {
	s.t.Helper()
	s.do(command{"do": "press", "key": key})
}

func (s *screen) typeText(text string) {
	s.t.Helper()
	s.do(command{"do": "type", "text": text})
}

// wait waits until there is something by a selector of CSS.
func (s *screen) wait(selector string) {
	s.t.Helper()
	s.do(command{"do": "wait", "selector": selector})
}

func (s *screen) waitText(text string) {
	s.t.Helper()
	s.do(command{"do": "waitText", "text": text})
}

func (s *screen) text() string {
	s.t.Helper()
	return s.do(command{"do": "text"}).Text
}

func (s *screen) textOf(selector string) string {
	s.t.Helper()
	return s.do(command{"do": "text", "selector": selector}).Text
}

func (s *screen) count(selector string) int {
	s.t.Helper()
	return s.do(command{"do": "count", "selector": selector}).Count
}

func (s *screen) requireText(parts ...string) {
	s.t.Helper()
	text := s.text()
	for _, part := range parts {
		require.Contains(s.t, text, part)
	}
}

func (s *screen) focused() focus {
	s.t.Helper()
	return s.do(command{"do": "focused"}).Focus
}

// requireQuiet holds that the page has said nothing of faults, such as what a policy forbade.
func (s *screen) requireQuiet() {
	s.t.Helper()
	require.Empty(s.t, s.do(command{"do": "said"}).Said)
}
