package daemon

import (
	"context"
	"log"
	"log/slog"
	"regexp"
	"strings"
)

// errorLog is where package net/http writes what goes wrong with a connection. It names the
// other end, which our logs never do: a voter's address.
func errorLog(logger *slog.Logger) *log.Logger { return log.New(withoutAddresses{logger}, "", 0) }

type withoutAddresses struct{ logger *slog.Logger }

// anAddress is host and port as Go prints them.
var anAddress = regexp.MustCompile(`(\[[0-9a-fA-F:.]+(%[^\]]*)?\]|\d+\.\d+\.\d+\.\d+):\d+`)

func (w withoutAddresses) Write(line []byte) (int, error) {
	text := anAddress.ReplaceAllString(strings.TrimSpace(string(line)), "[address]")
	w.logger.Log(context.Background(), slog.LevelWarn, text)
	return len(line), nil
}
