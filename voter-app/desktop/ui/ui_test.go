package ui_test

import (
	"io/fs"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/voter-app/desktop/ui"
)

// Whatever index.html names is there, and nothing more.
func TestTheFaceIsWhole(t *testing.T) {
	face := ui.Files()
	index, err := fs.ReadFile(face, "index.html")
	require.NoError(t, err)
	named := map[string]bool{"index.html": true}
	for _, m := range regexp.MustCompile(`"\./([^"]+)"`).FindAllStringSubmatch(string(index), -1) {
		named[m[1]] = true
	}
	require.NoError(t, fs.WalkDir(face, ".", func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if !d.IsDir() {
			require.True(t, named[path], "%s is named by nothing", path)
			delete(named, path)
		}
		return nil
	}))
	require.Empty(t, named)
}

// The window has no headers of a server: what the face may load stands in the face.
func TestTheFaceHasItsPolicy(t *testing.T) {
	index, err := fs.ReadFile(ui.Files(), "index.html")
	require.NoError(t, err)
	require.Contains(t, string(index), "default-src 'self'; img-src 'self' data:; object-src 'none'")
	require.NotRegexp(t, `(src|href)="(https?:)?//`, string(index))
}
