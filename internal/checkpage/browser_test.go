package checkpage

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

// pageFolder has the page's sources, with what its browser tests need.
const pageFolder = "../../verifier/web"

// visit is what somebody does with the page.
type visit struct {
	Page     string `json:"page"`     // address to open, perhaps the link itself
	Paste    string `json:"paste"`    // link to put into the page's field, "" for none
	Language string `json:"language"` // of the phone
	Scan     bool   `json:"scan"`     // try the camera in place of a check
}

// view is what they see.
type view struct {
	Address   string   `json:"address"`   // where the browser is then
	Text      string   `json:"text"`      // of the page
	Code      string   `json:"code"`      // of what failed
	Rehearsal []string `json:"rehearsal"` // what is said of a rehearsal
	Film      int      `json:"film"`      // pixels that the camera's picture is wide
	Width     int      `json:"width"`     // pixels that the page is wide
	Said      []string `json:"said"`      // by the browser to who looks for faults, such as what a policy forbade
}

// browser is a running one.
type browser struct {
	t     *testing.T
	in    *json.Encoder
	views *bufio.Reader
	log   *bytes.Buffer
}

// openBrowser starts one, until the test ends.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	for _, tool := range []string{"test/browser/visit.mjs", "node_modules/playwright-core/package.json"} {
		_, err := os.Stat(filepath.Join(pageFolder, tool))
		require.NoError(t, err, "run `npm ci` in verifier/web, as ./check does (Debian: nodejs, npm, chromium)")
	}
	cmd := exec.Command("node", "test/browser/visit.mjs")
	cmd.Dir = pageFolder
	b := &browser{t: t, log: new(bytes.Buffer)}
	cmd.Stderr = b.log
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start(), "Debian: nodejs")
	t.Cleanup(func() {
		require.NoError(t, in.Close())
		require.NoError(t, cmd.Wait(), b.log)
	})
	b.in, b.views = json.NewEncoder(in), bufio.NewReader(out)
	return b
}

// visit opens the page and holds what every view must be.
func (b *browser) visit(v visit) view {
	b.t.Helper()
	if v.Language == "" {
		v.Language = "en"
	}
	require.NoError(b.t, b.in.Encode(v))
	line, err := b.views.ReadBytes('\n')
	require.NoError(b.t, err, "the browser is gone (Debian: chromium): %s", b.log)
	var seen view
	require.NoError(b.t, json.Unmarshal(line, &seen))
	require.NotEmpty(b.t, seen.Text, "%s", seen.Said)
	require.NotContains(b.t, seen.Address, "#", "the secret stays in the address")
	require.LessOrEqual(b.t, seen.Width, 360, "the page is wider than a phone")
	return seen
}

// found opens the page for a ballot with which nothing is wrong.
func (b *browser) found(v visit) view {
	b.t.Helper()
	seen := b.visit(v)
	require.Empty(b.t, seen.Code, seen.Text)
	require.Empty(b.t, seen.Said)
	return seen
}

// failed opens the page and expects a code, and advice with this heading.
func (b *browser) failed(v visit, code, heading string) view {
	b.t.Helper()
	seen := b.visit(v)
	require.Equal(b.t, code, seen.Code, seen.Text)
	require.Contains(b.t, seen.Text, heading)
	return seen
}
