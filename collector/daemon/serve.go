package daemon

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"valik/collector"
)

const (
	shutdownTime = 30 * time.Second
	headerBytes  = 16 << 10
	streams      = 64 // requests at once in one HTTP/2 connection
)

// times limit how long a client may take. header holds for the TLS handshake too.
type times struct{ header, read, write, idle time.Duration }

var serverTimes = times{
	header: 10 * time.Second,
	read:   time.Minute, // a ballot over a slow line
	write:  2 * time.Minute,
	idle:   4 * time.Minute, // a voter who looks for the PIN keeps the connection to which the sign-on is bound
}

// adminTimes have room for a function that acts, which answers when it is done.
var adminTimes = times{header: serverTimes.header, read: serverTimes.read, write: time.Hour, idle: serverTimes.idle}

// Addresses are where a collector listens; "" where it does not.
type Addresses struct{ Public, Cards, Admin string }

// Serve runs a collector until ctx ends: then it takes no more requests, answers those that
// it has, and commits every ballot that waits. ready is told the addresses. A value from
// reload makes it read the election's folder again, and the certificates.
func Serve(ctx context.Context, s *Settings, keys Keys, logger *slog.Logger, reload <-chan struct{}, ready func(Addresses)) error {
	config, err := s.collector(keys, logger)
	if err != nil {
		return err
	}
	own, err := s.credentials()
	if err != nil {
		return err
	}
	config.Admins, config.Renew = own.admins, own.renew
	c, err := collector.New(ctx, config)
	if err != nil {
		return err
	}
	all := &listeners{logger: logger, failed: make(chan error, 3)}
	err = all.run(ctx, s, own, c, reload, ready)
	return errors.Join(err, c.Close())
}

func (l *listeners) run(ctx context.Context, s *Settings, own *credentials, c *collector.Collector, reload <-chan struct{}, ready func(Addresses)) error {
	addresses, err := l.open(s, own, c)
	if err != nil {
		return errors.Join(err, l.stop())
	}
	if own.acme != nil {
		go own.acme.fetch(ctx, l.logger)
	}
	ready(addresses)
	for {
		select {
		case err := <-l.failed:
			l.running--
			return errors.Join(err, l.stop())
		case <-reload:
			if err := c.ReloadBy(ctx, collector.BySignal); err != nil {
				l.logger.Error("not everything was read again", "error", err)
			}
		case <-ctx.Done():
			return l.stop()
		}
	}
}

// listeners are the servers of one collector.
type listeners struct {
	logger  *slog.Logger
	servers []*http.Server
	running int
	failed  chan error // what a server ended with
}

// open starts to serve and gives the addresses.
func (l *listeners) open(s *Settings, own *credentials, c *collector.Collector) (a Addresses, err error) {
	if a.Public, err = l.serve(s.Listen, own.public, c.Handler(), serverTimes); err != nil {
		return a, err
	}
	if s.Cards != "" {
		if a.Cards, err = l.serve(s.Cards, collector.CardTLS(own.public.GetCertificate), c.CardHandler(), serverTimes); err != nil {
			return a, err
		}
	}
	if s.Admin.Listen != "" {
		a.Admin, err = l.serve(s.Admin.Listen, own.admins.TLS(own.admin), c.AdminHandler(), adminTimes)
	}
	return a, err
}

// serve starts a server on an address, with TLS unless config is nil.
func (l *listeners) serve(address string, config *tls.Config, handler http.Handler, limits times) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", err
	}
	scheme := "http"
	if config != nil {
		scheme, listener = "https", tls.NewListener(listener, config)
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: limits.header, ReadTimeout: limits.read, WriteTimeout: limits.write,
		IdleTimeout: limits.idle, MaxHeaderBytes: headerBytes, HTTP2: &http.HTTP2Config{MaxConcurrentStreams: streams},
		ErrorLog: errorLog(l.logger),
	}
	l.servers = append(l.servers, server)
	l.running++
	go func() { l.failed <- server.Serve(listener) }()
	return scheme + "://" + listener.Addr().String(), nil
}

// stop lets the requests that are running finish; the collector still commits for them.
func (l *listeners) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	var all error
	for _, server := range l.servers {
		all = errors.Join(all, server.Shutdown(ctx))
	}
	for range l.running {
		if late := <-l.failed; !errors.Is(late, http.ErrServerClosed) {
			all = errors.Join(all, late)
		}
	}
	return all
}

// Export writes the record and the sealed part into a new folder after the close, and that
// it did into the journal.
func Export(ctx context.Context, s *Settings, keys Keys, logger *slog.Logger, dir string) error {
	config, err := s.collector(keys, logger)
	if err != nil {
		return err
	}
	c, err := collector.New(ctx, config)
	if err != nil {
		return err
	}
	return errors.Join(c.ExportBy(ctx, collector.ByCommand, dir), c.Close())
}
