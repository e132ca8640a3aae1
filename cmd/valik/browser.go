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
	var opened <-chan error
	if !s.noOpen {
		var gone func()
		opened, gone = browse(address)
		defer gone()
	}
	for {
		select {
		case err := <-opened:
			if err != nil {
				fmt.Fprintln(out, "no browser could be opened; open this address yourself")
			}
		case err := <-served:
			return err
		case <-ctx.Done():
			return end(server, served)
		}
	}
}

// end lets a server answer what it was asked, for a moment.
func end(server *http.Server, served <-chan error) (err error) {
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

// browse opens an address in the person's browser, by a page that only they may read: on a
// command line every user of the machine would see the key. It tells when that is done or has
// failed; where there is no desktop, the person must leave the browser first. The page goes with
// gone.
func browse(address string) (opened <-chan error, gone func()) {
	done := make(chan error, 1)
	page, err := pageTo(address)
	open := map[string][]string{
		"linux": {"xdg-open"}, "darwin": {"open"}, "windows": {"rundll32", "url.dll,FileProtocolHandler"},
	}[runtime.GOOS]
	if err == nil && open == nil {
		err = errors.ErrUnsupported
	}
	if err != nil {
		done <- err
	} else {
		go func() { done <- exec.Command(open[0], append(open[1:], page)...).Run() }()
	}
	return done, func() {
		if page != "" {
			_ = os.RemoveAll(filepath.Dir(page))
		}
	}
}

// pageTo makes a page that leads to an address, in a folder of its own.
func pageTo(address string) (page string, err error) {
	dir, err := temporary("page")
	if err != nil {
		return "", err
	}
	page = filepath.Join(dir, "valik.html")
	content := `<!doctype html><meta charset="utf-8"><title>Valik</title><meta http-equiv="refresh" content="0; url=` + address + `">`
	return page, os.WriteFile(page, []byte(content), 0o600)
}
