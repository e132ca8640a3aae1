package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/voter-app/desktop"
)

// Where no browser ran before, the command that opens one lasts as long as the browser. The
// program must end all the same when it is told to.
func TestTheBrowserHoldsNobodyUp(t *testing.T) {
	path := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(path, "xdg-open"), []byte("#!/bin/sh\nexec sleep 10\n"), 0o700))
	t.Setenv("PATH", path+":"+os.Getenv("PATH"))
	app := desktop.New(desktop.Config{})
	defer func() { require.NoError(t, app.Close()) }()
	ctx, stop := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer stop()

	begin := time.Now()
	require.NoError(t, (&settings{listen: "127.0.0.1:0"}).serve(ctx, app, new(bytes.Buffer)))
	require.Less(t, time.Since(begin), 5*time.Second)
}

// Without a browser the person is told what to do.
func TestNoBrowser(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	app := desktop.New(desktop.Config{})
	defer func() { require.NoError(t, app.Close()) }()
	ctx, stop := context.WithTimeout(context.Background(), time.Second)
	defer stop()
	var said bytes.Buffer
	require.NoError(t, (&settings{listen: "127.0.0.1:0"}).serve(ctx, app, &said))
	require.Contains(t, said.String(), "open this address yourself")
}
