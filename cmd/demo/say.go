package main

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// say tells what happened, in plain words, with the time since the start.
func (d *demo) say(format string, args ...any) {
	d.bars.clear()
	fmt.Fprintf(d.out, "%5.1f s  %s\n", time.Since(d.began).Seconds(), fmt.Sprintf(format, args...))
}

// chapter begins a part of the story.
func (d *demo) chapter(title string) { fmt.Fprintf(d.out, "\n%s\n", title) }

// plural says how many there are.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// bars draws how far the work is, one bar for each part of it, on a terminal and
// nowhere else.
type bars struct {
	mu   sync.Mutex
	part string
	bar  *progressbar.ProgressBar
}

var terminal = term.IsTerminal(int(os.Stderr.Fd()))

// draw shows that n of total items of a part are done.
func (b *bars) draw(part string, n, total int) {
	if !terminal {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar == nil || part != b.part {
		b.erase()
		b.part = part
		b.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(os.Stderr),
			progressbar.OptionSetDescription(part), progressbar.OptionShowCount(),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	_ = b.bar.Set(n)
}

// clear takes the bar away before something is written.
func (b *bars) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.erase()
}

func (b *bars) erase() {
	if b.bar != nil {
		_ = b.bar.Clear()
	}
	b.bar = nil
}
