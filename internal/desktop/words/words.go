// Package words gives tests of the desktop program what its face says: what they look for on
// the screen is what voters read.
package words

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// English reads the face's English catalogue in the folder of the module. What it returns gives
// a text by its key, with values in the place of {names}.
func English(t testing.TB, module string) func(key string, values ...string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(module, "voter-app/desktop/ui/src/texts/en.json"))
	require.NoError(t, err)
	var catalogue map[string]any
	require.NoError(t, json.Unmarshal(raw, &catalogue))
	return func(key string, values ...string) string {
		t.Helper()
		texts, parts := catalogue, strings.Split(key, ".")
		for _, part := range parts[:len(parts)-1] {
			next, ok := texts[part].(map[string]any)
			require.True(t, ok, "the face has no texts %s", key)
			texts = next
		}
		text, ok := texts[parts[len(parts)-1]].(string)
		require.True(t, ok, "the face has no text %s", key)
		return strings.NewReplacer(values...).Replace(text)
	}
}
