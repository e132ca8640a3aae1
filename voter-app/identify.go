package voter

import (
	"context"
	"fmt"

	"valik/eid"
	"valik/election"
)

// The paths of the sign-on.
const (
	challengePath = "v1/session/challenge"
	sessionPath   = "v1/session"
)

// Identify says to the collector who the voter is, by the authentication key of
// their card, and returns the voter's district, pseudonym, and the times of the
// ballots that were accepted in their name so far. Errors: *[RefusedError],
// [ErrUnreachable], [ErrOtherElection], *eid.Error.
//
// It implements Voter.Identify of docs/protocol/voting.md.
func (e *Election) Identify(ctx context.Context, voter eid.Authenticator) (*election.Eligibility, error) {
	challenge, err := e.challenge(ctx)
	if err != nil {
		return nil, err
	}
	// The origin is the address that is dialled, and Open made sure that it is the
	// one of the manifest: another site cannot pass the answer on to the collector.
	login, err := e.Manifest.Question(eid.Challenge(challenge), nil).Sign(ctx, voter)
	if err != nil {
		return nil, err
	}
	body := election.NewLogin(e.Manifest.Fingerprint(), challenge, login.Bytes()).Bytes()
	answer, err := e.client.post(ctx, sessionPath, "application/json", body)
	if err != nil {
		return nil, refused(err, e.Manifest, election.Hash{})
	}
	return e.eligibility(answer)
}

func (e *Election) challenge(ctx context.Context) (election.Hash, error) {
	answer, err := e.client.post(ctx, challengePath, "", nil)
	if err != nil {
		return election.Hash{}, refused(err, e.Manifest, election.Hash{})
	}
	c, err := election.ParseChallenge(answer)
	if err != nil {
		return election.Hash{}, &fault{challengePath, true, err}
	}
	if c.Election != e.Manifest.Fingerprint() {
		return election.Hash{}, ErrOtherElection
	}
	return c.Challenge, nil
}

func (e *Election) eligibility(answer []byte) (*election.Eligibility, error) {
	v, err := election.ParseEligibility(answer)
	if err != nil {
		return nil, &fault{sessionPath, true, err}
	}
	if v.Election != e.Manifest.Fingerprint() {
		return nil, ErrOtherElection
	}
	if _, ok := e.Manifest.District(v.District); !ok {
		return nil, &fault{sessionPath, true, fmt.Errorf("%w: %.40q", election.ErrWrongDistrict, v.District)}
	}
	return v, nil
}
