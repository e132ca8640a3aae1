package web_test

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/internal/sitetest"
	"valik/verifier/web"
)

// Whatever index.html and the worker name is there, and nothing more.
func TestThePageIsWhole(t *testing.T) {
	sitetest.RequireWhole(t, web.Page(), []string{"worker.js"}, []string{"elections.json", "licences.md"})
}

// A page that asked another host for code would be checked by nobody.
func TestThePageHasItsPolicy(t *testing.T) {
	sitetest.RequirePolicy(t, web.Page(), "default-src 'none'; script-src 'self'; style-src 'self'")
	elections, err := fs.ReadFile(web.Page(), "elections.json")
	require.NoError(t, err)
	require.JSONEq(t, `{"elections":[]}`, string(elections), "who hosts the page vouches for elections, not the program")
}
