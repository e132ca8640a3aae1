//go:build !cgo

package token

// load: modules are C libraries.
func load(string) (driver, error) { return nil, ErrNoCgo }
