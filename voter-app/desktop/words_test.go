package desktop_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/voter-app/desktop"
)

// The face has words for everything that may go wrong, in every language.
func TestEveryCodeHasWords(t *testing.T) {
	files, err := filepath.Glob("ui/src/texts/*.json")
	require.NoError(t, err)
	require.Len(t, files, 4)
	for _, path := range files {
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		var texts struct {
			Problems map[string]struct{ Happened, Todo string }
		}
		require.NoError(t, json.Unmarshal(raw, &texts))
		for _, code := range desktop.Codes() {
			require.NotEmpty(t, texts.Problems[code].Happened, "%s: %s", path, code)
			require.NotEmpty(t, texts.Problems[code].Todo, "%s: %s", path, code)
		}
	}
}
