// Package smartid signs with Smart-ID, RSA keys that a phone and a server hold together,
// by version 2 of the relying party API that SK ID Solutions publishes
// (https://github.com/SK-EID/smart-id-documentation, README.md).
//
// Version 2 signs a plain hash and gives the signature, for authentication as for
// signing, which is what eid.Answer and a container carry. It is in service: the
// documentation lists its address beside version 3's and says that versions 1 and 2
// remain working as they are. In version 3 an authentication signs a structure of the
// service's own (ACSP_V2) instead of the message, so that an eid.Login could not carry
// it; its signatures of documents are RSASSA-PSS, which eid knows as PS256. What version
// 3 has beyond that is links from one device to the other, which resist phishing better
// than a control code: docs/remote-signing.md says what a false service could do.
//
// The protocol's relying party has a secret, relyingPartyUUID, and an agreed network
// address, which no voter has. So in an election the URL is of a service of the
// electoral authority that has the same endpoints, adds the two relyingParty fields and
// forwards the request; the voter's program leaves both empty. Whoever is a relying
// party itself sets them, and gives an HTTP client that accepts the service's own TLS
// key alone, as the documentation asks of relying parties.
//
// Certificates come unjudged: whoever takes the signature asks eid.Issuers.
package smartid

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"net/http"

	"valik/eid"
	"valik/eid/internal/rest"
)

// Config says who is asked, by whom, and how. It prints as [redacted].
type Config struct {
	rest.Redacted

	URL string // of the service with its version, such as https://example.ee/rp/v2; https

	// RelyingPartyUUID and RelyingPartyName are from the agreement with the service.
	// Both are empty where a service between adds them.
	RelyingPartyUUID, RelyingPartyName string

	Country string // of the personal code, two capital letters: EE, LV, LT
	Code    string // the person's

	Level Level  // the least that is accepted; Qualified if empty
	Text  string // what the app shows, 1 to 60 characters, in the voter's language

	// Show shows the control code to the person, who finds it in the app. The request is
	// sent when Show returns: the documentation asks for some seconds to read the code,
	// since the app may cover it.
	Show func(code string)

	HTTP *http.Client // nil: Go's own
	Wait Wait
}

// Wait says how long the person is waited for.
type Wait = rest.Wait

// Level is a level of a certificate.
type Level string

// The levels that the protocol has. Elections take Qualified.
const (
	Advanced  Level = "ADVANCED"
	Qualified Level = "QUALIFIED"
)

// Client asks one person's app. It is an eid.Authenticator, and Signer gives an
// eid.Signer. It does not change and may be used by many goroutines, but an app
// answers one question at a time.
type Client struct {
	rest.Redacted
	asker  *rest.Asker
	show   func(string)
	header header
	text   string
}

var _ eid.Authenticator = (*Client)(nil)

// New checks the settings; nothing is sent. The error's code is "config".
func New(cfg Config) (*Client, error) {
	party := rest.Party{UUID: cfg.RelyingPartyUUID, Name: cfg.RelyingPartyName}
	asker, err := rest.Settings{
		URL: cfg.URL, HTTP: cfg.HTTP, Wait: cfg.Wait, Party: party, Country: cfg.Country, Code: cfg.Code,
	}.Open("smart-id")
	if err != nil {
		return nil, err
	}
	if cfg.Level == "" {
		cfg.Level = Qualified
	}
	if cfg.Level != Qualified && cfg.Level != Advanced {
		return nil, asker.Config("the level is neither ADVANCED nor QUALIFIED")
	}
	if cfg.Show == nil {
		return nil, asker.Config("nothing shows the control code")
	}
	c := &Client{asker: asker, show: cfg.Show, header: header{Party: party, Level: cfg.Level}, text: cfg.Text}
	return c, checkText(asker.Client, cfg.Text)
}

// Authenticate has the person sign a message with the authentication key. It gives up
// after Wait.Limit, or with ctx. Errors are *Error.
func (c *Client) Authenticate(ctx context.Context, message []byte) (*eid.Answer, error) {
	ctx, cancel := c.asker.Within(ctx)
	defer cancel()
	digest := sha256.Sum256(message)
	s, err := c.sign(ctx, digest[:], "authentication", "etsi", c.asker.Identifier)
	if err != nil {
		return nil, err
	}
	cert, err := c.certificate(s, x509.KeyUsageDigitalSignature)
	if err != nil {
		return nil, err
	}
	return c.asker.Answer(cert, s.Signature.Algorithm, s.Signature.Value, digest[:])
}

// Signer has the person choose a certificate: with several devices the app asks on which
// one. Errors are *Error.
func (c *Client) Signer(ctx context.Context) (*Signer, error) {
	ctx, cancel := c.asker.Within(ctx)
	defer cancel()
	s, err := c.session(ctx, choice{c.header.fresh()}, "certificatechoice", "etsi", c.asker.Identifier)
	if err != nil {
		return nil, err
	}
	cert, err := c.certificate(s, x509.KeyUsageContentCommitment)
	if err != nil {
		return nil, err
	}
	a, err := c.asker.Algorithm(cert)
	if err != nil {
		return nil, err
	}
	if !documentForm.MatchString(s.Result.Document) {
		return nil, c.asker.Refuse(rest.AnswerForm)
	}
	return &Signer{c: c, cert: cert, algorithm: a, document: s.Result.Document}, nil
}

// certificate takes the certificate out of a session's end.
func (c *Client) certificate(s *session, usage x509.KeyUsage) (*x509.Certificate, error) {
	if l := s.Cert.Level; l != Qualified && (l != Advanced || c.header.Level == Qualified) {
		return nil, c.asker.Refuse(lowLevel)
	}
	return c.asker.Own(s.Cert.Value, usage)
}

// Signer is the signing key of one of a person's Smart-ID accounts.
type Signer struct {
	rest.Redacted
	c         *Client
	cert      *x509.Certificate
	algorithm eid.Algorithm
	document  string
}

var _ eid.Signer = (*Signer)(nil)

// Certificate is the signing certificate.
func (s *Signer) Certificate() *x509.Certificate { return s.cert }

// Algorithm is RS256.
func (s *Signer) Algorithm() eid.Algorithm { return s.algorithm }

// SignDigest has the person sign a digest of SHA-256. It gives up after Wait.Limit, or
// with ctx. Errors are *Error.
func (s *Signer) SignDigest(ctx context.Context, digest []byte) ([]byte, error) {
	asker := s.c.asker
	if err := asker.CheckDigest(digest); err != nil {
		return nil, err
	}
	ctx, cancel := asker.Within(ctx)
	defer cancel()
	end, err := s.c.sign(ctx, digest, "signature", "document", s.document)
	if err != nil {
		return nil, err
	}
	cert, err := s.c.certificate(end, x509.KeyUsageContentCommitment)
	if err != nil {
		return nil, err
	}
	// The data that is signed names the certificate chosen before.
	if !bytes.Equal(cert.Raw, s.cert.Raw) {
		return nil, asker.Refuse(otherCertificate)
	}
	_, signature, err := asker.Signed(s.cert, end.Signature.Algorithm, end.Signature.Value, digest)
	return signature, err
}

// sessions are the sessions of section 2.3.12.
var sessions = rest.Exchange[session]{Start: startStatuses, Session: sessionStatuses, Read: parseSession}

// sign has a digest signed by what a path names.
func (c *Client) sign(ctx context.Context, digest []byte, path ...string) (*session, error) {
	c.show(ControlCode(digest))
	return c.session(ctx, request{c.header.fresh(), digest, "SHA256", interactions(c.text)}, path...)
}

// session begins a session and gives its end.
func (c *Client) session(ctx context.Context, request any, path ...string) (*session, error) {
	return sessions.Run(ctx, c.asker, request, path, []string{"session"})
}

// ControlCode gives the four digits that the app shows for a hash: the last two bytes of
// its SHA-256, as a number modulo 10000.
func ControlCode(hash []byte) string {
	sum := sha256.Sum256(hash)
	return fmt.Sprintf("%04d", binary.BigEndian.Uint16(sum[30:])%10000)
}
