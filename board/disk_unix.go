//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package board

import (
	"os"
	"syscall"
)

// lockDir keeps a second writer out: two that append to one log would sign two
// histories. The lock ends with the process, so none can be left over.
func lockDir(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

func syncDir(f *os.File) error { return f.Sync() }
