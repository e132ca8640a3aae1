package resttest

import (
	"bytes"
	"fmt"
	"log/slog"
)

// Texts gives all that can be printed of values, and of everything that errors among
// them wrap, for tests that look for secrets.
func Texts(values ...any) string {
	var b bytes.Buffer
	text, structured := slog.New(slog.NewTextHandler(&b, nil)), slog.New(slog.NewJSONHandler(&b, nil))
	for _, v := range values {
		fmt.Fprintf(&b, "%v %+v %#v %s\n", v, v, v, v)
		text.Info("a value", "it", v)
		structured.Info("a value", "it", v)
		switch e := v.(type) {
		case interface{ Unwrap() error }:
			b.WriteString(Texts(e.Unwrap()))
		case interface{ Unwrap() []error }:
			for _, inner := range e.Unwrap() {
				b.WriteString(Texts(inner))
			}
		}
	}
	return b.String()
}
