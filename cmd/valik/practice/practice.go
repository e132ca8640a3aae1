// Package practice is an election on the voter's own machine, for people who want to try
// the program before they vote with it.
//
// All of it is real but the election: officials, trustees, a collector with its database
// and its page for the second device, and one voter with a card in a file. It listens on
// loopback alone, its ballot has trees and birds, its manifest says that it is a rehearsal,
// and nobody can ever decrypt what is cast in it.
package practice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"valik/collector"
	"valik/internal/office"
	"valik/verifier/web"
	voter "valik/voter-app"
)

// interval between two checkpoints: a voter alone need not wait for others.
const interval = 50 * time.Millisecond

// grace is how long Close waits for requests that are being answered. A browser may hold a
// connection on which it asks nothing.
const grace = 2 * time.Second

// folder is the name of what Start makes in the folder that it is given.
const folder = "practice"

// Practice is a practice election whose polls are open. It is safe for concurrent use until
// it is closed, and prints as [redacted].
type Practice struct {
	dir        string
	invitation *voter.Invitation
	card       []byte
	collector  *collector.Collector
	server     *http.Server
	served     chan error // what the server ended with
	end        func() error
}

// Start sets an election up in a new folder inside dir, opens its polls for a day, and
// serves it on a port of loopback. Where it fails it leaves nothing behind. Errors: of ctx,
// if it ends before the polls are open; of the folder, which must not have a practice
// election already, and of the network.
func Start(ctx context.Context, dir string) (*Practice, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("practice: %w", err)
	}
	p := &Practice{dir: filepath.Join(dir, folder), served: make(chan error, 1)}
	p.end = sync.OnceValue(p.stop)
	if err := os.Mkdir(p.dir, 0o700); err != nil {
		return nil, fmt.Errorf("practice: %w", err)
	}
	if err := p.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("practice: %w", err), os.RemoveAll(p.dir))
	}
	return p, nil
}

// start listens first, since the manifest names the address.
func (p *Practice) start(ctx context.Context) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	o, err := office.New(ctx, p.dir, plan(listener.Addr().String()))
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if p.card, err = o.Cards[0].PEM(); err != nil {
		return errors.Join(err, listener.Close())
	}
	if p.collector, err = open(ctx, o); err != nil {
		return errors.Join(err, listener.Close())
	}
	p.invitation = voter.NewInvitation(o.Manifest.Collector.URL, o.Manifest.Fingerprint())
	p.server = &http.Server{
		Handler: p.collector.Handler(), ReadHeaderTimeout: time.Minute,
		ErrorLog: log.New(io.Discard, "", 0), // a browser that goes away is no news
	}
	go func() { p.served <- p.server.Serve(listener) }()
	return nil
}

// open starts the collector of an election that is set up.
func open(ctx context.Context, o *office.Office) (*collector.Collector, error) {
	return collector.New(ctx, collector.Config{
		Database: database(filepath.Join(o.Dir, "collector.db")), Folder: os.DirFS(o.Dir), BoardKey: o.BoardKey, ReceiptKey: o.ReceiptKey,
		Interval: interval, CheckPage: web.Page(),
	})
}

// database is the URL of a file with an absolute path. On Windows that begins with the letter
// of a drive, which after // would be read as a host.
func database(file string) string {
	u := url.URL{Scheme: "sqlite", Path: file}
	if slashed := filepath.ToSlash(file); slashed[0] != '/' {
		u = url.URL{Scheme: "sqlite", Opaque: slashed}
	}
	return u.String()
}

// Invitation is that by which the voter's program opens the election.
func (p *Practice) Invitation() *voter.Invitation { return p.invitation }

// Card is the practice voter's card, as testpki.Card.Save writes it into a file. It signs
// for nobody else, nowhere else.
func (p *Practice) Card() []byte { return slices.Clone(p.card) }

// Close ends the polls and deletes the election with all that was cast in it: the practice is
// of no use afterwards. Requests that take longer than a moment are cut off. To close it
// again does nothing more, and gives the same error.
func (p *Practice) Close() error { return p.end() }

func (p *Practice) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	err := p.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = p.server.Close()
	}
	if served := <-p.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	err = errors.Join(err, p.collector.Close(), os.RemoveAll(p.dir))
	clear(p.card)
	return err
}

const redacted = "[redacted]"

// String hides the card.
func (*Practice) String() string { return redacted }

// GoString hides the card.
func (*Practice) GoString() string { return redacted }
