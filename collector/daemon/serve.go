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
	headerTime   = 10 * time.Second
	readTime     = time.Minute // a ballot over a slow line
	writeTime    = 2 * time.Minute
	idleTime     = 4 * time.Minute // a voter who looks for the PIN keeps the connection to which the sign-on is bound
	shutdownTime = 30 * time.Second
	headerBytes  = 16 << 10
)

// Serve runs a collector until ctx ends: then it takes no more requests, answers those that
// it has, and commits every ballot that waits. ready is told the addresses, that of the
// sign-on by certificate "" if there is none. A value from reload makes it read the
// election's folder again.
func Serve(ctx context.Context, s *Settings, keys Keys, logger *slog.Logger, reload <-chan struct{}, ready func(address, cards string)) error {
	config, err := s.collector(keys, logger)
	if err != nil {
		return err
	}
	c, err := collector.New(ctx, config)
	if err != nil {
		return err
	}
	err = serve(ctx, s, c, logger, reload, ready)
	return errors.Join(err, c.Close())
}

func serve(ctx context.Context, s *Settings, c *collector.Collector, logger *slog.Logger, reload <-chan struct{}, ready func(address, cards string)) error {
	all := &listeners{logger: logger, failed: make(chan error, 2)}
	address, cards, err := all.open(s, c)
	if err != nil {
		return errors.Join(err, all.stop())
	}
	ready(address, cards)
	for {
		select {
		case err := <-all.failed:
			all.running--
			return errors.Join(err, all.stop())
		case <-reload:
			if err := c.Reload(ctx); err != nil {
				logger.Error("the folder was not read again", "error", err)
			}
		case <-ctx.Done():
			return all.stop()
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
func (l *listeners) open(s *Settings, c *collector.Collector) (address, cards string, err error) {
	config, err := s.tls()
	if err != nil {
		return "", "", err
	}
	if address, err = l.serve(s.Listen, config, c.Handler()); err != nil || s.Cards == "" {
		return address, "", err
	}
	cards, err = l.serve(s.Cards, collector.CardTLS(config.Certificates[0]), c.CardHandler())
	return address, cards, err
}

// serve starts a server on an address, with TLS unless config is nil.
func (l *listeners) serve(address string, config *tls.Config, handler http.Handler) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", err
	}
	scheme := "http"
	if config != nil {
		scheme, listener = "https", tls.NewListener(listener, config)
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(l.logger.Handler(), slog.LevelWarn),
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

// tls is the server's side of TLS, nil without a certificate.
func (s *Settings) tls() (*tls.Config, error) {
	if s.TLSCertificate == "" {
		return nil, nil
	}
	if err := secret(s.path(s.TLSKey)); err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(s.path(s.TLSCertificate), s.path(s.TLSKey))
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13, NextProtos: []string{"h2", "http/1.1"},
	}, nil
}

// Export writes the record and the sealed part into a new folder after the close.
func Export(ctx context.Context, s *Settings, keys Keys, logger *slog.Logger, dir string) error {
	config, err := s.collector(keys, logger)
	if err != nil {
		return err
	}
	c, err := collector.New(ctx, config)
	if err != nil {
		return err
	}
	return errors.Join(c.Export(ctx, dir), c.Close())
}
