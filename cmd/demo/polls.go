package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"valik/eid"

	"golang.org/x/sync/errgroup"

	"valik/collector"
	voter "valik/voter-app"
)

const (
	days     = 6  // on which the polls are open
	devices  = 16 // voters' devices at work at the same time
	interval = 50 * time.Millisecond
)

// polls is a collector with its server on loopback.
type polls struct {
	*collector.Collector
	server *http.Server
	failed chan error
}

// stats is what the voters have met.
type stats struct {
	cast, again atomic.Int64
}

func (d *demo) openPolls(ctx context.Context) (*polls, error) {
	c, err := collector.New(ctx, collector.Config{
		Database: "sqlite://" + d.file("collector.db"), Folder: os.DirFS(d.office),
		BoardKey: d.keys.board, ReceiptKey: d.keys.receipts,
		Memory:   d.file("collector.checkpoint"),
		Interval: interval, Now: d.clock.now, Inquiry: d.keys.services.inquiry(),
	})
	if err != nil {
		return nil, err
	}
	p := &polls{Collector: c, server: &http.Server{Handler: c.Handler(), ReadHeaderTimeout: time.Minute}, failed: make(chan error, 1)}
	go func() { p.failed <- p.server.Serve(d.keys.listener) }()
	return p, nil
}

// stop ends the server and the collector.
func (p *polls) stop() error {
	client.CloseIdleConnections()
	err := p.server.Close()
	if served := <-p.failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return errors.Join(err, p.Close())
}

// issueCards gives everybody an eID.
func (d *demo) issueCards() error {
	var g errgroup.Group
	g.SetLimit(devices)
	for i, p := range d.people.persons {
		g.Go(func() (err error) {
			p.card, err = d.keys.pki.Issue(p.code, "TEST", fmt.Sprintf("VOTER%d", i+1), p.curve)
			return err
		})
	}
	return g.Wait()
}

// vote opens the polls and lets everybody vote, day by day.
func (d *demo) vote(ctx context.Context) error {
	d.chapter("Voting")
	var err error
	if d.collector, err = d.openPolls(ctx); err != nil {
		return err
	}
	d.say("A collector answers at %s, on a database in one file.", d.manifest.Collector.URL)
	d.clock.jump(opens)
	pool, err := d.openDevices(ctx)
	if err != nil {
		return err
	}
	if err := d.voteAllDays(ctx, pool); err != nil {
		return err
	}
	cast, again := int(d.collecting.cast.Load()), int(d.collecting.again.Load())
	d.say("%s have cast %s in %d days; %d changed their mind and voted again. Every receipt was checked.",
		plural(cast-again, "voter", "voters"), plural(cast, "ballot", "ballots"), days, again)
	d.say("With each ballot lie a time-stamp of its signature and the eID issuer's word that the certificate was good then.")
	device := pool.take()
	defer func() { d.seen = device.Checkpoint().Raw }()
	return d.frauds(ctx, device)
}

func (d *demo) voteAllDays(ctx context.Context, pool *pool) error {
	defer d.bars.Clear()
	voted := 0
	for day := range days {
		d.clock.jump(opens.Add(time.Duration(day)*24*time.Hour + time.Hour))
		err := d.voteDay(ctx, pool, day, func() {
			voted++
			d.bars.Draw("voting", voted, len(d.people.persons))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// pool is the voters' devices: each has opened the election for itself, checked
// the key ceremony, and follows the board.
type pool struct{ free chan *voter.Election }

func (p *pool) take() *voter.Election {
	e := <-p.free
	p.free <- e
	return e
}

var client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: devices}}

func (d *demo) openDevice(ctx context.Context) (*voter.Election, error) {
	return voter.Open(ctx, d.manifest.Collector.URL, d.manifest.Fingerprint(), nil, client)
}

func (d *demo) openDevices(ctx context.Context) (*pool, error) {
	p := &pool{make(chan *voter.Election, devices)}
	for range devices {
		e, err := d.openDevice(ctx)
		if err != nil {
			return nil, err
		}
		p.free <- e
	}
	return p, nil
}

func (d *demo) voteDay(ctx context.Context, p *pool, day int, done func()) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(devices)
	var mu sync.Mutex
	for _, person := range d.people.voting(day) {
		g.Go(func() error {
			device := <-p.free
			defer func() { p.free <- device }()
			if err := d.castAll(ctx, device, person); err != nil {
				return fmt.Errorf("voter %s: %w", person.code, err)
			}
			mu.Lock()
			defer mu.Unlock()
			done()
			return nil
		})
	}
	return g.Wait()
}

// castAll casts a person's ballots, one after the other.
func (d *demo) castAll(ctx context.Context, device *voter.Election, p *person) error {
	for i, choice := range p.ballots {
		sealed, err := d.prepare(ctx, device, p, choice)
		if err != nil {
			return err
		}
		if _, err := device.Cast(ctx, sealed); err != nil {
			return err
		}
		d.collecting.cast.Add(1)
		if i > 0 {
			d.collecting.again.Add(1)
		}
	}
	return nil
}

// prepare does all that a voter's program does before casting.
func (d *demo) prepare(ctx context.Context, device *voter.Election, p *person, choice string) (*voter.Sealed, error) {
	v, err := device.Identify(ctx, eid.AuthenticateWith(p.card.Authentication))
	if err != nil {
		return nil, err
	}
	prepared, err := device.Prepare(ctx, v, selection(choice))
	if err != nil {
		return nil, err
	}
	return device.Seal(ctx, prepared, p.card.Signing, d.clock.now())
}

func selection(choice string) map[string][]string {
	return map[string][]string{electionID: {choice}}
}

// close waits for the last second and exports what the collector has.
func (d *demo) close(ctx context.Context) error {
	d.clock.jump(closes)
	if err := d.late(ctx); err != nil {
		return err
	}
	if err := d.collector.Export(ctx, d.dir); err != nil {
		return err
	}
	if err := d.shut(); err != nil {
		return err
	}
	d.say("The polls are closed. The collector has handed over the public record and the sealed ballot box.")
	return nil
}

// shut stops the collector, if it runs.
func (d *demo) shut() error {
	if d.collector == nil {
		return nil
	}
	p := d.collector
	d.collector = nil
	return errors.Join(p.stop(), d.keys.services.stop())
}
