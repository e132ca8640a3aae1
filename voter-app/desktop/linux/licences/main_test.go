package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const tags = "gui,webkit2_41,desktop,production"

// Every module of the program is named, with the version that is linked, and so are Go and what
// is in the pages. The same program gives the same bytes.
func TestLicencesOfTheProgram(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(page, []byte("The page's licence.\n"), 0o600))
	var out, again bytes.Buffer
	require.NoError(t, write(&out, tags, "valik/cmd/valik", []string{page}))
	require.NoError(t, write(&again, tags, "valik/cmd/valik", []string{page}))
	require.Equal(t, out.String(), again.String())

	folders, err := linked(tags, "valik/cmd/valik")
	require.NoError(t, err)
	require.Greater(t, len(folders), 30)
	for name := range folders {
		require.Contains(t, out.String(), "\n"+name+"\n")
	}
	for _, part := range []string{
		"github.com/wailsapp/wails/v2 v", "Lea Anthony", "modernc.org/sqlite v", "The page's licence.",
		"Copyright 2009 The Go Authors", "Additional IP Rights Grant (Patents)",
	} {
		require.Contains(t, out.String(), part)
	}
	require.NotContains(t, out.String(), "stretchr/testify", "what is in tests alone is not given out")
	require.Regexp(t, `(?m)^Go\ngolang\.org/x/crypto v\S+\ngolang\.org/x/mod v`, out.String(), "a text that many have is there once")
}

// A licence may be of a part alone, and its name may be spelled in other ways.
func TestAdd(t *testing.T) {
	root := t.TempDir()
	part := filepath.Join(root, "part")
	require.NoError(t, os.MkdirAll(filepath.Join(part, "LICENSES"), 0o700))
	for name, text := range map[string]string{
		"LICENSE": "one", "part/Licence.txt": "two", "LICENSE-3RD-PARTY.md": "three", "COPYING": "four", "UNLICENSE": "five",
		"license.go": "package code", "licensed": "no", "README": "no",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o600))
	}
	found := texts{"two": {"before"}}
	require.NoError(t, found.add("name", []string{root, part, root}))
	require.Equal(t, texts{"one": {"name"}, "two": {"before", "name"}, "three": {"name"}, "four": {"name"}, "five": {"name"}}, found)
}

// What may not be given out is not given out.
func TestNoLicence(t *testing.T) {
	require.ErrorContains(t, texts{}.add("example.org/module v1.0.0", []string{t.TempDir()}), "example.org/module v1.0.0 has no licence")
	require.Error(t, texts{}.add("name", []string{filepath.Join(t.TempDir(), "none")}))
	require.Error(t, write(new(bytes.Buffer), tags, "valik/cmd/none", nil))
	require.Error(t, write(new(bytes.Buffer), tags, "valik/cmd/valik", []string{filepath.Join(t.TempDir(), "none")}))
}
