// Package webhook hands notices to a notification service by HTTPS, signed as the Standard
// Webhooks specification 1.0.0 says (standardwebhooks.com).
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"valik/collector/notice"
	"valik/election"
)

const (
	timeout   = 30 * time.Second
	minSecret = 24 // bytes, by the specification
	maxSecret = 64
	prefix    = "whsec_"
)

// Config says where notices go. Secret is whsec_ and the Base64 of 24 to 64 bytes.
type Config struct {
	URL       string
	Secret    string
	Transport http.RoundTripper // default: http.DefaultTransport
	Now       func() time.Time  // default: time.Now
}

// Channel posts notices.
type Channel struct {
	url    string
	secret []byte
	client *http.Client
	now    func() time.Time
}

// New refuses an address that is neither https nor of this machine, and a weak secret.
func New(c Config) (*Channel, error) {
	if err := checkURL(c.URL); err != nil {
		return nil, err
	}
	secret, err := parseSecret(c.Secret)
	if err != nil {
		return nil, err
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	client := &http.Client{Transport: c.Transport, Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // a personal code goes to nobody but whom the settings name
	}}
	return &Channel{c.URL, secret, client, c.Now}, nil
}

func checkURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil {
		return errors.New("webhook: the address is not a URL of https without a password")
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "https" || u.Scheme == "http" && ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("webhook: the address of %s must begin with https://", u.Host)
}

func parseSecret(text string) ([]byte, error) {
	body, ok := strings.CutPrefix(strings.TrimSpace(text), prefix)
	secret, err := base64.StdEncoding.Strict().DecodeString(body)
	if !ok || err != nil || len(secret) < minSecret || len(secret) > maxSecret {
		return nil, fmt.Errorf("webhook: the secret is not %s and the Base64 of %d to %d bytes", prefix, minSecret, maxSecret)
	}
	return secret, nil
}

type message struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      data      `json:"data"`
}

type data struct {
	Code      string        `json:"code"`
	Title     election.Text `json:"title"`
	Languages []string      `json:"languages"`
	Rehearsal bool          `json:"rehearsal,omitempty"`
}

// Deliver posts one notice. Any answer 2xx is a delivery.
func (c *Channel) Deliver(ctx context.Context, n notice.Notice) error {
	body, err := json.Marshal(message{"ballot.cast", n.Cast.UTC(), data{n.Code, n.Title, n.Languages, n.Rehearsal}})
	if err != nil {
		return &notice.Permanent{Err: errors.New("webhook: the notice cannot be encoded")}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return errors.New("webhook: the request cannot be made")
	}
	at := strconv.FormatInt(c.now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("webhook-id", n.ID)
	req.Header.Set("webhook-timestamp", at)
	req.Header.Set("webhook-signature", "v1,"+c.sign(n.ID, at, body))
	resp, err := c.client.Do(req)
	if err != nil {
		return errors.New("webhook: the service cannot be reached") // the cause has the URL in it, perhaps with a token
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 4096) // so that the connection can be used again
	return c.outcome(resp)
}

// sign is HMAC-SHA256 over "id.timestamp.body".
func (c *Channel) sign(id, at string, body []byte) string {
	h := hmac.New(sha256.New, c.secret)
	fmt.Fprintf(h, "%s.%s.%s", id, at, body)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func (c *Channel) outcome(resp *http.Response) error {
	code := resp.StatusCode
	err := fmt.Errorf("webhook: the service answers %d", code)
	switch {
	case code/100 == 2:
		return nil
	case code/100 == 4 && code != http.StatusRequestTimeout && code != http.StatusTooManyRequests:
		return &notice.Permanent{Err: err}
	}
	return &notice.Later{Err: err, After: c.retryAfter(resp.Header.Get("Retry-After"))}
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3); 0 for none.
func (c *Channel) retryAfter(value string) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(c.now()))
	}
	return 0
}
