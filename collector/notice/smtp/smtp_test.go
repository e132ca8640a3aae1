package smtp

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	server "github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"valik/collector/notice"
	"valik/collector/notice/text"
	"valik/election"
)

var one = notice.Notice{
	ID: "Zm9v", Code: "38001010000", Title: election.Text{"en": "Title\r\nBcc: y@example.ee"},
	Languages: []string{"en"}, Cast: time.Unix(1_700_000_000, 0),
}

// post is a mail server that keeps what it takes.
type post struct {
	mu      sync.Mutex
	to      []string
	mails   []string
	secure  []bool
	refuse  map[string]error // by command
	auth    bool
	hang    chan struct{}
	address string
	roots   *x509.CertPool
}

func (p *post) NewSession(c *server.Conn) (server.Session, error) {
	_, secure := c.TLSConnectionState()
	return &session{p, secure, !p.auth}, nil
}

type session struct {
	p              *post
	secure, signed bool
}

func (s *session) Reset()                   {}
func (s *session) Logout() error            { return nil }
func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "collector" || password != "password" {
			return server.ErrAuthFailed
		}
		s.signed = true
		return nil
	}), nil
}

func (s *session) Mail(string, *server.MailOptions) error {
	if !s.signed {
		return server.ErrAuthRequired
	}
	return s.p.refuse["MAIL"]
}

func (s *session) Rcpt(to string, _ *server.RcptOptions) error {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.to = append(s.p.to, to)
	return s.p.refuse["RCPT"]
}

func (s *session) Data(r io.Reader) error {
	if s.p.hang != nil {
		<-s.p.hang
	}
	all, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.mails = append(s.p.mails, string(all))
	s.p.secure = append(s.p.secure, s.secure)
	return s.p.refuse["DATA"]
}

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

func start(t *testing.T, p *post, security Security) *post {
	t.Helper()
	cert, roots := certificate(t)
	p.roots = roots
	s := server.NewServer(p)
	s.Domain = "localhost"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p.address = l.Addr().String()
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	switch security {
	case StartTLS:
		s.TLSConfig = config
	case Implicit:
		l = tls.NewListener(l, config)
	}
	s.ErrorLog = quiet{}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		require.NoError(t, s.Close())
		<-done
	})
	return p
}

// quiet drops what the server says of refused handshakes.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func (p *post) config(t *testing.T, security Security) Config {
	t.Helper()
	texts, err := text.New(text.Config{Contact: election.Text{"en": "help@example.ee"}})
	require.NoError(t, err)
	to, err := ParseTemplate("{code}@example.ee")
	require.NoError(t, err)
	return Config{Server: p.address, Security: security, Roots: p.roots, From: "Elections <noreply@example.ee>", Address: to, Texts: texts}
}

func deliver(t *testing.T, c Config) error {
	t.Helper()
	channel, err := New(c)
	require.NoError(t, err)
	err = channel.Deliver(t.Context(), one)
	if err != nil {
		require.NotContains(t, err.Error(), one.Code)
		require.NotContains(t, err.Error(), "password")
	}
	return err
}

func TestDelivered(t *testing.T) {
	for _, security := range []Security{StartTLS, Implicit, Plain} {
		t.Run(string(security), func(t *testing.T) {
			p := start(t, &post{auth: security != Plain}, security)
			c := p.config(t, security)
			if security != Plain {
				c.User, c.Password = "collector", "password"
			}
			require.NoError(t, deliver(t, c))
			require.NoError(t, deliver(t, c))
			require.Equal(t, []string{"38001010000@example.ee", "38001010000@example.ee"}, p.to)
			require.Equal(t, []bool{security != Plain, security != Plain}, p.secure)
			for _, raw := range p.mails { // the second attempt has the same Message-ID
				m, err := netmail.ReadMessage(strings.NewReader(raw))
				require.NoError(t, err)
				require.Equal(t, "<Zm9v@example.ee>", m.Header.Get("Message-ID"))
				require.Equal(t, "auto-generated", m.Header.Get("Auto-Submitted"))
				require.Equal(t, "A ballot was cast in your name: Title Bcc: y@example.ee", m.Header.Get("Subject"))
				require.Empty(t, m.Header.Get("Bcc"))
				require.Equal(t, `"Elections" <noreply@example.ee>`, m.Header.Get("From"))
			}
		})
	}
}

func TestNothingIsSentUnprotected(t *testing.T) {
	plain := start(t, &post{}, Plain)
	require.Error(t, deliver(t, plain.config(t, StartTLS)), "a server without STARTTLS")
	require.Error(t, deliver(t, plain.config(t, Implicit)), "a server without TLS")
	for _, security := range []Security{StartTLS, Implicit} {
		p := start(t, &post{}, security)
		c := p.config(t, security)
		_, c.Roots = certificate(t)
		require.Error(t, deliver(t, c), "a certificate of other roots")
		c.Roots = nil
		require.Error(t, deliver(t, c), "a certificate that the system does not know")
		require.Empty(t, p.to)
	}
	require.Empty(t, plain.to)
}

func TestOutcomes(t *testing.T) {
	for _, row := range []struct {
		command   string
		code      int
		permanent bool
	}{
		{"RCPT", 550, true},
		{"DATA", 554, true},
		{"RCPT", 450, false},
		{"DATA", 451, false},
		{"MAIL", 550, false}, // the settings' sender, not the voter's address
	} {
		reply := &server.SMTPError{Code: row.code, Message: one.Code + "@example.ee is not here"}
		p := start(t, &post{refuse: map[string]error{row.command: reply}}, StartTLS)
		err := deliver(t, p.config(t, StartTLS))
		var permanent *notice.Permanent
		var later *notice.Later
		if row.permanent {
			require.ErrorAs(t, err, &permanent, "%+v", row)
		} else {
			require.ErrorAs(t, err, &later, "%+v", row)
		}
		require.ErrorContains(t, err, "the server answers")
	}
}

func TestWrongPasswordIsTriedAgain(t *testing.T) {
	p := start(t, &post{auth: true}, StartTLS)
	c := p.config(t, StartTLS)
	c.User, c.Password = "collector", "wrong password"
	err := deliver(t, c)
	require.Error(t, err)
	var permanent *notice.Permanent
	require.NotErrorAs(t, err, &permanent)
	require.Empty(t, p.mails)
}

func TestContextEndsAnAttempt(t *testing.T) {
	hang := make(chan struct{})
	p := start(t, &post{hang: hang}, StartTLS)
	t.Cleanup(func() { close(hang) })
	channel, err := New(p.config(t, StartTLS))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	require.ErrorIs(t, channel.Deliver(ctx, one), context.DeadlineExceeded)
	require.Less(t, time.Since(began), patience/2)
}

func TestRefusedSettings(t *testing.T) {
	p := &post{address: "mail.example.ee:587"}
	for name, change := range map[string]func(*Config){
		"plain to the network":   func(c *Config) { c.Security = Plain },
		"plain to a name":        func(c *Config) { c.Server, c.Security = "localhost:25", Plain },
		"a password in the open": func(c *Config) { c.Server, c.Security, c.User, c.Password = "127.0.0.1:25", Plain, "u", "p" },
		"no security":            func(c *Config) { c.Security = "" },
		"no port":                func(c *Config) { c.Server = "mail.example.ee" },
		"user alone":             func(c *Config) { c.User = "u" },
		"no from":                func(c *Config) { c.From = "noreply" },
		"no addresses":           func(c *Config) { c.Address = nil },
	} {
		c := p.config(t, StartTLS)
		change(&c)
		_, err := New(c)
		require.Error(t, err, name)
	}
}
