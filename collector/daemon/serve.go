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
	idleTime     = 2 * time.Minute
	shutdownTime = 30 * time.Second
	headerBytes  = 16 << 10
)

// Serve runs a collector until ctx ends: then it takes no more requests, answers those that
// it has, and commits every ballot that waits. ready is told the address. A value from reload
// makes it read the election's folder again.
func Serve(ctx context.Context, s *Settings, keys Keys, logger *slog.Logger, reload <-chan struct{}, ready func(address string)) error {
	c, err := collector.New(ctx, s.collector(keys, logger))
	if err != nil {
		return err
	}
	err = serve(ctx, s, c, logger, reload, ready)
	return errors.Join(err, c.Close())
}

func serve(ctx context.Context, s *Settings, c *collector.Collector, logger *slog.Logger, reload <-chan struct{}, ready func(string)) error {
	listener, err := s.listen()
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: c.Handler(), ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	ready(s.scheme() + "://" + listener.Addr().String())
	for {
		select {
		case err := <-failed:
			return err
		case <-reload:
			if err := c.Reload(ctx); err != nil {
				logger.Error("the folder was not read again", "error", err)
			}
		case <-ctx.Done():
			return stop(server, failed)
		}
	}
}

// stop lets the requests that are running finish; the collector still commits for them.
func stop(server *http.Server, failed <-chan error) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	err := server.Shutdown(ctx)
	if late := <-failed; !errors.Is(late, http.ErrServerClosed) {
		err = errors.Join(err, late)
	}
	return err
}

func (s *Settings) scheme() string {
	if s.TLSCertificate != "" {
		return "https"
	}
	return "http"
}

func (s *Settings) listen() (net.Listener, error) {
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil || s.TLSCertificate == "" {
		return listener, err
	}
	if err := secret(s.path(s.TLSKey)); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	pair, err := tls.LoadX509KeyPair(s.path(s.TLSCertificate), s.path(s.TLSKey))
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return tls.NewListener(listener, &tls.Config{
		Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13, NextProtos: []string{"h2", "http/1.1"},
	}), nil
}

// Export writes the record and the sealed part into a new folder after the close.
func Export(ctx context.Context, s *Settings, keys Keys, logger *slog.Logger, dir string) error {
	c, err := collector.New(ctx, s.collector(keys, logger))
	if err != nil {
		return err
	}
	return errors.Join(c.Export(ctx, dir), c.Close())
}
