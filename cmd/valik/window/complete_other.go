//go:build gui && !linux

package window

// complete does nothing here: what is known of other systems, docs/desktop.md says.
func complete() {}
