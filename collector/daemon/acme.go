package daemon

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"valik/collector"
)

// ACME is the section [acme]: the public listener gets its certificate from an authority
// (RFC 8555) and renews it by itself. The authority must reach the listener at port 443 of
// every domain, with nobody between who ends TLS (RFC 8737). It excludes tls_certificate.
// To use it is to accept the authority's terms of service.
type ACME struct {
	// Domains are the names to get certificates for: the host of the manifest's collector
	// address, and that of `cards` if it differs.
	Domains []string `toml:"domains"`
	// Cache is the folder for account, certificates and their keys, with mode 0700. Collectors
	// that share the domains share it too, or the authority's question may reach one that
	// does not know the answer.
	Cache string `toml:"cache"`
	// Email is where the authority may write to, if anywhere.
	Email string `toml:"email"`
	// Directory is the URL of the authority, default Let's Encrypt.
	Directory string `toml:"directory"`
	// Roots is a PEM file with the roots by which the authority's own server is judged, for a
	// rehearsal with one of your own. Default: the system's.
	Roots string `toml:"roots"`
}

func (a ACME) on() bool {
	return len(a.Domains) > 0 || a.Cache != "" || a.Email != "" || a.Directory != "" || a.Roots != ""
}

func (a ACME) check(s *Settings) error {
	switch {
	case !a.on():
		return nil
	case len(a.Domains) == 0 || slices.Contains(a.Domains, ""):
		return errors.New("configuration: acme.domains is missing, or has an empty name")
	case a.Cache == "":
		return errors.New("configuration: acme.cache is missing")
	case s.TLSCertificate != "":
		return errors.New("configuration: tls_certificate and [acme] exclude each other")
	}
	return nil
}

const (
	acmeTime  = time.Minute // of one request to the authority
	acmePause = time.Minute // after a certificate that could not be had
)

// acmeClient gets certificates.
type acmeClient struct {
	manager *autocert.Manager
	domains []string
}

func newACME(s *Settings) (*acmeClient, error) {
	cache := s.path(s.ACME.Cache)
	if err := private(cache); err != nil {
		return nil, err
	}
	speaks, err := s.ACME.http(s)
	if err != nil {
		return nil, err
	}
	return &acmeClient{domains: s.ACME.Domains, manager: &autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(cache), HostPolicy: autocert.HostWhitelist(s.ACME.Domains...),
		Email: s.ACME.Email, Client: &acme.Client{DirectoryURL: s.ACME.Directory, HTTPClient: speaks, UserAgent: "valik"},
	}}, nil
}

func (a ACME) http(s *Settings) (*http.Client, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if a.Roots != "" {
		file, err := os.ReadFile(s.path(a.Roots))
		if err != nil {
			return nil, fmt.Errorf("configuration: acme.roots: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(file) {
			return nil, errors.New("configuration: acme.roots: there is no certificate in it")
		}
	}
	// No connection is kept: the authority is asked once in weeks.
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, ForceAttemptHTTP2: true, DisableKeepAlives: true}
	return &http.Client{Transport: transport, Timeout: acmeTime}, nil
}

// tls is the public listener's side of TLS. It answers the authority's question as well.
func (a *acmeClient) tls() *tls.Config {
	config := collector.ServerTLS(a.get)
	config.NextProtos = append(config.NextProtos, acme.ALPNProto)
	return config
}

var _ collector.GetCertificate = (*acmeClient)(nil).get

// get gives the certificate of the name that the client asks for. There is one for each,
// with an ECDSA key: TLS 1.3 demands P-256 of every client (RFC 8446, 9.1), while autocert
// takes one that offers no cipher suite of TLS 1.2 for old, and would get a second with RSA.
func (a *acmeClient) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	modern := *hello
	modern.SignatureSchemes, modern.SupportedCurves = nil, nil
	modern.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
	return a.manager.GetCertificate(&modern)
}

// fetch gets what is not in the cache, so that no voter has to wait for it, and tries again
// until ctx ends; what it is just asking for may take minutes longer. Renewal is autocert's.
func (a *acmeClient) fetch(ctx context.Context, logger *slog.Logger) {
	for _, domain := range a.domains {
		for {
			_, err := a.get(&tls.ClientHelloInfo{ServerName: domain})
			if err == nil {
				logger.Info("there is a certificate", "domain", domain)
				break
			}
			logger.Error("no certificate could be had", "domain", domain, "error", err)
			select {
			case <-time.After(acmePause):
			case <-ctx.Done():
				return
			}
		}
	}
}

// private makes a folder that nobody else can read, or refuses one that others can.
func private(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s: %w", dir, errFolderMode)
	}
	if !info.IsDir() {
		return &fs.PathError{Op: "open", Path: dir, Err: fs.ErrInvalid}
	}
	return nil
}

var errFolderMode = errors.New("the folder can be read by others: chmod 700")
