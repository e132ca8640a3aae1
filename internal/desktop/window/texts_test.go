//go:build gui

package window

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// english are the face's texts, by section and key: what the test looks for is what voters read.
func english(t *testing.T) func(key string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(moduleRoot, "voter-app/desktop/ui/src/texts/en.json"))
	require.NoError(t, err)
	var sections map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(raw, &sections))
	return func(key string) string {
		t.Helper()
		section, name, _ := strings.Cut(key, ".")
		var texts map[string]any
		require.NoError(t, json.Unmarshal(sections[section], &texts), key)
		require.IsType(t, "", texts[name], key)
		return texts[name].(string)
	}
}
