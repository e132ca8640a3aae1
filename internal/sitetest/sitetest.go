// Package sitetest holds what the tests of built pages have in common.
package sitetest

import (
	"io/fs"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// RequireWhole holds that whatever index.html and the others of naming name is there, and that
// nothing is there but these, what they name, and extra.
func RequireWhole(t testing.TB, site fs.FS, naming, extra []string) {
	t.Helper()
	named, text := map[string]bool{}, ""
	for _, name := range append([]string{"index.html"}, naming...) {
		content, err := fs.ReadFile(site, name)
		require.NoError(t, err)
		named[name] = true
		text += string(content)
	}
	for _, name := range extra {
		named[name] = true
	}
	for _, m := range regexp.MustCompile(`"\./([^"]+)"`).FindAllStringSubmatch(text, -1) {
		named[m[1]] = true
	}
	require.NoError(t, fs.WalkDir(site, ".", func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if !d.IsDir() {
			require.True(t, named[path], "%s is named by nothing", path)
			delete(named, path)
		}
		return nil
	}))
	require.Empty(t, named)
}

// RequirePolicy holds that index.html has a policy that begins so, and asks no other host.
func RequirePolicy(t testing.TB, site fs.FS, policy string) {
	t.Helper()
	index, err := fs.ReadFile(site, "index.html")
	require.NoError(t, err)
	require.Contains(t, string(index), policy)
	require.NotRegexp(t, `(src|href)="(https?:)?//`, string(index))
}
