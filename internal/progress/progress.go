// Package progress draws progress bars for whoever is looking.
package progress

import (
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Bars returns a function that draws one bar for each part of the work: part says
// which, done of total items are done. It returns nil where nobody looks: in a
// file a bar would be a long line of nothing.
func Bars(w io.Writer) func(part string, done, total int) {
	if !Seen(w) {
		return nil
	}
	var bar *progressbar.ProgressBar
	var current string
	return func(part string, done, total int) {
		if part != current {
			current = part
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(w),
				progressbar.OptionSetDescription(part), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
		}
		_ = bar.Set(done)
	}
}

// Seen reports whether w is a terminal.
func Seen(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
