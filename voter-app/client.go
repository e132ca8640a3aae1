package voter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"valik/election"
)

// answerLimit bounds what is read from a collector: a manifest of a national
// election has some hundred kilobytes.
const answerLimit = 64 << 20

// containerType is the media type of an ASiC-E container.
const containerType = "application/vnd.etsi.asic-e+zip"

// ErrUnreachable says that the collector gave no answer that is one. What was
// sent may or may not have arrived: the same ballot may be cast again.
var ErrUnreachable = errors.New("voter: the collector cannot be reached or gives no proper answer")

// client speaks to one collector.
type client struct {
	base *url.URL
	http *http.Client
}

func newClient(address string, h *http.Client) (*client, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("voter: %q is not the address of a collector", address)
	}
	return &client{base, h}, nil
}

// get fetches a path; what is not there is fs.ErrNotExist.
func (c *client) get(ctx context.Context, path string) ([]byte, error) {
	return c.do(ctx, http.MethodGet, path, "", nil)
}

// post sends a body. A refusal comes back as *answerError with the body in it.
func (c *client) post(ctx context.Context, path, contentType string, body []byte) ([]byte, error) {
	return c.do(ctx, http.MethodPost, path, contentType, body)
}

func (c *client) do(ctx context.Context, method, path, contentType string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base.JoinPath(path).String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit+1))
	if err != nil || len(answer) > answerLimit {
		return nil, fmt.Errorf("%w: %s breaks off or does not end", ErrUnreachable, path)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, &answerError{strings.TrimPrefix(path, "/"), resp.StatusCode, answer}
	}
	return answer, nil
}

// answerError is an answer that is not 200 OK.
type answerError struct {
	path   string
	status int
	body   []byte
}

func (e *answerError) Error() string {
	return fmt.Sprintf("voter: the collector answers %s with %d %s", e.path, e.status, http.StatusText(e.status))
}

// Is makes a missing file one in the eyes of the board's tile reader.
func (e *answerError) Is(target error) bool {
	return target == fs.ErrNotExist && e.status == http.StatusNotFound
}

// RefusedError is the collector's signed word that it did not take what was
// sent. Show it to an official if it seems wrong: the collector cannot deny it.
type RefusedError struct {
	Refusal *election.Refusal
}

// Error is for the voter.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s (%s)", e.Refusal.Message, e.Refusal.Code)
}

// refused turns an answer into a *RefusedError if the collector has signed it as
// a refusal of what has this hash.
func refused(err error, m *election.Manifest, inner election.Hash) error {
	var answer *answerError
	if !errors.As(err, &answer) {
		return err
	}
	r, parseErr := election.ParseRefusal(answer.body)
	if parseErr != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if err := r.Verify(m, inner); err != nil {
		return fmt.Errorf("%w: a refusal that it has not signed: %w", ErrUnreachable, err)
	}
	return &RefusedError{r}
}
