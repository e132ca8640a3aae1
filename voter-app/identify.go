package voter

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net/http"

	"valik/eid"
	"valik/election"
)

// The paths of the sign-on.
const (
	challengePath   = "v1/session/challenge"
	sessionPath     = "v1/session"
	certificatePath = "v1/session/certificate"
)

// Identify says to the collector who the voter is, by the authentication key of
// their card, file or phone, and returns the voter's district, pseudonym, the times of
// the ballots that were accepted in their name so far, and a short session. Errors:
// *[RefusedError], [ErrUnreachable], [ErrChannel], [ErrOtherElection], *eid.Error.
//
// It implements Voter.Identify of docs/protocol/voting.md.
func (e *Election) Identify(ctx context.Context, voter eid.Authenticator) (*election.Eligibility, error) {
	c, end, err := e.signOn()
	if err != nil {
		return nil, err
	}
	defer end()
	challenge, connection, err := e.challenge(ctx, c)
	if err != nil {
		return nil, err
	}
	channel, err := e.channel(connection)
	if err != nil {
		return nil, err
	}
	// The origin is the address that is dialled, and Open made sure that it is the
	// one of the manifest: another site cannot pass the answer on to the collector.
	login, err := e.Manifest.Question(eid.Challenge(challenge), channel).Sign(ctx, voter)
	if err != nil {
		return nil, err
	}
	body := election.NewLogin(e.Manifest.Fingerprint(), challenge, login.Bytes()).Bytes()
	answer, err := c.post(ctx, sessionPath, "application/json", body)
	if err != nil {
		return nil, refused(err, e.Manifest, election.Hash{})
	}
	return e.eligibility(answer)
}

// challenge also gives the connection on which it came.
func (e *Election) challenge(ctx context.Context, c *client) (election.Hash, *tls.ConnectionState, error) {
	answer, connection, err := c.exchange(ctx, request{method: http.MethodPost, path: challengePath, limit: answerLimit})
	if err != nil {
		return election.Hash{}, nil, refused(err, e.Manifest, election.Hash{})
	}
	asked, err := election.ParseChallenge(answer)
	if err != nil {
		return election.Hash{}, nil, &fault{challengePath, true, err}
	}
	if asked.Election != e.Manifest.Fingerprint() {
		return election.Hash{}, nil, ErrOtherElection
	}
	return asked.Challenge, connection, nil
}

// signOn gives the client for signing on. Where the answer is bound to the channel, it has
// one connection of its own, on which challenge and answer go.
func (e *Election) signOn() (c *client, end func(), err error) {
	if !e.Manifest.Collector.Channel {
		return e.client, func() {}, nil
	}
	return e.client.single()
}

// channel gives what the answer is bound to, nil if the manifest wants nothing bound. It is
// the manifest that says so, never the other side: who sits in between could say anything.
func (e *Election) channel(connection *tls.ConnectionState) ([]byte, error) {
	if !e.Manifest.Collector.Channel {
		return nil, nil
	}
	channel, err := eid.ChannelBinding(connection)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrChannel, err)
	}
	return channel, nil
}

// IdentifyByCertificate does the same by TLS itself, with the authentication key as the
// client's, at the address that the manifest names for it. An RSA key must sign by PS256,
// which is what TLS 1.3 uses. Errors: as from [Election.Identify], and [ErrNoCards] if the
// manifest names no address.
//
// It implements Voter.IdentifyByCertificate of docs/protocol/voting.md.
func (e *Election) IdentifyByCertificate(ctx context.Context, card eid.Signer) (*election.Eligibility, error) {
	if e.Manifest.Collector.Cards == "" {
		return nil, ErrNoCards
	}
	c, end, err := e.client.withCertificate(ctx, e.Manifest.Collector.Cards, card)
	if err != nil {
		return nil, err
	}
	defer end()
	answer, err := c.post(ctx, certificatePath, "", nil)
	if err != nil {
		return nil, refused(err, e.Manifest, election.Hash{})
	}
	return e.eligibility(answer)
}

// Again asks anew what the collector knows of the voter, while the session of before
// lasts. Errors: as from [Election.Identify].
//
// It implements Voter.Again of docs/protocol/voting.md.
func (e *Election) Again(ctx context.Context, before *election.Eligibility) (*election.Eligibility, error) {
	token := base64.StdEncoding.EncodeToString(before.Session.Token)
	answer, _, err := e.client.exchange(ctx, request{method: http.MethodGet, path: sessionPath, bearer: token, limit: answerLimit})
	if err != nil {
		return nil, refused(err, e.Manifest, election.Hash{})
	}
	return e.eligibility(answer)
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
