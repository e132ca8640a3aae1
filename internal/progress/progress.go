// Package progress draws progress bars for whoever is looking.
package progress

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Bars draws how far the work is, one bar for each part of it, on a terminal and
// nowhere else: in a file a bar would be a long line of nothing. It is safe for
// concurrent use.
type Bars struct {
	out  io.Writer // nil where nobody looks
	mu   sync.Mutex
	part string
	bar  *progressbar.ProgressBar
}

// New returns bars on w.
func New(w io.Writer) *Bars {
	if f, ok := w.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		return &Bars{}
	}
	return &Bars{out: w}
}

// Draw shows that done of total items of a part are done.
func (b *Bars) Draw(part string, done, total int) {
	if b.out == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar == nil || part != b.part {
		b.erase()
		b.part = part
		b.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(b.out),
			progressbar.OptionSetDescription(part), progressbar.OptionShowCount(),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	_ = b.bar.Set(done)
}

// Clear takes the bar away before something is written.
func (b *Bars) Clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.erase()
}

func (b *Bars) erase() {
	if b.bar != nil {
		_ = b.bar.Clear()
	}
	b.bar = nil
}
