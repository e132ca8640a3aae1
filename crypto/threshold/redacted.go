package threshold

import (
	"fmt"
	"io"
)

// redacted, embedded in a secret type, keeps its fields out of every print: a
// state that lands in a log line or in a panic message stays a secret.
type redacted struct{}

const redactedText = "[redacted]"

// String returns "[redacted]".
func (redacted) String() string { return redactedText }

// GoString returns "[redacted]".
func (redacted) GoString() string { return redactedText }

// Format prints "[redacted]" for every verb.
func (redacted) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redactedText) }
