//go:build gui

package main

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"os"

	"valik/cmd/valik/window"
)

// tell shows what keeps the program from starting to whoever has started it from a menu, where
// nobody sees what it prints. The voter's language is not known yet.
func tell(ctx context.Context, reason error) {
	show := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = trouble.Execute(w, reason.Error()) // if it fails the window has gone
	}
	if err := window.Open(ctx, http.HandlerFunc(show)); err != nil {
		fmt.Fprintln(os.Stderr, "valik:", err)
	}
}

var trouble = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Valik</title>
<h1>Valik cannot start</h1>
<h2 lang="et">Valik ei käivitu</h2>
<h2 lang="ru">Valik не запускается</h2>
<h2 lang="vi">Valik không khởi động được</h2>
<p>{{.}}</p>
`))
