//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package board

import "os"

// lockDir does nothing: these systems have no lock on a directory. There, one
// writer at a time is the operator's duty.
func lockDir(*os.File) error { return nil }

// syncDir does nothing: these systems cannot flush a directory by its handle.
func syncDir(*os.File) error { return nil }
