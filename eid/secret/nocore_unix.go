//go:build unix

package secret

import "syscall"

// NoCore keeps this process from leaving a core file, in which a PIN or a key would
// stand, when it crashes. Programs that are given secrets call it first.
func NoCore() error { return syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) }
