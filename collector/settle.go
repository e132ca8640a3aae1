package collector

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"valik/collector/store"
	"valik/eid"
)

const (
	settlePause  = 5 * time.Second // how often evidence that is missing is asked for again
	settleBatch  = 256             // ballots that are read, and kept, together
	settleAtOnce = 16              // ballots that are asked about at the same time
)

// keepSettling asks for the evidence of ballots that were taken while a service was away,
// until all are settled or it is too late for them.
func (c *Collector) keepSettling(ctx context.Context) {
	pause := time.NewTicker(min(settlePause, 10*c.config.Interval))
	defer pause.Stop()
	for {
		select {
		case <-pause.C:
		case <-ctx.Done():
			return
		}
		if err := c.settle(ctx); err != nil && ctx.Err() == nil {
			c.config.Logger.Warn("evidence could not be settled", "error", err)
			c.metrics.failures.WithLabelValues("settle").Inc()
		}
	}
}

// settle tries every ballot without evidence once.
//
// It implements Collector.Settle of docs/protocol/casting.md.
func (c *Collector) settle(ctx context.Context) error {
	round := &settling{c: c, away: map[string]bool{}}
	for first := uint64(0); ; {
		ballots, err := c.store.Unsettled(ctx, first, c.settlesSince(c.now()), settleBatch)
		if err != nil {
			return err
		}
		if len(ballots) == 0 {
			return round.failure
		}
		if err := c.store.Update(ctx, keepAll(round.try(ctx, ballots))); err != nil {
			return err
		}
		first = ballots[len(ballots)-1].Index + 1
	}
}

// keepAll keeps evidence, unless the board says by now what was settled.
func keepAll(found []store.Settled) func(*store.Tx) error {
	return func(tx *store.Tx) error {
		if tx.Phase() == store.Settlement {
			return nil
		}
		for _, e := range found {
			if err := tx.Settle(e); err != nil {
				return err
			}
		}
		return nil
	}
}

// settling is one round over the ballots without evidence.
type settling struct {
	c       *Collector
	mu      sync.Mutex
	away    map[string]bool // issuers whose service did not answer in this round: it is not asked again for every ballot
	failure error           // the last one
}

// try gives the evidence of those ballots that can be settled now. A ballot for which
// nothing can be had holds up no other.
func (s *settling) try(ctx context.Context, ballots []store.Ballot) []store.Settled {
	settled := make([]*store.Settled, len(ballots))
	var g errgroup.Group
	g.SetLimit(settleAtOnce)
	for i := range ballots {
		g.Go(func() error {
			var err error
			if settled[i], err = s.one(ctx, &ballots[i]); err != nil {
				s.fail(err)
			}
			return nil
		})
	}
	_ = g.Wait() // nothing fails for all
	var found []store.Settled
	for _, one := range settled {
		if one != nil {
			found = append(found, *one)
		}
	}
	return found
}

// one gives what comes of a ballot, or nil. Also the issuer's word that the certificate was
// revoked is evidence: with it the count gives the true reason. That it is not known is none
// here: the card voted, and a responder that has lost it may find it again.
func (s *settling) one(ctx context.Context, b *store.Ballot) (*store.Settled, error) {
	container, err := eid.ParseContainer(b.Container)
	if err != nil {
		return nil, err
	}
	issuer := string(container.Certificate.RawIssuer)
	if s.isAway(issuer) {
		return nil, nil
	}
	e, verdict := s.c.gather(ctx, s.c.bench.Load().judge, container, b.Time)
	if verdict != nil && eid.CodeOf(verdict) != eid.CodeStatusRevoked {
		if isAway(verdict) {
			s.leave(issuer)
		}
		return nil, verdict
	}
	stored, err := s.c.storeEvidence(ctx, e)
	if err != nil {
		return nil, err
	}
	return &store.Settled{Index: b.Index, Evidence: stored, Good: verdict == nil}, nil
}

func (s *settling) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = err
}

// leave says that an issuer's service is not to be asked again in this round.
func (s *settling) leave(issuer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away[issuer] = true
}

func (s *settling) isAway(issuer string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.away[issuer]
}

// isAway says whether a service did not answer at all.
func isAway(err error) bool {
	code := eid.CodeOf(err)
	return code == eid.CodeStatusUnreachable || code == eid.CodeTimeUnreachable
}
