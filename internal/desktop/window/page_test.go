//go:build gui

package window

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// standIn makes a script the session's browser, which notes the addresses that it is given.
func (s *session) standIn() (noted func() string) {
	s.t.Helper()
	notes := s.home + "/opened"
	files := map[string]string{
		"browser": "#!/bin/sh\necho \"$1\" >>" + notes + "\n",
		".local/share/applications/browser.desktop": "[Desktop Entry]\nType=Application\nName=Browser\nExec=" + s.home + "/browser %u\n",
		".config/mimeapps.list":                     "[Default Applications]\nx-scheme-handler/http=browser.desktop\n",
	}
	for name, content := range files {
		path := filepath.Join(s.home, name)
		require.NoError(s.t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(s.t, os.WriteFile(path, []byte(content), 0o700))
	}
	return func() string {
		noted, _ := os.ReadFile(notes) // an error says that nothing was opened yet
		return string(noted)
	}
}

// openPage builds and opens the page of testdata, with the rest of the world at this address.
func (r *reader) openPage(world string) *program {
	r.t.Helper()
	path := filepath.Join(r.t.TempDir(), "page")
	out, err := exec.Command("go", "build", "-tags", tags, "-o", path, "valik/cmd/valik/window/testdata/page").CombinedOutput()
	require.NoError(r.t, err, "%s", out)
	return r.open(path, nil, world)
}

// No other page comes into the window, and nothing is saved, whatever the page does. What the
// voter follows is opened in their browser, if it is one for browsers.
func TestThePageStays(t *testing.T) {
	const here = "The page is still here"
	world := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Error("the window has asked for ", r.URL)
	}))
	defer world.Close()
	r := newSession(t).newReader()
	noted := r.standIn()
	p := r.openPage(world.URL)
	p.reads("It has tried")
	p.press(aLink, "Leave for a file")
	p.press(aLink, "Follow")
	followed := world.URL + "/followed\n"
	p.until(func() bool { return noted() == followed }, "the browser is not given the link alone")
	p.press(aLink, "Open")
	p.until(func() bool { return noted() == followed+world.URL+"/opened\n" }, "the browser is not given the second link")
	p.press(aLink, "Save")
	p.press(aButton, "Save what it has made")
	p.press(aButton, "Wait") // for an hour
	p.reads(here)
	p.closes()
	saved, err := filepath.Glob(r.home + "/*/*.html")
	require.NoError(t, err)
	require.Empty(t, saved)
}
