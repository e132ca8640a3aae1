// Package smtp sends notices by mail (RFC 5321), over TLS.
package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"valik/collector/notice"
	"valik/collector/notice/text"
)

// patience is how long the server may be silent.
const patience = 30 * time.Second

// Security says how the connection to the server is protected.
type Security string

const (
	StartTLS Security = "starttls" // RFC 3207, and nothing is sent to a server without it
	Implicit Security = "tls"      // RFC 8314
	Plain    Security = "plain"    // only to an address of this machine
)

// Config says who sends mail, and to whom.
type Config struct {
	Server   string // host:port
	Security Security
	Roots    *x509.CertPool // for the server's certificate; nil: those of the system

	User, Password string // both or none, never with Plain

	From    string // address, with or without a name
	Address Addresses
	Texts   *text.Texts
}

// Channel sends mail.
type Channel struct {
	config Config
	host   string
	port   int
	from   *netmail.Address
}

// New refuses what would send a voter's address or the password unprotected.
func New(c Config) (*Channel, error) {
	host, service, err := net.SplitHostPort(c.Server)
	if err != nil || host == "" {
		return nil, errors.New("smtp: server is not host:port")
	}
	port, err := net.LookupPort("tcp", service)
	if err != nil || port == 0 {
		return nil, errors.New("smtp: the port of server is not one")
	}
	from, err := netmail.ParseAddress(c.From)
	if err != nil || !ascii(from.Address) {
		return nil, errors.New("smtp: from is not an address")
	}
	if c.Address == nil || c.Texts == nil {
		return nil, errors.New("smtp: addresses and texts are missing")
	}
	if err := c.checkSecurity(host); err != nil {
		return nil, err
	}
	return &Channel{c, host, port, from}, nil
}

func (c *Config) checkSecurity(host string) error {
	if (c.User == "") != (c.Password == "") {
		return errors.New("smtp: user and password go together")
	}
	switch c.Security {
	case StartTLS, Implicit:
		return nil
	case Plain:
		// An address, since a name could lead elsewhere.
		if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
			return errors.New("smtp: without TLS the server must be an address of this machine, such as 127.0.0.1")
		}
		if c.User != "" {
			return errors.New("smtp: a password is not sent without TLS")
		}
		return nil
	}
	return fmt.Errorf("smtp: security is %q, not starttls, tls or plain", c.Security)
}

// Deliver gives one mail to the server.
func (c *Channel) Deliver(ctx context.Context, n notice.Notice) error {
	to, err := c.config.Address.Of(n.Code)
	if err != nil {
		return err
	}
	message, err := c.message(n, to)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the connection too: the library leaves it open after some errors
	client, err := c.client(ctx)
	if err != nil {
		return errors.New("smtp: the settings do not make a client")
	}
	err = client.DialAndSendWithContext(ctx, message)
	if err == nil || message.IsDelivered() { // a farewell that fails makes no second mail
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return outcome(err)
}

// message has the same Message-ID at every attempt: a mailbox can drop the second.
func (c *Channel) message(n notice.Notice, to Address) (*mail.Msg, error) {
	subject, body, err := c.config.Texts.Write(n, to.Language)
	if err != nil {
		return nil, &notice.Permanent{Err: errors.New("smtp: the text cannot be written")}
	}
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	m.FromMailAddress(c.from)
	m.ToMailAddress(&netmail.Address{Address: to.Mail})
	m.SetMessageIDWithValue(n.ID + c.from.Address[strings.LastIndexByte(c.from.Address, '@'):])
	m.SetDate()
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no robot is to answer
	m.Subject(subject)
	m.SetBodyString(mail.TypeTextPlain, body)
	return m, nil
}

func (c *Channel) client(ctx context.Context) (*mail.Client, error) {
	config := &tls.Config{ServerName: c.host, RootCAs: c.config.Roots, MinVersion: tls.VersionTLS12}
	options := []mail.Option{
		mail.WithPort(c.port), mail.WithTimeout(patience), mail.WithTLSConfig(config), mail.WithoutNoop(), mail.WithoutRset(),
		mail.WithDialContextFunc(c.dial(ctx, config)),
	}
	switch c.config.Security {
	case Plain:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	case StartTLS:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case Implicit:
		options = append(options, mail.WithSSL())
	}
	if c.config.User != "" {
		options = append(options, mail.WithUsername(c.config.User), mail.WithPassword(c.config.Password),
			mail.WithSMTPAuth(mail.SMTPAuthPlain)) // only ever inside of TLS
	}
	return mail.NewClient(c.host, options...)
}

// dial makes connections that end with the attempt's context, which the library heeds only while it dials.
func (c *Channel) dial(attempt context.Context, config *tls.Config) mail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		ends := &ending{Conn: conn}
		ends.forget = context.AfterFunc(attempt, func() { _ = conn.Close() })
		if c.config.Security != Implicit {
			return ends, nil
		}
		secure := tls.Client(ends, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			_ = ends.Close()
			return nil, err
		}
		return secure, nil
	}
}

// ending is a connection that forgets the context when it is closed.
type ending struct {
	net.Conn
	forget func() bool
}

func (e *ending) Close() error {
	e.forget()
	return e.Conn.Close()
}

// outcome keeps no more than the reply's code, since servers repeat the address in the rest.
// A refusal is for good only once the server has taken the sender: what it says before is about
// the settings, which somebody can mend while the notices wait.
func outcome(err error) error {
	code, answered := 0, false
	var send *mail.SendError
	var reply *textproto.Error
	switch {
	case errors.As(err, &send) && send.ErrorCode() != 0:
		code = send.ErrorCode()
		answered = send.Reason == mail.ErrSMTPRcptTo || send.Reason == mail.ErrSMTPData || send.Reason == mail.ErrSMTPDataClose
	case errors.As(err, &reply):
		code = reply.Code
	default:
		return errors.New("smtp: the server cannot be reached, or not as the settings say")
	}
	err = fmt.Errorf("smtp: the server answers %d", code)
	if answered && code/100 == 5 {
		return &notice.Permanent{Err: err}
	}
	return &notice.Later{Err: err}
}
