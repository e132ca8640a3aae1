package collector

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"valik/eid"
	"valik/election"
)

// Login tells a voter who answers a challenge with the authentication key of their card
// what the collector knows of them, and nobody else. connection is the TLS connection on
// which the answer came, nil if somebody else ends TLS. Errors: *Refusal with the codes
// challenge, channel, login and not_on_roll, those about the certificate's status, and those
// of the database.
//
// It implements Collector.Login of docs/protocol/casting.md.
func (c *Collector) Login(ctx context.Context, body []byte, connection *tls.ConnectionState) (*election.Eligibility, error) {
	doc, err := election.ParseLogin(body)
	if err != nil {
		return nil, &Refusal{code: codeBadRequest, err: err}
	}
	if doc.Election != c.manifest.Fingerprint() {
		return nil, &Refusal{code: codeChallenge, err: fmt.Errorf("another election")}
	}
	challenge := eid.Challenge(doc.Challenge)
	expires, err := c.expiry(challenge)
	if err != nil {
		return nil, err
	}
	channel, err := c.channel(connection)
	if err != nil {
		return nil, err
	}
	who, login, err := c.identify(doc.Login, c.manifest.Question(challenge, channel))
	if err != nil {
		return nil, err
	}
	if err := c.answered(ctx, challenge, expires); err != nil {
		return nil, err
	}
	return c.admit(ctx, who, eid.StatusNonce(login.Signature))
}

// channel is what an answer must be bound to, nil if the manifest wants nothing bound.
func (c *Collector) channel(connection *tls.ConnectionState) ([]byte, error) {
	if !c.manifest.Collector.Channel {
		return nil, nil
	}
	channel, err := eid.ChannelBinding(connection)
	if err != nil {
		return nil, &Refusal{code: codeChannel, err: err}
	}
	return channel, nil
}

// answered notes that a challenge was answered. Only the first answer counts.
func (c *Collector) answered(ctx context.Context, challenge eid.Challenge, expires election.Time) error {
	first, err := c.store.Answer(ctx, challenge, expires.Time(), c.now().Time())
	if err != nil {
		return err
	}
	if !first {
		return &Refusal{code: codeChallenge, err: errors.New("it was answered")}
	}
	return nil
}

func (c *Collector) identify(answer []byte, question *eid.Question) (*eid.Identity, *eid.Login, error) {
	login, err := eid.ParseLogin(answer)
	if err != nil {
		return nil, nil, &Refusal{code: codeLogin, err: err}
	}
	issuers, err := c.manifest.EIDIssuers()
	if err != nil {
		return nil, nil, err
	}
	who, err := login.Verify(issuers, question, c.now().Time())
	if err == nil {
		return who, login, nil
	}
	// The right key over another channel gives the same error as a wrong key over this one,
	// and happens much more often.
	if question.Channel != nil && eid.CodeOf(err) == eid.CodeSignatureInvalid {
		return nil, nil, &Refusal{code: codeChannel, err: err}
	}
	return nil, nil, &Refusal{code: codeLogin, err: err}
}

// LoginByCertificate does the same for who has authenticated as a TLS client, on the
// listener of [Collector.CardHandler]: TLS itself has shown that they hold the key, on
// just this channel and to just this server.
//
// It implements Collector.LoginByCertificate of docs/protocol/casting.md.
func (c *Collector) LoginByCertificate(ctx context.Context, connection *tls.ConnectionState) (*election.Eligibility, error) {
	cert, err := clientCertificate(connection)
	if err != nil {
		return nil, &Refusal{code: codeLogin, err: err}
	}
	issuers, err := c.manifest.EIDIssuers()
	if err != nil {
		return nil, err
	}
	if err := issuers.Verify(cert, eid.Authentication, c.now().Time()); err != nil {
		return nil, &Refusal{code: codeLogin, err: err}
	}
	who, err := c.manifest.EIDRules().IdentityOf(cert)
	if err != nil {
		return nil, &Refusal{code: codeLogin, err: err}
	}
	channel, err := eid.ChannelBinding(connection)
	if err != nil {
		return nil, &Refusal{code: codeLogin, err: err}
	}
	return c.admit(ctx, who, eid.StatusNonce(channel))
}

// clientCertificate is the certificate of the key that signed this handshake. A resumed
// one shows only that the key signed an earlier one.
func clientCertificate(connection *tls.ConnectionState) (*x509.Certificate, error) {
	switch {
	case connection == nil || connection.Version < tls.VersionTLS13:
		return nil, errors.New("the connection is not TLS 1.3")
	case connection.DidResume:
		return nil, errors.New("the connection was resumed")
	case len(connection.PeerCertificates) == 0:
		return nil, errors.New("the client has sent no certificate")
	}
	return connection.PeerCertificates[0], nil
}

// admit asks for the status of the certificate and opens a session.
func (c *Collector) admit(ctx context.Context, who *eid.Identity, nonce []byte) (*election.Eligibility, error) {
	voter, ok := c.bench.Load().roll().ByCode(who.Code)
	if !ok {
		return nil, notOnRoll()
	}
	if err := c.limitLogin(voter.Pseudonym); err != nil {
		return nil, err
	}
	if err := c.checkLogin(ctx, who.Certificate, nonce); err != nil {
		return nil, err
	}
	expires := c.now() + election.Time(sessionTime/time.Second)
	return c.eligibility(ctx, voter, election.Session{Token: c.token(voter.Pseudonym, expires), Expires: expires})
}

func (c *Collector) eligibility(ctx context.Context, voter *election.Voter, session election.Session) (*election.Eligibility, error) {
	times, err := c.store.Times(ctx, voter.Pseudonym.String())
	if err != nil {
		return nil, err
	}
	casts := make([]election.Time, len(times))
	for i, t := range times {
		casts[i] = election.At(t)
	}
	return election.NewEligibility(c.manifest.Fingerprint(), voter.District, voter.Pseudonym, casts, session), nil
}
