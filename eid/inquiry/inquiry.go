// Package inquiry obtains over the network the evidence that package eid judges:
// OCSP answers, revocation lists, and time-stamps.
//
// Nothing that comes is trusted or judged here, beyond the bounds that keep a bad
// peer from costing memory or time: eid.StatusRules and eid.TimeRules decide. What
// does not come is ErrUnreachable, so that a caller can tell a service that is
// away from one that says no.
package inquiry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"valik/eid"
)

// ErrUnreachable is in the tree of every error that says that a service is away:
// no connection, no answer in time, an HTTP status other than 200, another content
// type, or too many bytes. The code is "status_unreachable" or "time_unreachable".
var ErrUnreachable = errors.New("the service cannot be reached")

// tries is how often a question is asked before the service counts as away.
const tries = 2

// Config says whom to ask.
type Config struct {
	// HTTP carries the questions; nil is a client of this package's own. Its
	// redirect policy and its time limit are replaced.
	HTTP *http.Client
	// Issuers are addresses that replace those in the issuers' certificates.
	Issuers map[Fingerprint]Addresses
	// TimeStamps is the address of the time-stamping authority.
	TimeStamps string
	// Timeout is the limit of one try; 0 is 5 seconds.
	Timeout time.Duration
	// ListAge is how long a revocation list is used at most, and never beyond the time
	// at which it says that the next one is there; 0 is 10 minutes. An issuer that
	// revokes a certificate may have a new list long before it is due.
	ListAge time.Duration
	// Now is the clock for the lists; nil is time.Now.
	Now func() time.Time
}

// Addresses are where an issuer's services are; an empty one is taken from the
// certificate in question.
type Addresses struct {
	Status string // OCSP
	List   string // revocation list
}

// Fingerprint is the SHA-256 of a certificate.
type Fingerprint [sha256.Size]byte

// FingerprintOf gives a certificate's fingerprint.
func FingerprintOf(cert *x509.Certificate) Fingerprint { return sha256.Sum256(cert.Raw) }

// Client asks. It may be used by many goroutines.
type Client struct {
	config    Config
	questions *http.Client // by POST, follows nothing
	downloads *http.Client // by GET

	flights singleflight.Group // one download of a list at a time
	mu      sync.Mutex
	lists   map[string]list // by issuer and address
}

// New makes a client.
func New(config Config) *Client {
	if config.HTTP == nil {
		config.HTTP = &http.Client{}
	}
	if config.Timeout == 0 {
		config.Timeout = 5 * time.Second
	}
	if config.ListAge == 0 {
		config.ListAge = 10 * time.Minute
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	questions, downloads := *config.HTTP, *config.HTTP
	questions.Timeout, downloads.Timeout = 0, 0
	questions.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	downloads.CheckRedirect = checkRedirect
	return &Client{config: config, questions: &questions, downloads: &downloads, lists: make(map[string]list)}
}

// Status asks the issuer's OCSP responder about cert, with the nonce
// (eid.StatusNonce), and gives its answer as it came, for eid.StatusRules.VerifyOCSP.
// The errors' codes are "status_missing" (no address is known), "status_form" (no
// question can be made) and "status_unreachable".
func (c *Client) Status(ctx context.Context, cert, issuer *x509.Certificate, nonce []byte) ([]byte, error) {
	address, err := chooseAddress(c.config.Issuers[FingerprintOf(issuer)].Status, cert.OCSPServer)
	if err != nil {
		return nil, err
	}
	request, err := eid.NewStatusRequest(cert, issuer, nonce)
	if err != nil {
		return nil, err
	}
	q := question{c.questions, http.MethodPost, address, "application/ocsp-request", []string{"application/ocsp-response"}, eid.StatusLimit, request}
	answer, err := c.ask(ctx, q)
	if err != nil {
		return nil, eid.Refuse(eid.CodeStatusUnreachable, err)
	}
	return answer, nil
}

// TimeStamp asks the time-stamping authority for a time-stamp of message, and
// checks that what comes answers this very request. The time-stamp itself is for
// eid.TimeRules.VerifyTimeStamp. The errors' codes are "time_missing" (no address
// is set), "time_unreachable", and those of eid.ParseTimeStampResponse and
// eid.CheckTimeStampNonce.
func (c *Client) TimeStamp(ctx context.Context, message []byte) ([]byte, error) {
	if !isAddress(c.config.TimeStamps) {
		return nil, eid.Refuse(eid.CodeTimeMissing, errors.New("no address of a time-stamping authority is set"))
	}
	request, nonce, err := eid.NewTimeStampRequest(message)
	if err != nil {
		return nil, err
	}
	q := question{c.questions, http.MethodPost, c.config.TimeStamps, "application/timestamp-query", []string{"application/timestamp-reply"}, eid.TimeLimit, request}
	answer, err := c.ask(ctx, q)
	if err != nil {
		return nil, eid.Refuse(eid.CodeTimeUnreachable, err)
	}
	token, err := eid.ParseTimeStampResponse(answer)
	if err != nil {
		return nil, err
	}
	if err := eid.CheckTimeStampNonce(token, nonce); err != nil {
		return nil, err
	}
	return bytes.Clone(token), nil // not with the bytes around it
}

// chooseAddress: what is configured goes first. LDAP and other schemes that
// certificates name are passed over.
func chooseAddress(configured string, named []string) (string, error) {
	if configured != "" {
		named = []string{configured}
	}
	i := slices.IndexFunc(named, isAddress)
	if i < 0 {
		return "", eid.Refuse(eid.CodeStatusMissing, errors.New("neither the certificate nor the configuration names an http address"))
	}
	return named[i], nil
}

func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && isHTTP(u)
}

func isHTTP(u *url.URL) bool { return (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" }

const maxRedirects = 3

// checkRedirect lets nobody who answers choose which other machine is asked: that may be
// one which only the machine that asks can reach.
func checkRedirect(request *http.Request, before []*http.Request) error {
	if len(before) > maxRedirects || !isHTTP(request.URL) || request.URL.Hostname() != before[0].URL.Hostname() {
		return fmt.Errorf("a redirect too many, or to another host or scheme")
	}
	return nil
}
