package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"time"

	"valik/board"
)

const (
	// answerLimit is above the largest tile and the largest manifest.
	answerLimit = 17 << 20
	// answerTime is how long one answer may take.
	answerTime = 30 * time.Second
)

// errStatus is an answer that is not 200 OK.
var errStatus = errors.New("the answer is")

// fetcher reads the board at an address. What it reads is checked by who asked,
// so it may come over plain http and from any mirror.
func fetcher(ctx context.Context, address string) (board.Fetch, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
		return nil, fmt.Errorf("%q is not an address such as https://vote.example.ee", address)
	}
	client := &http.Client{Timeout: answerTime}
	return func(path string) ([]byte, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, base.JoinPath(path).String(), nil)
		if err != nil {
			return nil, err
		}
		resp, err := client.Do(req)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		return readAnswer(resp)
	}, nil
}

func readAnswer(resp *http.Response) ([]byte, error) {
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return nil, fmt.Errorf("%w %s: %w", errStatus, resp.Status, fs.ErrNotExist)
	default:
		return nil, fmt.Errorf("%w %s", errStatus, resp.Status)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit+1))
	if err == nil && len(b) > answerLimit {
		err = fmt.Errorf("more than %d bytes", answerLimit)
	}
	return b, err
}
