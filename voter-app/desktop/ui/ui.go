// Package ui is the built face of the desktop program. What it is made from, and how, is in
// README.md.
package ui

import (
	"embed"
	"io/fs"
)

// The build gives the same bytes everywhere, so they are committed: Go builds without npm,
// and `npm run compare` shows that they come from the sources beside them.
//
//go:embed all:dist
var dist embed.FS

// Files gives the files of the face.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("ui: " + err.Error()) // the name is a constant
	}
	return files
}
