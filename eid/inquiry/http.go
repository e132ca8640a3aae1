package inquiry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// question is one HTTP request and the bounds of its answer.
type question struct {
	client      *http.Client
	method      string
	address     string
	contentType string
	accept      []string // content types
	limit       int64    // bytes
	body        []byte
}

// ask asks twice before it gives up, each time within the time limit. Every error
// is an ErrUnreachable.
func (c *Client) ask(ctx context.Context, q question) ([]byte, error) {
	var failure error
	for range tries {
		var answer []byte
		if answer, failure = c.try(ctx, q); failure == nil {
			return answer, nil
		}
		if ctx.Err() != nil {
			break // nobody waits any more
		}
	}
	return nil, fmt.Errorf("%w: %w", ErrUnreachable, failure)
}

func (c *Client) try(ctx context.Context, q question) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, q.method, q.address, bytes.NewReader(q.body))
	if err != nil {
		return nil, err
	}
	if q.contentType != "" {
		request.Header.Set("Content-Type", q.contentType)
	}
	request.Header.Set("Accept", strings.Join(q.accept, ", "))
	response, err := q.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return q.read(response)
}

// read gives the body of an answer of the kind that was asked for.
func (q question) read(response *http.Response) ([]byte, error) {
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answers with HTTP status %d", response.StatusCode)
	}
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || !slices.Contains(q.accept, kind) {
		return nil, errors.New("it answers with another content type")
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, q.limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > q.limit {
		return nil, fmt.Errorf("it answers with more than %d bytes", q.limit)
	}
	return body, nil
}
