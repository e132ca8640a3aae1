// Package rest is what the clients of remote signing services have in common: JSON
// over HTTPS with limits, waiting for a session's end, and the checks of what comes
// back. It knows no service's fields.
package rest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// answerLimit is the most bytes that are read of an answer, which is a certificate
// and a signature: a service that never ends one must not fill the voter's memory.
const answerLimit = 64 << 10

// patience is how long a service may take beyond the time for which it was asked to
// wait for the person.
const patience = 15 * time.Second

// Client speaks to one service and to nobody else.
type Client struct {
	service string
	base    *url.URL
	http    *http.Client
}

// New makes a client of the service at an address, which is https, or http to this
// machine. The service's name begins every error. h may be nil.
func New(service, address string, h *http.Client) (*Client, error) {
	c := &Client{service: service}
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, c.Config("the address is no address of a service")
	}
	if base.Scheme != "https" && (base.Scheme != "http" || !loopback(base.Hostname())) {
		return nil, c.Config("the address is not https")
	}
	if h == nil {
		h = new(http.Client)
	}
	own := *h
	// Whoever is redirected shows the relying party's secret to somebody else.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.base, c.http = base, &own
	return c, nil
}

// loopback says whether a host is this machine, to which plain http may go.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && ip.IsLoopback())
}

// Post sends a request as JSON and gives the body of the answer 200 OK.
func (c *Client) Post(ctx context.Context, request any, path ...string) ([]byte, error) {
	body, err := json.Marshal(request)
	if err != nil {
		panic("rest: " + err.Error()) // requests are structs of strings
	}
	return c.do(ctx, http.MethodPost, c.base.JoinPath(path...), body, patience)
}

// get asks for a session, letting the service wait for so long.
func (c *Client) get(ctx context.Context, wait time.Duration, path ...string) ([]byte, error) {
	u := c.base.JoinPath(path...)
	u.RawQuery = fmt.Sprintf("timeoutMs=%d", wait.Milliseconds())
	return c.do(ctx, http.MethodGet, u, nil, wait+patience)
}

func (c *Client) do(outer context.Context, method string, u *url.URL, body []byte, limit time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(outer, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, c.Config("the address is no address of a service")
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.failed(outer, err)
	}
	defer resp.Body.Close()
	// An answer that is no success may repeat the request, so nobody reads it.
	if resp.StatusCode != http.StatusOK {
		return nil, &StatusError{resp.StatusCode}
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit+1))
	if err != nil {
		return nil, c.failed(outer, err)
	}
	if len(answer) > answerLimit {
		return nil, c.Refuse(AnswerTooLarge)
	}
	return answer, nil
}

// failed says why there is no answer: the caller went away, the time is over, or the
// service cannot be reached.
func (c *Client) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return c.interrupted(ctx)
	}
	return c.fault(Unreachable, harmless(err))
}

// harmless gives the part of an error of net/http that repeats neither the address,
// in which the person's code may be, nor anything that the other side sent after it
// had the request: nil if there is none.
func harmless(err error) error {
	var (
		network     *net.OpError
		certificate *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &network):
		return network
	case errors.As(err, &certificate):
		return certificate
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	}
	return nil
}

// StatusError is an answer other than 200 OK. What it means is the service's.
type StatusError struct{ Status int }

func (e *StatusError) Error() string { return fmt.Sprintf("the answer is HTTP status %d", e.Status) }

const redacted = "[redacted]"

// Redacted is embedded by what holds the relying party's secret or the person's code
// or phone number: it prints as [redacted].
type Redacted struct{}

// String hides the value.
func (Redacted) String() string { return redacted }

// GoString hides the value.
func (Redacted) GoString() string { return redacted }

// LogValue hides the value.
func (Redacted) LogValue() slog.Value { return slog.StringValue(redacted) }
