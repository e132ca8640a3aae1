package voter

import (
	"context"
	"fmt"

	"valik/eid"
	"valik/election"
)

// Identify says to the collector who the voter is, by the authentication key of
// their card, and returns the voter's district, pseudonym, and the times of the
// ballots that were accepted in their name so far. Errors: *[RefusedError],
// [ErrUnreachable], *eid.Error.
//
// It implements Voter.Identify of docs/protocol/voting.md.
func (e *Election) Identify(ctx context.Context, card eid.Signer) (*election.Eligibility, error) {
	challenge, err := e.challenge(ctx)
	if err != nil {
		return nil, err
	}
	// The origin is the one in the manifest, never the address that was dialled:
	// a false collector cannot pass the answer on to the true one.
	login, err := eid.SignChallenge(card, e.Manifest.Collector.URL, e.Manifest.LoginPurpose(), eid.Challenge(challenge))
	if err != nil {
		return nil, err
	}
	body := election.NewLogin(e.Manifest.Fingerprint(), challenge, login.Bytes()).Bytes()
	answer, err := e.client.post(ctx, "v1/session", "application/json", body)
	if err != nil {
		return nil, refused(err, e.Manifest, election.Hash{})
	}
	return e.eligibility(answer)
}

func (e *Election) challenge(ctx context.Context) (election.Hash, error) {
	answer, err := e.client.post(ctx, "v1/session/challenge", "", nil)
	if err != nil {
		return election.Hash{}, refused(err, e.Manifest, election.Hash{})
	}
	c, err := election.ParseChallenge(answer)
	if err != nil {
		return election.Hash{}, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if c.Election != e.Manifest.Fingerprint() {
		return election.Hash{}, ErrOtherElection
	}
	return c.Challenge, nil
}

func (e *Election) eligibility(answer []byte) (*election.Eligibility, error) {
	v, err := election.ParseEligibility(answer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if v.Election != e.Manifest.Fingerprint() {
		return nil, ErrOtherElection
	}
	if _, ok := e.Manifest.District(v.District); !ok {
		return nil, fmt.Errorf("%w: it names the district %q, which the election does not have", ErrUnreachable, v.District)
	}
	return v, nil
}
