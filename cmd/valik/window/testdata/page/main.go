//go:build gui

// Command page shows a page with all that the program's own must not do to its window. The
// argument is the address of a server that stands for the rest of the world.
package main

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"os"
	"time"

	"valik/cmd/valik/window"
)

var page = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Page</title>
<h1>The page is still here</h1>
<a href="{{.}}/followed">Follow</a>
<a href="{{.}}/opened" target="_blank">Open</a>
<a href="file:///etc/hostname">Leave for a file</a>
<a href="/" download="saved.html">Save</a>
<button onclick="link.href = URL.createObjectURL(new Blob(['saved'])); link.click()">Save what it has made</button>
<a id="link" download="made.html"></a>
<button onclick="fetch('/wait')">Wait</button>
<p id="said"></p>
<script>setTimeout(() => { location = '{{.}}/crept'; said.textContent = 'It has tried' }, 300)</script>
`))

func main() {
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, os.Args[1])
	})
	http.HandleFunc("GET /wait", func(http.ResponseWriter, *http.Request) { time.Sleep(time.Hour) })
	if err := window.Open(context.Background(), http.DefaultServeMux); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
