package desktop

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// english is the face's own catalogue: what the tests look for is what voters read.
var english = sync.OnceValues(func() (map[string]any, error) {
	raw, err := os.ReadFile(filepath.Join(faceFolder, "src/texts/en.json"))
	if err != nil {
		return nil, err
	}
	var texts map[string]any
	return texts, json.Unmarshal(raw, &texts)
})

// says gives a text of the face by its key, with values in the place of {names}.
func says(t *testing.T, key string, values ...string) string {
	t.Helper()
	texts, err := english()
	require.NoError(t, err)
	parts := strings.Split(key, ".")
	for _, part := range parts[:len(parts)-1] {
		next, ok := texts[part].(map[string]any)
		require.True(t, ok, "the face has no texts %s", key)
		texts = next
	}
	text, ok := texts[parts[len(parts)-1]].(string)
	require.True(t, ok, "the face has no text %s", key)
	return strings.NewReplacer(values...).Replace(text)
}
