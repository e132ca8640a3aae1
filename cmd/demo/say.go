package main

import (
	"fmt"
	"time"
)

// say tells what happened, in plain words, with the time since the start.
func (d *demo) say(format string, args ...any) {
	d.bars.Clear()
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
