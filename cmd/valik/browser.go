package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"valik/voter-app/desktop"
)

// farewell is how long requests may take that are under way when the program ends: the face's
// for a newer state waits longer, and is cut off.
const farewell = time.Second

// serve shows the face to a browser of this machine until ctx ends. The key stands behind the
// # of the address, which no browser sends anywhere.
func (s *settings) serve(ctx context.Context, app *desktop.App, out io.Writer) error {
	at, err := netip.ParseAddrPort(s.listen)
	if err != nil || !at.Addr().IsLoopback() {
		return fmt.Errorf("--listen %s: it is not an address of this machine alone, such as 127.0.0.1:0", s.listen)
	}
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return err
	}
	key := rand.Text()
	address := "http://" + listener.Addr().String() + "/#" + key
	server := &http.Server{Handler: app.Handler(key), ReadHeaderTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Fprintln(out, address)
	var browser <-chan error
	if !s.noOpen {
		var gone func()
		browser, gone = browse(address)
		defer gone()
	}
	for ctx.Err() == nil {
		select {
		case err := <-served:
			return err
		case err := <-browser:
			if browser = nil; err != nil {
				fmt.Fprintln(out, "no browser could be opened; open this address yourself")
			}
		case <-ctx.Done():
		}
	}
	last, stop := context.WithTimeout(context.Background(), farewell)
	defer stop()
	if server.Shutdown(last) != nil {
		err = server.Close()
	}
	if end := <-served; !errors.Is(end, http.ErrServerClosed) {
		err = errors.Join(err, end)
	}
	return err
}

// browse opens an address in the person's browser, by a file that only they may read: on a
// command line every user of the machine would see the key. The file goes with gone. The command
// may last as long as the browser, which is the person's: nobody waits for it, or ends it.
func browse(address string) (ended <-chan error, gone func()) {
	end := make(chan error, 1)
	page, gone, err := pageTo(address)
	open := map[string][]string{
		"linux": {"xdg-open"}, "darwin": {"open"}, "windows": {"rundll32", "url.dll,FileProtocolHandler"},
	}[runtime.GOOS]
	switch {
	case err != nil:
		end <- err
	case open == nil:
		end <- errors.ErrUnsupported
	default:
		go func() { end <- exec.Command(open[0], append(open[1:], page)...).Run() }()
	}
	return end, gone
}

// pageTo writes a page that leads to an address.
func pageTo(address string) (path string, gone func(), err error) {
	dir, err := os.MkdirTemp("", "valik-")
	if err != nil {
		return "", func() {}, err
	}
	path = filepath.Join(dir, "valik.html")
	content := `<!doctype html><meta charset="utf-8"><title>Valik</title><meta http-equiv="refresh" content="0; url=` + address + `">`
	return path, func() { _ = os.RemoveAll(dir) }, os.WriteFile(path, []byte(content), 0o600)
}
