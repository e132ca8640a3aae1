package web_test

import (
	"io/fs"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/verifier/web"
)

// Whatever index.html and the worker name is there, and nothing more.
func TestThePageIsWhole(t *testing.T) {
	page := web.Page()
	index, err := fs.ReadFile(page, "index.html")
	require.NoError(t, err)
	worker, err := fs.ReadFile(page, "worker.js")
	require.NoError(t, err)
	named := map[string]bool{"index.html": true, "worker.js": true, "elections.json": true}
	for _, m := range regexp.MustCompile(`"\./([^"]+)"`).FindAllStringSubmatch(string(index)+string(worker), -1) {
		named[m[1]] = true
	}
	require.NoError(t, fs.WalkDir(page, ".", func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if !d.IsDir() {
			require.True(t, named[path], "%s is named by nothing", path)
			delete(named, path)
		}
		return nil
	}))
	require.Empty(t, named)
}

// A page that asked another host for code would be checked by nobody.
func TestThePageHasItsPolicy(t *testing.T) {
	index, err := fs.ReadFile(web.Page(), "index.html")
	require.NoError(t, err)
	require.Contains(t, string(index), "default-src 'none'; script-src 'self'; style-src 'self'")
	require.NotRegexp(t, `(src|href)="(https?:)?//`, string(index))
	elections, err := fs.ReadFile(web.Page(), "elections.json")
	require.NoError(t, err)
	require.JSONEq(t, `{"elections":[]}`, string(elections), "who hosts the page vouches for elections, not the program")
}
