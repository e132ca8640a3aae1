package inquiry_test

import (
	"bytes"
	"context"
	"crypto/elliptic"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"valik/eid"
	"valik/eid/inquiry"
	"valik/eid/testpki"
	"valik/eid/testpki/responder"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// reply is a server that always says the same, and counts.
type reply struct {
	status      int
	contentType string
	body        []byte
	header      http.Header
	heard       func()        // is called with every question
	gate        chan struct{} // is waited for before the answer, if there is one
	asked       atomic.Int32
}

func (r *reply) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.asked.Add(1)
	_, _ = io.Copy(io.Discard, request.Body) // before that the server does not see who hangs up
	if r.heard != nil {
		r.heard()
	}
	if r.gate != nil {
		select {
		case <-r.gate:
		case <-request.Context().Done():
			return
		}
	}
	for name, values := range r.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", r.contentType)
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body)
}

// attempts counts what is asked, also if a time limit ends it before a server hears of it.
type attempts struct {
	http.RoundTripper
	n atomic.Int32
}

func (a *attempts) RoundTrip(r *http.Request) (*http.Response, error) {
	a.n.Add(1)
	return a.RoundTripper.RoundTrip(r)
}

// enough is a time limit that no test is to come to.
const enough = time.Minute

// clientOf asks one address for everything.
func clientOf(w *world, address string, timeout time.Duration) *inquiry.Client {
	return clientBy(w, address, timeout, &http.Transport{DisableKeepAlives: true})
}

func clientBy(w *world, address string, timeout time.Duration, by http.RoundTripper) *inquiry.Client {
	return inquiry.New(inquiry.Config{
		HTTP:       &http.Client{Transport: by},
		Issuers:    map[inquiry.Fingerprint]inquiry.Addresses{inquiry.FingerprintOf(w.issuer()): {Status: address, List: address}},
		TimeStamps: address,
		Timeout:    timeout,
	})
}

const (
	statusType = "application/ocsp-response"
	stampType  = "application/timestamp-reply"
	listType   = "application/pkix-crl"
)

// TestUnreachable: whatever is no answer of the service is "away", and is asked for
// twice.
func TestUnreachable(t *testing.T) {
	w := newWorld(t)
	card := w.p256.Signing.Certificate()
	body := []byte("answer")
	for _, test := range []struct {
		name    string
		reply   *reply
		timeout time.Duration
	}{
		{"server error", &reply{status: 500}, enough},
		{"not found", &reply{status: 404}, enough},
		{"nothing", &reply{status: 204}, enough},
		{"redirect", &reply{status: 307, header: http.Header{"Location": {"ftp://127.0.0.1/"}}}, enough},
		{"page", &reply{status: 200, contentType: "text/html; charset=utf-8", body: body}, enough},
		{"no type", &reply{status: 200, contentType: "", body: body}, enough},
		{"slow", &reply{status: 200, contentType: "text/html", gate: make(chan struct{})}, 100 * time.Millisecond},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked := &attempts{RoundTripper: &http.Transport{DisableKeepAlives: true}}
			c := clientBy(w, listen(t, test.reply), test.timeout, asked)
			_, err := c.Status(t.Context(), card, w.issuer(), nonce)
			require.ErrorIs(t, err, inquiry.ErrUnreachable)
			require.Equal(t, eid.CodeStatusUnreachable, eid.CodeOf(err))
			_, err = c.CRL(t.Context(), card, w.issuer())
			require.ErrorIs(t, err, inquiry.ErrUnreachable)
			require.Equal(t, eid.CodeStatusUnreachable, eid.CodeOf(err))
			_, err = c.TimeStamp(t.Context(), message)
			require.ErrorIs(t, err, inquiry.ErrUnreachable)
			require.Equal(t, eid.CodeTimeUnreachable, eid.CodeOf(err))
			require.EqualValues(t, 6, asked.n.Load(), "each twice")
		})
	}
}

// TestNobodyListens: a port that was free a moment ago.
func TestNobodyListens(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := clientOf(w, server.URL, enough).Status(t.Context(), w.p256.Signing.Certificate(), w.issuer(), nonce)
	require.ErrorIs(t, err, inquiry.ErrUnreachable)
	require.Equal(t, eid.CodeStatusUnreachable, eid.CodeOf(err))
}

// TestTooLarge: no more is read than what package eid would look at.
func TestTooLarge(t *testing.T) {
	w := newWorld(t)
	card := w.p256.Signing.Certificate()
	for size, away := range map[int]bool{eid.StatusLimit: false, eid.StatusLimit + 1: true} {
		c := clientOf(w, listen(t, &reply{status: 200, contentType: statusType, body: make([]byte, size)}), enough)
		response, err := c.Status(t.Context(), card, w.issuer(), nonce)
		require.Equal(t, away, err != nil, size)
		if !away {
			require.Len(t, response, size)
		}
	}
	endless := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", listType)
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	})
	_, err := clientOf(w, listen(t, endless), enough).CRL(t.Context(), card, w.issuer())
	require.ErrorIs(t, err, inquiry.ErrUnreachable)
	require.ErrorContains(t, err, fmt.Sprint(eid.CRLLimit))
}

// TestRedirects: a question goes to nobody else, a list may lie elsewhere on its host.
func TestRedirects(t *testing.T) {
	w := newWorld(t)
	card := w.p256.Signing.Certificate()
	for _, test := range []struct {
		contentType string
		follows     bool
		ask         func(c *inquiry.Client) error
	}{
		{statusType, false, func(c *inquiry.Client) error { _, err := c.Status(t.Context(), card, w.issuer(), nonce); return err }},
		{stampType, false, func(c *inquiry.Client) error { _, err := c.TimeStamp(t.Context(), message); return err }},
		{listType, true, func(c *inquiry.Client) error { _, err := c.CRL(t.Context(), card, w.issuer()); return err }},
	} {
		there := &reply{status: 200, contentType: test.contentType, body: []byte("answer")}
		here := listen(t, http.RedirectHandler(listen(t, there), http.StatusPermanentRedirect))
		err := test.ask(clientOf(w, here, enough))
		require.Equal(t, test.follows, err == nil, test.contentType)
		require.Equal(t, test.follows, there.asked.Load() == 1, test.contentType)
	}
	elsewhere := &reply{status: 200, contentType: listType, body: []byte("list")}
	other := strings.Replace(listen(t, elsewhere), "127.0.0.1", "localhost", 1)
	_, err := clientOf(w, listen(t, http.RedirectHandler(other, http.StatusFound)), enough).CRL(t.Context(), card, w.issuer())
	require.ErrorContains(t, err, "another host")
	require.Zero(t, elsewhere.asked.Load())
	var round *httptest.Server
	round = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, round.URL, http.StatusFound) }))
	defer round.Close()
	_, err = clientOf(w, round.URL, enough).CRL(t.Context(), card, w.issuer())
	require.ErrorIs(t, err, inquiry.ErrUnreachable)
}

// TestSecondTry: one lost connection is not "away".
func TestSecondTry(t *testing.T) {
	w := newWorld(t)
	var asked atomic.Int32
	url := listen(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Type", statusType)
		_, _ = w.Write([]byte("answer"))
	}))
	response, err := clientOf(w, url, enough).Status(t.Context(), w.p256.Signing.Certificate(), w.issuer(), nonce)
	require.NoError(t, err)
	require.Equal(t, []byte("answer"), response)
}

// TestCancelled: nobody waits, so nobody asks again.
func TestCancelled(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	slow := &reply{status: 200, contentType: statusType, heard: cancel, gate: make(chan struct{})}
	_, err := clientOf(w, listen(t, slow), enough).Status(ctx, w.p256.Signing.Certificate(), w.issuer(), nonce)
	require.ErrorIs(t, err, inquiry.ErrUnreachable)
	require.ErrorIs(t, err, context.Canceled)
	require.EqualValues(t, 1, slow.asked.Load())
}

// TestNoAddress: what no certificate and no configuration names.
func TestNoAddress(t *testing.T) {
	w := newWorld(t)
	c := inquiry.New(inquiry.Config{})
	odd := *w.p256.Signing.Certificate()
	odd.OCSPServer, odd.CRLDistributionPoints = []string{"ldap://127.0.0.1/cn=status", ":"}, []string{"ldap://127.0.0.1/cn=list", "http:///list"}
	for _, cert := range []*x509.Certificate{w.p256.Signing.Certificate(), &odd} {
		_, err := c.Status(t.Context(), cert, w.issuer(), nonce)
		require.Equal(t, eid.CodeStatusMissing, eid.CodeOf(err))
		_, err = c.CRL(t.Context(), cert, w.issuer())
		require.Equal(t, eid.CodeStatusMissing, eid.CodeOf(err))
	}
	_, err := c.TimeStamp(t.Context(), message)
	require.Equal(t, eid.CodeTimeMissing, eid.CodeOf(err))
}

// services is the authority's own responder, on a clock of the test.
type services struct {
	*world
	responder *responder.Responder
	client    *inquiry.Client
	card      *x509.Certificate
	now       *atomic.Int64 // Unix seconds
}

func newServices(t *testing.T, listAge time.Duration) *services {
	t.Helper()
	s := &services{world: newWorld(t), now: new(atomic.Int64)}
	s.now.Store(s.present.Unix())
	clock := func() time.Time { return time.Unix(s.now.Load(), 0) }
	var err error
	s.responder, err = responder.New(s.authority, clock)
	require.NoError(t, err)
	card, err := s.authority.Online(listen(t, s.responder)).Issue(testpki.PersonalCode(3), "Mari", "Mets", elliptic.P256())
	require.NoError(t, err)
	s.card = card.Signing.Certificate()
	s.client = inquiry.New(inquiry.Config{HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, Now: clock, ListAge: listAge})
	return s
}

func (s *services) list(t *testing.T) []byte {
	t.Helper()
	b, err := s.client.CRL(t.Context(), s.card, s.issuer())
	require.NoError(t, err)
	return b
}

// TestListIsKept until the next is due, an hour later, or for the time that is set: ten
// minutes where none is, since an issuer that revokes may have another list before it is due.
func TestListIsKept(t *testing.T) {
	for listAge, kept := range map[time.Duration]int64{0: 600, 20 * time.Minute: 1200, 10 * time.Hour: 3600} {
		s := newServices(t, listAge)
		first := s.list(t)
		s.now.Add(kept - 1)
		require.Equal(t, first, s.list(t))
		require.Equal(t, 1, s.responder.Asked(testpki.CRLPath256))
		s.now.Add(1)
		require.NotEqual(t, first, s.list(t))
		require.Equal(t, 2, s.responder.Asked(testpki.CRLPath256), listAge)
	}
}

// TestForgedListIsNotKept: it is handed on to be refused, and gone with the next.
func TestForgedListIsNotKept(t *testing.T) {
	s := newServices(t, 0)
	rules := &eid.StatusRules{CRL: true, Skew: time.Minute}
	for _, fault := range []responder.Fault{responder.Garbage, responder.Other, responder.BadSignature} {
		s.responder.Misbehave(fault)
		_, err := eid.ParseRevocationList(s.list(t), s.issuer())
		require.Error(t, err)
	}
	s.responder.Misbehave(responder.Honest)
	list, err := eid.ParseRevocationList(s.list(t), s.issuer())
	require.NoError(t, err)
	require.NoError(t, rules.VerifyCRL(list, s.card, s.present))
}

// TestOneDownload however many ask.
func TestOneDownload(t *testing.T) {
	w := newWorld(t)
	b, err := w.authority.Issuer(elliptic.P256()).RevocationList(nil, w.present, w.present.Add(time.Hour))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	slow := &reply{status: 200, contentType: listType, body: b, heard: cancel, gate: make(chan struct{})}
	c := clientOf(w, listen(t, slow), enough)

	// The first one does not wait for what he began.
	_, err = c.CRL(ctx, w.p256.Signing.Certificate(), w.issuer())
	require.ErrorIs(t, err, inquiry.ErrUnreachable)

	var group sync.WaitGroup
	var same atomic.Int32
	for range 50 {
		group.Go(func() {
			got, err := c.CRL(t.Context(), w.p256.Signing.Certificate(), w.issuer())
			if err == nil && bytes.Equal(b, got) {
				same.Add(1)
			}
		})
	}
	close(slow.gate)
	group.Wait()
	require.EqualValues(t, 50, same.Load())
	require.EqualValues(t, 1, slow.asked.Load())
}
