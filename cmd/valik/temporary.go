package main

import (
	"os"
	"path/filepath"
	"time"
)

// stale is the age at which a temporary folder is of no use to anybody: the polls of a practice
// election are open for a day, and a browser opens its page at once.
const stale = 48 * time.Hour

// temporary makes a temporary folder, and removes old ones of its kind: those of programs that
// were killed. One that cannot be removed is another user's.
func temporary(kind string) (string, error) {
	pattern := "valik-" + kind + "-*"
	old, err := filepath.Glob(filepath.Join(os.TempDir(), pattern))
	if err != nil {
		return "", err
	}
	for _, dir := range old {
		if info, err := os.Lstat(dir); err == nil && info.IsDir() && time.Since(info.ModTime()) > stale {
			_ = os.RemoveAll(dir)
		}
	}
	return os.MkdirTemp("", pattern)
}
