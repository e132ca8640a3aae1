package voter

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// The most bytes that are read of an answer: a collector that never ends one
// must not fill the voter's memory.
const (
	documentLimit = 16 << 20 // manifest and ceremony, as election bounds them
	tileLimit     = 17 << 20 // 256 entries of 64 KiB each and their lengths
	answerLimit   = 1 << 20  // all others
)

// patience is how long an answer may take if the caller does not say.
const patience = time.Minute

// containerType is the media type of an ASiC-E container.
const containerType = "application/vnd.etsi.asic-e+zip"

// client speaks to one collector and to nobody else.
type client struct {
	base *url.URL
	http *http.Client
}

func newClient(address string, h *http.Client) (*client, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("%w: %q", ErrAddress, address)
	}
	if base.Scheme != "https" && (base.Scheme != "http" || !loopback(base.Hostname())) {
		return nil, fmt.Errorf("%w: %q is not https", ErrAddress, address)
	}
	if h == nil {
		h = &http.Client{Timeout: patience}
	}
	own := *h
	// What a redirection asks for is to show a signed ballot, or an answer to a
	// challenge, to somebody else than the collector.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client{base, &own}, nil
}

// loopback says whether a host is this machine, to which plain http may go.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && ip.IsLoopback())
}

// serves says whether an address is the client's, whatever the slash at its end.
func (c *client) serves(address string) bool {
	return strings.TrimSuffix(c.base.String(), "/") == strings.TrimSuffix(address, "/")
}

// get fetches a path; what is not there is fs.ErrNotExist.
func (c *client) get(ctx context.Context, path string, limit int64) ([]byte, error) {
	answer, _, err := c.exchange(ctx, request{method: http.MethodGet, path: path, limit: limit})
	return answer, err
}

// post sends a body.
func (c *client) post(ctx context.Context, path, contentType string, body []byte) ([]byte, error) {
	answer, _, err := c.exchange(ctx, request{http.MethodPost, path, contentType, "", body, answerLimit})
	return answer, err
}

// request is what is asked of the collector.
type request struct {
	method, path, contentType string
	bearer                    string // token of a session
	body                      []byte
	limit                     int64 // bytes of the answer
}

// exchange gives the body of an answer with 200 OK, and the connection on which it came
// (nil without TLS). Errors are *fault, with a *StatusError in it if there was another
// answer.
func (c *client) exchange(ctx context.Context, r request) ([]byte, *tls.ConnectionState, error) {
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }})
	req, err := http.NewRequestWithContext(ctx, r.method, c.base.JoinPath(r.path).String(), bytes.NewReader(r.body))
	if err != nil {
		return nil, nil, &fault{r.path, false, err}
	}
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	if r.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+r.bearer)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, nil, &fault{r.path, sent.Load(), err}
	}
	defer resp.Body.Close()
	answer, err := read(resp, r.limit)
	if err != nil {
		return nil, nil, &fault{r.path, true, err}
	}
	return answer, resp.TLS, nil
}

func read(resp *http.Response, limit int64) ([]byte, error) {
	if to := resp.Header.Get("Location"); resp.StatusCode/100 == 3 && to != "" {
		return nil, fmt.Errorf("%w: %.200q", ErrRedirect, to)
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%w after %d bytes: %w", ErrCutOff, len(answer), err)
	}
	if int64(len(answer)) > limit {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLong, limit)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, &StatusError{resp.StatusCode, answer}
	}
	return answer, nil
}

// fault is a request without a proper answer.
type fault struct {
	path string
	sent bool // the collector may have got it
	err  error
}

func (f *fault) Error() string {
	return fmt.Sprintf("%v: %s: %v", ErrUnreachable, strings.TrimPrefix(f.path, "/"), f.err)
}

func (f *fault) Unwrap() []error { return []error{ErrUnreachable, f.err} }

// StatusError is an answer that is neither 200 OK nor a refusal that the
// collector has signed.
type StatusError struct {
	Status int
	body   []byte
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("the answer is %d %s", e.Status, http.StatusText(e.Status))
}

// Is makes a missing file one in the eyes of the board's tile reader.
func (e *StatusError) Is(target error) bool {
	return target == fs.ErrNotExist && e.Status == http.StatusNotFound
}
