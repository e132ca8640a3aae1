// Package web is the built page of the second-device check. What it is made from, and how,
// is in README.md; the check itself shares no code with the programs in Go.
package web

import (
	"embed"
	"io/fs"
)

// The build gives the same bytes everywhere, so they are committed: Go builds without npm,
// and `npm run compare` shows that they come from the sources beside them.
//
//go:embed all:dist
var dist embed.FS

// Page gives the files of the page, to be served under one folder of a host.
func Page() fs.FS {
	page, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("web: " + err.Error()) // the name is a constant
	}
	return page
}
