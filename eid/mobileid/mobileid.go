// Package mobileid signs with Mobile-ID, keys on a phone's SIM card, by the REST
// protocol that SK ID Solutions publishes (https://github.com/SK-EID/MID).
//
// The protocol's relying party has a secret, relyingPartyUUID, and an agreed network
// address, which no voter has. So in an election the URL is of a service of the
// electoral authority that has the same endpoints, adds the two relyingParty fields and
// forwards the request; the voter's program leaves both empty. Whoever is a relying
// party itself sets them, and gives an HTTP client that accepts the service's own TLS
// key alone, as the documentation asks of relying parties.
//
// A service between cannot sign, and what it gives is checked against the hash that was
// sent. The phone shows the control code of what it signs, and the voter's program that
// of what it asked for: docs/remote-signing.md says what a false service could still do.
//
// Certificates come unjudged: whoever takes the signature asks eid.Issuers.
package mobileid

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"net/http"
	"regexp"

	"valik/eid"
	"valik/eid/internal/rest"
)

// Config says who is asked, by whom, and how. It prints as [redacted].
type Config struct {
	rest.Redacted

	URL string // of the service, to which /certificate and the others are appended; https

	// RelyingPartyUUID and RelyingPartyName are from the agreement with the service.
	// Both are empty where a service between adds them.
	RelyingPartyUUID, RelyingPartyName string

	Country string // of the personal code, two capital letters: EE, LT
	Code    string // the person's
	Phone   string // with the country's prefix: +37200000766

	Language Language // of the phone's dialogue
	// Text is shown on the phone: up to 40 characters of the GSM 7-bit alphabet without
	// its extension, or up to 20 others. It may be empty.
	Text string

	// Show shows the control code to the person, who compares it with the phone's. The
	// request is sent when Show returns, and so it may wait until the code was seen.
	Show func(code string)

	HTTP *http.Client // nil: Go's own
	Wait Wait
}

// Wait says how long the person is waited for.
type Wait = rest.Wait

// Language is a language of the phone's dialogue.
type Language string

// The languages that the protocol has.
const (
	Estonian   Language = "EST"
	English    Language = "ENG"
	Russian    Language = "RUS"
	Lithuanian Language = "LIT"
)

// Client asks one person's phone. It is an eid.Authenticator, and Signer gives an
// eid.Signer. It does not change and may be used by many goroutines, but a phone
// answers one question at a time.
type Client struct {
	rest.Redacted
	asker    *rest.Asker
	show     func(string)
	person   person
	dialogue dialogue
}

var _ eid.Authenticator = (*Client)(nil)

var phoneForm = regexp.MustCompile(`^\+[0-9]{6,15}$`)

// New checks the settings; nothing is sent. The error's code is "config".
func New(cfg Config) (*Client, error) {
	party := rest.Party{UUID: cfg.RelyingPartyUUID, Name: cfg.RelyingPartyName}
	asker, err := rest.Settings{
		URL: cfg.URL, HTTP: cfg.HTTP, Wait: cfg.Wait, Party: party, Country: cfg.Country, Code: cfg.Code,
	}.Open("mobile-id")
	if err != nil {
		return nil, err
	}
	if !phoneForm.MatchString(cfg.Phone) {
		return nil, asker.Config("the phone number is not + and 6 to 15 digits")
	}
	if cfg.Show == nil {
		return nil, asker.Config("nothing shows the control code")
	}
	c := &Client{asker: asker, show: cfg.Show, person: person{party, cfg.Phone, cfg.Code}}
	c.dialogue, err = newDialogue(asker.Client, cfg.Language, cfg.Text)
	return c, err
}

// Authenticate has the person sign a message with the authentication key. It gives up
// after Wait.Limit, or with ctx. Errors are *Error.
func (c *Client) Authenticate(ctx context.Context, message []byte) (*eid.Answer, error) {
	ctx, cancel := c.asker.Within(ctx)
	defer cancel()
	digest := sha256.Sum256(message)
	s, err := c.session(ctx, "authentication", digest[:])
	if err != nil {
		return nil, err
	}
	cert, err := c.asker.Own(s.Cert, x509.KeyUsageDigitalSignature)
	if err != nil {
		return nil, err
	}
	return c.asker.Answer(cert, s.Signature.Algorithm, s.Signature.Value, digest[:])
}

// Signer asks for the person's signing certificate. The phone does not notice. Errors
// are *Error.
func (c *Client) Signer(ctx context.Context) (*Signer, error) {
	ctx, cancel := c.asker.Within(ctx)
	defer cancel()
	answer, err := c.asker.Post(ctx, c.person, "certificate")
	if err != nil {
		return nil, c.asker.Because(err, startStatuses)
	}
	encoded, err := parseCertificate(c.asker.Client, answer)
	if err != nil {
		return nil, err
	}
	cert, err := c.asker.Own(encoded, x509.KeyUsageContentCommitment)
	if err != nil {
		return nil, err
	}
	a, err := c.asker.Algorithm(cert)
	if err != nil {
		return nil, err
	}
	return &Signer{c: c, cert: cert, algorithm: a}, nil
}

// Signer is the signing key of a person's SIM card.
type Signer struct {
	rest.Redacted
	c         *Client
	cert      *x509.Certificate
	algorithm eid.Algorithm
}

var _ eid.Signer = (*Signer)(nil)

// Certificate is the signing certificate.
func (s *Signer) Certificate() *x509.Certificate { return s.cert }

// Algorithm is ES256, or RS256 on old SIM cards.
func (s *Signer) Algorithm() eid.Algorithm { return s.algorithm }

// SignDigest has the person sign a digest of SHA-256. It gives up after Wait.Limit, or
// with ctx. Errors are *Error.
func (s *Signer) SignDigest(ctx context.Context, digest []byte) ([]byte, error) {
	if err := s.c.asker.CheckDigest(digest); err != nil {
		return nil, err
	}
	ctx, cancel := s.c.asker.Within(ctx)
	defer cancel()
	end, err := s.c.session(ctx, "signature", digest)
	if err != nil {
		return nil, err
	}
	_, signature, err := s.c.asker.Signed(s.cert, end.Signature.Algorithm, end.Signature.Value, digest)
	return signature, err
}

// sessions are the sessions of section 3.3.
var sessions = rest.Exchange[session]{Start: startStatuses, Session: sessionStatuses, Read: parseSession}

// session has a digest signed with the key of a purpose, "authentication" or "signature".
func (c *Client) session(ctx context.Context, purpose string, digest []byte) (*session, error) {
	c.show(ControlCode(digest))
	return sessions.Run(ctx, c.asker, request{c.person, digest, "SHA256", c.dialogue}, []string{purpose}, []string{purpose, "session"})
}

// ControlCode gives the four digits that the phone shows for a hash: of its first 6 and
// last 7 bits. hash is not empty.
func ControlCode(hash []byte) string {
	return fmt.Sprintf("%04d", int(hash[0]>>2)<<7|int(hash[len(hash)-1]&0x7f))
}
