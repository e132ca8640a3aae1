//go:build linux

package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/collector/collectortest"
	"valik/voter-app/desktop"
)

// opener makes a script the system's program that opens what it is given.
func opener(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "xdg-open"), []byte("#!/bin/sh\n"+script), 0o700))
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	t.Setenv("TMPDIR", t.TempDir())
}

// served is a program that serves its face until end is called, which gives what it ended with.
func served(t *testing.T, out *collectortest.Log) (end func() error) {
	t.Helper()
	app := desktop.New(desktop.Config{})
	t.Cleanup(func() { require.NoError(t, app.Close()) })
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- (&settings{listen: "127.0.0.1:0"}).serve(ctx, app, out) }()
	return func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(20 * time.Second):
			t.Fatal("the program does not end")
			return nil
		}
	}
}

// Where there is no desktop, xdg-open is the browser itself, and ends with it. The program ends
// when it is told to, all the same, and leaves the page with the key nowhere.
func TestABrowserThatStaysOpen(t *testing.T) {
	note := filepath.Join(t.TempDir(), "pid")
	opener(t, "echo $$ >"+note+".new; cp \"$1\" "+note+".page; mv "+note+".new "+note+"; exec sleep 600\n")
	out := new(collectortest.Log)
	end := served(t, out)
	require.Eventually(t, func() bool { _, err := os.Stat(note); return err == nil }, 20*time.Second, 10*time.Millisecond)
	raw, err := os.ReadFile(note)
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	require.NoError(t, err)
	defer func() { require.NoError(t, syscall.Kill(pid, syscall.SIGKILL)) }()

	require.NoError(t, end())
	page, err := os.ReadFile(note + ".page")
	require.NoError(t, err)
	require.Contains(t, string(page), strings.TrimSpace(out.String()), "it leads to the face")
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// Whoever has no browser is told the address, and goes on.
func TestNoBrowser(t *testing.T) {
	opener(t, "exit 3\n")
	out := new(collectortest.Log)
	end := served(t, out)
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "open this address yourself") }, 20*time.Second, 10*time.Millisecond)
	require.Contains(t, out.String(), "http://127.0.0.1:")
	require.NoError(t, end())
}
