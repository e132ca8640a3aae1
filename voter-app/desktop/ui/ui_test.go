package ui_test

import (
	"testing"

	"valik/internal/sitetest"
	"valik/voter-app/desktop/ui"
)

// Whatever index.html names is there, and nothing more.
func TestTheFaceIsWhole(t *testing.T) {
	sitetest.RequireWhole(t, ui.Files(), nil, []string{"licences.md"})
}

// The window has no headers of a server: what the face may load stands in the face.
func TestTheFaceHasItsPolicy(t *testing.T) {
	sitetest.RequirePolicy(t, ui.Files(), "default-src 'self'; img-src 'self' data:; object-src 'none'")
}
