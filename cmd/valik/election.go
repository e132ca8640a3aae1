package main

import (
	"context"
	"errors"
	"os"

	"valik/cmd/valik/practice"
	"valik/eid/keyring"
	"valik/voter-app/desktop"
)

// startPractice makes the built-in election in a folder that goes with it.
func startPractice(ctx context.Context) (*desktop.Practice, error) {
	dir, err := temporary("practice")
	if err != nil {
		return nil, err
	}
	p, err := practice.Start(ctx, dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &desktop.Practice{
		Invitation: p.Invitation(), Card: keyring.Content{Name: "practice", Bytes: p.Card()},
		Close: func() error { return errors.Join(p.Close(), os.RemoveAll(dir)) },
	}, nil
}
