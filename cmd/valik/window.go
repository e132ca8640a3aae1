//go:build gui

package main

import (
	"context"
	"fmt"

	"valik/cmd/valik/window"
	"valik/voter-app/desktop"
)

// hasWindow says that the program was built with a window of its own.
const hasWindow = true

// openWindow shows the program until the voter closes the window, which is never held up: a
// ballot that was signed is kept before it is sent, and the next start says so in the voter's
// language and sends it without another PIN. A question here could be asked in no language
// but the system's.
func openWindow(ctx context.Context, app *desktop.App) error {
	if err := window.Open(ctx, app.Handler("")); err != nil {
		return fmt.Errorf("%w, or try --browser", err)
	}
	return nil
}
