package threshold

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// The tutorials are what the examples run.
func TestTutorialsAreTheExamples(t *testing.T) {
	example, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	code := squeeze(string(example))
	for name, blocks := range map[string]int{"ceremony.md": 6, "decryption.md": 1} {
		doc, err := os.ReadFile("../../docs/protocol/" + name)
		require.NoError(t, err)
		found := goBlock.FindAllStringSubmatch(string(doc), -1)
		require.Len(t, found, blocks, name)
		for _, block := range found {
			require.Contains(t, code, squeeze(block[1]), "%s: %s", name, block[1])
		}
	}
}

// squeeze takes the indentation, and the alignment of comments, out of the way.
func squeeze(code string) string { return strings.Join(strings.Fields(code), " ") }
