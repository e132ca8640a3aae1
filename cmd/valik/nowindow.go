//go:build !gui

package main

import (
	"context"
	"errors"

	"valik/voter-app/desktop"
)

// hasWindow says that the program was built with a window of its own.
const hasWindow = false

// tell does nothing: whoever has no window reads what is printed.
func tell(context.Context, error) {}

func openWindow(context.Context, *desktop.App) error {
	return errors.New("this program was built without a window; use --browser")
}
