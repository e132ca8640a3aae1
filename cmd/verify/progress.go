package main

import (
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
)

// progress draws a bar for every check that tells how far it is. It draws none
// where nobody looks: in a file it would be a long line of nothing.
func progress(w io.Writer) func(id string, done, total int) {
	if !isTerminal(w) {
		return nil
	}
	var bar *progressbar.ProgressBar
	var current string
	return func(id string, done, total int) {
		if id != current {
			current = id
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(w),
				progressbar.OptionSetDescription(id), progressbar.OptionClearOnFinish())
		}
		_ = bar.Set(done)
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
