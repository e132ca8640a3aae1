package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"valik/collector"
	"valik/eid/inquiry"
	"valik/eid/testpki"
	"valik/eid/testpki/responder"
	"valik/election"
)

// services answer for the demo's eID: whether a certificate is good, and what time it is.
type services struct {
	*responder.Responder
	server  *http.Server
	address string
	failed  chan error
}

// serve makes an authority of eIDs with its services, on loopback and by the demo's clock.
func (d *demo) serve(authority *testpki.Authority) (*testpki.Authority, *services, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	address := "http://" + listener.Addr().String()
	authority = authority.Online(address)
	answers, err := responder.New(authority, d.clock.now)
	if err != nil {
		return nil, nil, errors.Join(err, listener.Close())
	}
	s := &services{answers, &http.Server{Handler: answers, ReadHeaderTimeout: time.Minute}, address, make(chan error, 1)}
	go func() { s.failed <- s.server.Serve(listener) }()
	return authority, s, nil
}

// evidence is the policy of the demo: no ballot without the issuer's word and a time-stamp.
func (s *services) evidence() *election.EvidencePolicy {
	p := &election.EvidencePolicy{
		Status: &election.StatusPolicy{Freshness: 600, Nonce: true, CRL: true},
		Time:   &election.TimePolicy{Tolerance: 60},
		Away:   election.AwayRefuse,
	}
	for _, a := range s.Authorities() {
		p.Time.Authorities = append(p.Time.Authorities, a.Raw)
	}
	return p
}

// inquiry is how the collector asks them.
func (s *services) inquiry() collector.Inquiry {
	return inquiry.New(inquiry.Config{TimeStamps: s.address + testpki.TimePath})
}

func (s *services) stop() error {
	err := s.server.Close()
	if served := <-s.failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// reported is a voter who votes with an eID that was reported as stolen a minute ago.
func (f *fraudster) reported(ctx context.Context) error {
	ballot, err := f.own(ctx)
	if err != nil {
		return err
	}
	const stolen = 1 // keyCompromise of RFC 5280
	f.d.keys.services.Revoke(f.self.card.Signing.Certificate(), f.d.clock.now().Add(-time.Minute), stolen)
	return f.cast(ctx, ballot, f.self.card.Signing)
}
