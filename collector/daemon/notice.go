package daemon

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"valik/collector"
	"valik/collector/notice"
	"valik/collector/notice/smtp"
	"valik/collector/notice/text"
	"valik/collector/notice/webhook"
	"valik/election"
)

// Notice says how voters are told that a ballot was cast in their name: by exactly one of
// webhook and smtp. Every collector of an election must have it, or none: who takes a ballot
// writes its notice into the queue. A collector that differs does not start.
type Notice struct {
	// GiveUp is how long after the cast a notice is tried, default "72h".
	GiveUp time.Duration `toml:"give_up"`

	// Webhook is the service that reaches the voters.
	Webhook *Webhook `toml:"webhook"`

	// SMTP sends mail to the voters. The keys below it are about its texts.
	SMTP *SMTP `toml:"smtp"`

	// Contact says by language whom to tell of a ballot that one did not cast.
	Contact map[string]string `toml:"contact"`

	// Zone is the time zone of the texts, such as "Europe/Tallinn", default "UTC".
	Zone string `toml:"zone"`

	// Texts is a folder with files such as et.txt that stand before the built-in texts.
	Texts string `toml:"texts"`
}

// Webhook is a service that takes notices by the Standard Webhooks specification.
type Webhook struct {
	URL string `toml:"url"` // https, or http on this machine

	// SecretFile holds whsec_ and the Base64 of 24 to 64 bytes. It must have mode 0600.
	SecretFile string `toml:"secret_file"`
}

// SMTP is a mail server.
type SMTP struct {
	Server   string `toml:"server"`   // host:port
	Security string `toml:"security"` // "starttls" (the default), "tls" or, to this machine alone, "plain"
	Roots    string `toml:"roots"`    // PEM file of what the server's certificate is checked against; default: the system's

	// User and PasswordFile go together. The file must have mode 0600.
	User         string `toml:"user"`
	PasswordFile string `toml:"password_file"`

	From string `toml:"from"` // such as "Elections <noreply@example.ee>"

	// To makes an address of a personal code, such as "{code}@example.ee". Contacts is a file
	// of code, address and language with tabs between them, read at the start, which must have
	// mode 0600; who is not in it is not told. One of the two.
	To       string `toml:"to"`
	Contacts string `toml:"contacts"`
}

// notices makes the channel, if there is one.
func (s *Settings) notices() (collector.Notices, error) {
	if s.Notice == nil {
		return collector.Notices{}, nil
	}
	channel, err := s.channel()
	if err != nil {
		return collector.Notices{}, fmt.Errorf("configuration: notice: %w", err)
	}
	return collector.Notices{Channel: channel, GiveUp: s.Notice.GiveUp}, nil
}

func (s *Settings) channel() (notice.Channel, error) {
	n := s.Notice
	switch {
	case n.GiveUp < 0:
		return nil, errors.New("give_up is not negative")
	case (n.Webhook == nil) == (n.SMTP == nil):
		return nil, errors.New("there must be one of webhook and smtp")
	case n.Webhook != nil:
		return s.webhook()
	}
	return s.smtp()
}

func (s *Settings) webhook() (notice.Channel, error) {
	hook := s.Notice.Webhook
	if hook.URL == "" || hook.SecretFile == "" {
		return nil, errors.New("webhook needs url and secret_file")
	}
	key, err := s.readSecret(hook.SecretFile)
	if err != nil {
		return nil, err
	}
	return webhook.New(webhook.Config{URL: hook.URL, Secret: key})
}

func (s *Settings) smtp() (notice.Channel, error) {
	m := s.Notice.SMTP
	texts, err := s.noticeTexts()
	if err != nil {
		return nil, err
	}
	c := smtp.Config{Server: m.Server, Security: smtp.Security(m.Security), User: m.User, From: m.From, Texts: texts}
	if m.Security == "" {
		c.Security = smtp.StartTLS
	}
	if m.PasswordFile != "" {
		if c.Password, err = s.readSecret(m.PasswordFile); err != nil {
			return nil, err
		}
	}
	if c.Roots, err = s.roots(m.Roots); err != nil {
		return nil, err
	}
	if c.Address, err = s.addresses(texts); err != nil {
		return nil, err
	}
	return smtp.New(c)
}

func (s *Settings) noticeTexts() (*text.Texts, error) {
	zone, err := time.LoadLocation(s.Notice.Zone)
	if err != nil {
		return nil, fmt.Errorf("zone: %w", err)
	}
	var override fs.FS
	if s.Notice.Texts != "" {
		override = os.DirFS(s.path(s.Notice.Texts))
	}
	return text.New(text.Config{Override: override, Zone: zone, Contact: election.Text(s.Notice.Contact)})
}

func (s *Settings) addresses(texts *text.Texts) (smtp.Addresses, error) {
	m := s.Notice.SMTP
	if (m.To == "") == (m.Contacts == "") {
		return nil, errors.New("smtp needs one of to and contacts")
	}
	if m.To != "" {
		return smtp.ParseTemplate(m.To)
	}
	file := s.path(m.Contacts)
	if err := secret(file); err != nil {
		return nil, err
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return smtp.ReadContacts(f, texts.Has)
}

func (s *Settings) roots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil // the system's
	}
	raw, err := os.ReadFile(s.path(file))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(raw) {
		return nil, fmt.Errorf("roots: %s: no certificate in it", file)
	}
	return pool, nil
}

// readSecret reads a file of mode 0600, without the end of its line.
func (s *Settings) readSecret(file string) (string, error) {
	file = s.path(file)
	if err := secret(file); err != nil {
		return "", err
	}
	raw, err := os.ReadFile(file)
	return strings.TrimRight(string(raw), "\r\n"), err
}
