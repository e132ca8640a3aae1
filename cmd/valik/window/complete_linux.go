//go:build gui && cgo

package window

/*
#cgo pkg-config: gtk+-3.0 webkit2gtk-4.1

void complete_window(void);
*/
import "C"

// complete gives the window what Wails leaves out on Linux, see complete_linux.c.
func complete() { C.complete_window() }
