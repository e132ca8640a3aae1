package resttest

import (
	"fmt"
	"os"

	"valik/eid/internal/rest"
)

// Document reads docs/remote-signing.md from a package two folders below the module.
func Document() (string, error) {
	b, err := os.ReadFile("../../docs/remote-signing.md")
	return string(b), err
}

// Row is a reason as the document has it, after what the service says.
func Row(says string, r rest.Refusal) string {
	kind := map[error]string{
		rest.ErrCancelled: "ErrCancelled", rest.ErrTimedOut: "ErrTimedOut", rest.ErrNoAccount: "ErrNoAccount",
		rest.ErrService: "ErrService", rest.ErrUntrue: "ErrUntrue",
	}[r.Kind]
	return fmt.Sprintf("| %s | `%s` | %s | %s |\n", says, r.Code, kind, r.Sentence)
}
