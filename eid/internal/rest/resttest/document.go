package resttest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/internal/rest"
)

// CheckDocument looks for every row of a service's tables, and for the reasons that every
// service has, in docs/remote-signing.md, two folders above the package under test.
func CheckDocument(t *testing.T, results []map[string]rest.Refusal, statuses []map[int]rest.Refusal, others ...rest.Refusal) {
	t.Helper()
	b, err := os.ReadFile("../../docs/remote-signing.md")
	require.NoError(t, err)
	document := string(b)
	for _, table := range results {
		for result, r := range table {
			require.Equal(t, strings.ToLower(result), r.Code)
			require.Contains(t, document, row("`"+result+"`", r))
		}
	}
	for _, table := range statuses {
		for status, r := range table {
			require.Contains(t, document, row(fmt.Sprintf("HTTP %d", status), r))
		}
	}
	for _, r := range append(rest.Common(), others...) {
		require.Contains(t, document, row("", r))
	}
}

// row is a reason as the document has it, after what the service says.
func row(says string, r rest.Refusal) string {
	kind := map[error]string{
		rest.ErrCancelled: "ErrCancelled", rest.ErrTimedOut: "ErrTimedOut", rest.ErrNoAccount: "ErrNoAccount",
		rest.ErrService: "ErrService", rest.ErrUntrue: "ErrUntrue",
	}[r.Kind]
	return fmt.Sprintf("| %s | `%s` | %s | %s |\n", says, r.Code, kind, r.Sentence)
}
