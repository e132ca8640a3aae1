package daemon

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"valik/collector"
)

// certificate is the server's, from files that may be renewed while it serves.
type certificate struct {
	file, keyFile string
	now           atomic.Pointer[tls.Certificate]
}

func openCertificate(file, keyFile string) (*certificate, error) {
	c := &certificate{file: file, keyFile: keyFile}
	return c, c.renew()
}

// renew reads the files again. Connections that stand go on with what they have; with an
// error, so do new ones.
func (c *certificate) renew() error {
	if err := secret(c.keyFile); err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.file, c.keyFile)
	if err != nil {
		return fmt.Errorf("the certificate %s: %w", c.file, err)
	}
	c.now.Store(&pair)
	return nil
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.now.Load(), nil }

// credentials are what the listeners authenticate themselves and their clients with.
type credentials struct {
	public   *tls.Config // nil for plain HTTP
	admin    collector.GetCertificate
	admins   *collector.Admins // nil without an admin listener
	renewals []func() error
	acme     *acmeClient // nil without ACME
}

func (s *Settings) credentials() (*credentials, error) {
	c := &credentials{}
	for _, step := range []func(*Settings) error{c.openPublic, c.openACME, c.openAdmin} {
		if err := step(s); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *credentials) openPublic(s *Settings) error {
	if s.TLSCertificate == "" {
		return nil
	}
	own, err := openCertificate(s.path(s.TLSCertificate), s.path(s.TLSKey))
	if err != nil {
		return err
	}
	c.public = collector.ServerTLS(own.get)
	c.admin = own.get
	c.renewals = append(c.renewals, own.renew)
	return nil
}

func (c *credentials) openACME(s *Settings) error {
	if !s.ACME.on() {
		return nil
	}
	client, err := newACME(s)
	if err != nil {
		return err
	}
	c.acme, c.public = client, client.tls()
	return nil
}

func (c *credentials) openAdmin(s *Settings) error {
	if s.Admin.Listen == "" {
		return nil
	}
	if s.Admin.Certificate != "" {
		own, err := openCertificate(s.path(s.Admin.Certificate), s.path(s.Admin.Key))
		if err != nil {
			return err
		}
		c.admin = own.get
		c.renewals = append(c.renewals, own.renew)
	}
	c.admins = new(collector.Admins)
	clients := func() error {
		file, err := os.ReadFile(s.path(s.Admin.Clients))
		if err != nil {
			return err
		}
		return c.admins.Set(file)
	}
	c.renewals = append(c.renewals, clients)
	return clients()
}

// renew reads anew all that may have been renewed.
func (c *credentials) renew() (all error) {
	for _, renew := range c.renewals {
		all = errors.Join(all, renew())
	}
	return all
}
