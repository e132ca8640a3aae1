package inquiry

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"time"

	"valik/eid"
)

// list is a revocation list that is kept.
type list struct {
	bytes []byte
	until time.Time
}

// listTypes are the content types under which lists are served (RFC 5280, 4.2.1.13,
// and what servers of files say).
var listTypes = []string{"application/pkix-crl", "application/x-pkcs7-crl", "application/octet-stream"}

// CRL gives the issuer's revocation list for cert, in DER, for
// eid.ParseRevocationList. A list is kept for Config.ListAge or until the next one is due, and
// downloaded once however many ask for it: the bytes are everybody's, not to be
// changed. The errors' codes are "status_missing"
// (no address is known) and "status_unreachable".
func (c *Client) CRL(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error) {
	address, err := chooseAddress(c.config.Issuers[FingerprintOf(issuer)].List, cert.CRLDistributionPoints)
	if err != nil {
		return nil, err
	}
	fingerprint := FingerprintOf(issuer)
	key := string(fingerprint[:]) + address
	if kept, ok := c.kept(key); ok {
		return kept, nil
	}
	// The download goes on without the one who asked first: others wait for it too.
	shared := context.WithoutCancel(ctx)
	flight := c.flights.DoChan(key, func() (any, error) { return c.download(shared, key, address, issuer) })
	select {
	case <-ctx.Done():
		return nil, eid.Refuse(eid.CodeStatusUnreachable, fmt.Errorf("%w: %w", ErrUnreachable, ctx.Err()))
	case result := <-flight:
		if result.Err != nil {
			return nil, eid.Refuse(eid.CodeStatusUnreachable, result.Err)
		}
		return result.Val.([]byte), nil
	}
}

func (c *Client) kept(key string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept, ok := c.lists[key]
	return kept.bytes, ok && c.config.Now().Before(kept.until)
}

func (c *Client) download(ctx context.Context, key, address string, issuer *x509.Certificate) ([]byte, error) {
	if kept, ok := c.kept(key); ok {
		return kept, nil // another download ended while this one was about to begin
	}
	b, err := c.ask(ctx, question{client: c.downloads, method: http.MethodGet, address: address, accept: listTypes, limit: eid.CRLLimit})
	if err != nil {
		return nil, err
	}
	if until, ok := c.usable(b, issuer); ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.lists[key] = list{b, until}
	}
	return b, nil
}

// usable says until when to keep a list. One that the issuer did not sign is handed
// on, to be refused, but not kept: one forgery would else stay for as long as it
// likes.
func (c *Client) usable(b []byte, issuer *x509.Certificate) (until time.Time, ok bool) {
	parsed, err := x509.ParseRevocationList(b)
	if err != nil || parsed.CheckSignatureFrom(issuer) != nil {
		return time.Time{}, false
	}
	until = parsed.NextUpdate
	if latest := c.config.Now().Add(c.config.ListAge); latest.Before(until) {
		until = latest
	}
	return until, true
}
