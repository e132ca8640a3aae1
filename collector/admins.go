package collector

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
)

var errNotAdmin = errors.New("collector: this certificate is not one of those that may do this")

// Admins are the certificates of those who may use the admin listener, each pinned as a
// whole: no issuer can make another. Neither their validity nor a revocation list is looked
// at, since the list itself says who may, and a wrong clock must not lock out who has to put
// it right: a certificate is revoked by taking it out. The zero value has nobody in it. The
// methods may be called at once from many goroutines.
type Admins struct {
	pins atomic.Pointer[map[[sha256.Size]byte]bool]
}

// Set takes the certificates of a PEM file instead of those before. With an error those
// before stay. A file with nothing in it is an error.
func (a *Admins) Set(file []byte) error {
	pins := map[[sha256.Size]byte]bool{}
	for rest := file; strings.TrimSpace(string(rest)) != ""; {
		block, after := pem.Decode(rest)
		if block == nil || block.Type != "CERTIFICATE" {
			return errors.New("collector: there is something else than PEM certificates among the admins' certificates")
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return fmt.Errorf("collector: certificate %d of the admins: %w", len(pins)+1, err)
		}
		pins[sha256.Sum256(cert.Raw)] = true
		rest = after
	}
	if len(pins) == 0 {
		return errors.New("collector: there is no certificate among the admins' certificates")
	}
	a.pins.Store(&pins)
	return nil
}

// Allows says whether this certificate is one of them.
func (a *Admins) Allows(cert *x509.Certificate) bool {
	if a == nil {
		return false
	}
	pins := a.pins.Load()
	return pins != nil && (*pins)[sha256.Sum256(cert.Raw)]
}

// TLS is how the listener of [Collector.AdminHandler] asks for certificates: who has none of
// these, or not its key, does not get beyond the handshake. No session is resumed, so that
// every connection is judged by the list as it is.
func (a *Admins) TLS(server GetCertificate) *tls.Config {
	config := ServerTLS(server)
	config.ClientAuth, config.SessionTicketsDisabled = tls.RequireAnyClientCert, true
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) == 0 || !a.Allows(state.PeerCertificates[0]) {
			return errNotAdmin
		}
		return nil
	}
	return config
}

// GetCertificate gives the server's certificate for a handshake, as [tls.Config] wants it.
type GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error)

// ServerTLS is TLS 1.3 with this certificate, for HTTP.
func ServerTLS(server GetCertificate) *tls.Config {
	return &tls.Config{GetCertificate: server, MinVersion: tls.VersionTLS13, NextProtos: []string{"h2", "http/1.1"}}
}
