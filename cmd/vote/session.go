package main

import (
	"context"
	"errors"
	"fmt"

	"valik/eid/keyring"
	"valik/election"
	"valik/internal/prompt"
	voter "valik/voter-app"
)

// session is an open election with a voter who has been recognised.
type session struct {
	*settings
	election *voter.Election
	card     *keyring.Ring
	voter    *election.Eligibility
}

func (s *settings) open(ctx context.Context) (*session, error) {
	fingerprint, err := election.ParseHash(s.election)
	if err != nil {
		return nil, fmt.Errorf("--election: %w", err)
	}
	seen, err := voter.ReadSeen(s.state)
	if err != nil {
		return nil, fmt.Errorf("--state: %w", err)
	}
	card, err := keyring.Open(ctx, s.card, prompt.Asks())
	if err != nil {
		return nil, fmt.Errorf("--card: %w", err)
	}
	opened := &session{settings: s, card: card}
	if err := opened.begin(ctx, fingerprint, seen); err != nil {
		return nil, errors.Join(err, card.Close())
	}
	return opened, nil
}

// begin opens the election and says who the voter is.
func (s *session) begin(ctx context.Context, fingerprint election.Hash, seen []byte) error {
	s.asked = true
	var err error
	if s.election, err = voter.Open(ctx, s.collector, fingerprint, seen, nil); err != nil {
		return s.keepEvidence(err)
	}
	if s.voter, err = s.identify(ctx); err != nil {
		return s.keep(err)
	}
	return nil
}

func (s *session) identify(ctx context.Context) (*election.Eligibility, error) {
	if s.tls {
		key, err := s.card.TLSSigner(ctx)
		if err != nil {
			return nil, err
		}
		return s.election.IdentifyByCertificate(ctx, key)
	}
	means, err := s.card.Authenticator(ctx)
	if err != nil {
		return nil, err
	}
	return s.election.Identify(ctx, means)
}

// end keeps what the board has shown, whatever came of the session, and lets the card go.
func (s *session) end(err error) error { return errors.Join(s.keep(err), s.card.Close()) }

func (s *session) keep(err error) error {
	return errors.Join(s.keepEvidence(err), s.election.KeepSeen(s.state))
}
