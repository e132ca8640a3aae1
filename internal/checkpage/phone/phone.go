// Package phone is the second device in tests: a browser of a phone's size, which opens the
// page for the second device as a voter does.
package phone

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Visit is what somebody does with the page.
type Visit struct {
	Page     string `json:"page"`     // address to open, perhaps the link itself
	Paste    string `json:"paste"`    // link to put into the page's field, "" for none
	Language string `json:"language"` // of the phone, "" for English
	Scan     bool   `json:"scan"`     // try the camera in place of a check
}

// View is what they see.
type View struct {
	Address   string   `json:"address"`   // where the browser is then
	Text      string   `json:"text"`      // of the page
	Code      string   `json:"code"`      // of what failed
	Rehearsal []string `json:"rehearsal"` // what is said of a rehearsal
	Film      int      `json:"film"`      // pixels that the camera's picture is wide
	Width     int      `json:"width"`     // pixels that the page is wide
	Said      []string `json:"said"`      // by the browser to who looks for faults, such as what a policy forbade
}

// Phone is a running browser.
type Phone struct {
	t     *testing.T
	in    *json.Encoder
	views *bufio.Reader
	log   *bytes.Buffer
}

// New starts one, until the test ends.
func New(t *testing.T) *Phone {
	t.Helper()
	cmd := exec.Command("node", "test/browser/visit.mjs")
	cmd.Dir = PageFolder(t)
	p := &Phone{t: t, log: new(bytes.Buffer)}
	cmd.Stderr = p.log
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start(), "Debian: nodejs")
	t.Cleanup(func() {
		require.NoError(t, in.Close())
		require.NoError(t, cmd.Wait(), p.log)
	})
	p.in, p.views = json.NewEncoder(in), bufio.NewReader(out)
	return p
}

// PageFolder has the page's sources, with what its browser tests need.
func PageFolder(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(moduleRoot(t), "verifier", "web")
	require.FileExists(t, filepath.Join(folder, "node_modules", "playwright-core", "package.json"),
		"run `npm ci` in verifier/web, as ./check does (Debian: nodejs, npm, chromium)")
	return folder
}

// moduleRoot is the folder of go.mod, above the one in which the test runs.
func moduleRoot(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		require.NotEqual(t, folder, filepath.Dir(folder), "the test does not run in the sources")
		folder = filepath.Dir(folder)
	}
}

// Visit opens the page and holds what every view must be.
func (p *Phone) Visit(v Visit) View {
	p.t.Helper()
	if v.Language == "" {
		v.Language = "en"
	}
	require.NoError(p.t, p.in.Encode(v))
	line, err := p.views.ReadBytes('\n')
	require.NoError(p.t, err, "the browser is gone (Debian: chromium): %s", p.log)
	var seen View
	require.NoError(p.t, json.Unmarshal(line, &seen))
	require.NotEmpty(p.t, seen.Text, "%s", seen.Said)
	require.NotContains(p.t, seen.Address, "#", "the secret stays in the address")
	require.LessOrEqual(p.t, seen.Width, 360, "the page is wider than a phone")
	return seen
}

// Found opens the page for a ballot with which nothing is wrong.
func (p *Phone) Found(v Visit) View {
	p.t.Helper()
	seen := p.Visit(v)
	require.Empty(p.t, seen.Code, seen.Text)
	require.Empty(p.t, seen.Said)
	return seen
}

// Failed opens the page and expects a code, and advice with this heading.
func (p *Phone) Failed(v Visit, code, heading string) View {
	p.t.Helper()
	seen := p.Visit(v)
	require.Equal(p.t, code, seen.Code, seen.Text)
	require.Contains(p.t, seen.Text, heading)
	return seen
}
