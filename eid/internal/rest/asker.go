package rest

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"net/http"
	"slices"

	"valik/eid"
)

// Settings are those that every service has.
type Settings struct {
	Redacted

	URL           string
	HTTP          *http.Client // nil: Go's own
	Wait          Wait
	Party         Party
	Country, Code string // the person's
}

// Asker asks one person by one service.
type Asker struct {
	Redacted
	*Client
	Wait       Wait
	Identifier string // the person's, such as PNOEE-60001019906
}

// Open checks the settings for a service, whose name begins every error; nothing is sent.
func (s Settings) Open(service string) (*Asker, error) {
	c, err := New(service, s.URL, s.HTTP)
	if err != nil {
		return nil, err
	}
	a := &Asker{Client: c}
	if a.Wait, err = s.Wait.Ready(c); err != nil {
		return nil, err
	}
	if err := s.Party.Check(c); err != nil {
		return nil, err
	}
	a.Identifier, err = c.Identifier(s.Country, s.Code)
	return a, err
}

// Within gives a context that ends with the time for everything.
func (a *Asker) Within(ctx context.Context) (context.Context, context.CancelFunc) {
	return a.Wait.Within(ctx)
}

// Own reads the person's certificate as Client.Person does.
func (a *Asker) Own(encoded string, usage x509.KeyUsage) (*x509.Certificate, error) {
	return a.Person(encoded, a.Identifier, usage)
}

// Answer reads a signature as Signed does and gives what an eid.Authenticator gives.
func (a *Asker) Answer(cert *x509.Certificate, name, encoded string, digest []byte) (*eid.Answer, error) {
	algorithm, signature, err := a.Signed(cert, name, encoded, digest)
	if err != nil {
		return nil, err
	}
	return &eid.Answer{Certificate: cert, Algorithm: algorithm, Signature: signature}, nil
}

// CheckDigest refuses what is no digest of SHA-256.
func (c *Client) CheckDigest(digest []byte) error {
	if len(digest) != sha256.Size {
		return c.Config(fmt.Sprintf("the digest has %d bytes, not %d", len(digest), sha256.Size))
	}
	return nil
}

// Exchange is how a service's sessions go; S is the end of one.
type Exchange[S any] struct {
	Start, Session map[int]Refusal // HTTP statuses of a request and of a question about its session
	// Read reads the answer to a question, and says whether the session is over.
	Read func(c *Client, answer []byte) (end *S, complete bool, err error)
}

// Run begins a session at a path and gives its end. Questions about it go to the path
// questions and the session's identifier.
func (e Exchange[S]) Run(ctx context.Context, a *Asker, request any, begin, questions []string) (*S, error) {
	answer, err := a.Post(ctx, request, begin...)
	if err != nil {
		return nil, a.Because(err, e.Start)
	}
	id, err := a.Session(answer)
	if err != nil {
		return nil, err
	}
	var end *S
	err = a.Await(ctx, a.Wait, func(answer []byte) (complete bool, err error) {
		end, complete, err = e.Read(a.Client, answer)
		return complete, err
	}, append(slices.Clip(questions), id)...)
	if err != nil {
		return nil, a.Because(err, e.Session)
	}
	return end, nil
}
