package collector

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math/big"
	"sync"
	"time"

	"valik/collector/notice"
	"valik/collector/store"
	"valik/election"
)

const (
	noticesAtOnce  = 8
	noticeTime     = time.Minute      // of one attempt
	noticeLease    = 10 * time.Minute // longer than an attempt, by what clocks may differ
	noticeLook     = time.Minute      // how late the notice of a collector that died is found
	noticeBackoff  = time.Minute      // after the first attempt, doubled by each
	noticeMost     = 6 * time.Hour
	noticePatience = 72 * time.Hour
)

// Notices says how voters are told that a ballot was cast in their name.
type Notices struct {
	Channel notice.Channel // nil: no notices
	GiveUp  time.Duration  // after the cast; default 3 days
}

// wakeNotices never blocks: a cast does not wait for its notice.
func (c *Collector) wakeNotices() {
	select {
	case c.noticeDue <- struct{}{}:
	default:
	}
}

// keepNotifying delivers notices until ctx ends.
func (c *Collector) keepNotifying(ctx context.Context) {
	for ctx.Err() == nil {
		if err := c.notify(ctx); err != nil && ctx.Err() == nil {
			c.config.Logger.Warn("the queue of notices cannot be read", "error", err)
		}
		timer := time.NewTimer(c.noticePause(ctx))
		select {
		case <-c.noticeDue:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// noticePause is the time until the next notice, at least a second, should the database be away.
func (c *Collector) noticePause(ctx context.Context) time.Duration {
	next, err := c.store.NextNotice(ctx)
	if err != nil {
		return noticeLook
	}
	return min(noticeLook, max(time.Second, next.Sub(c.config.Now())))
}

// notify delivers what is due, so many at once.
func (c *Collector) notify(ctx context.Context) error {
	for ctx.Err() == nil {
		now := c.config.Now()
		taken, err := c.store.TakeNotices(ctx, rand.Text(), now, now.Add(noticeLease), noticesAtOnce)
		if err != nil {
			return err
		}
		var all sync.WaitGroup
		for _, n := range taken {
			all.Go(func() { c.tryNotice(ctx, n) })
		}
		all.Wait()
		c.countQueue(ctx)
		if len(taken) == 0 {
			return nil
		}
	}
	return nil
}

func (c *Collector) countQueue(ctx context.Context) {
	q, err := c.store.Notices(ctx)
	if err != nil {
		return // the queue itself could not be read either, and that is logged
	}
	c.metrics.queue(q, c.config.Now())
}

// tryNotice makes one attempt and writes down what came of it, also while the collector
// is shutting down: the notice is then free for another collector at once.
func (c *Collector) tryNotice(ctx context.Context, n store.Notice) {
	b, err := c.store.Ballot(ctx, n.Index)
	if err == nil {
		err = c.deliver(ctx, b)
	}
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), noticeTime)
	defer cancel()
	outcome, failed := c.settleNotice(keep, n, b, err)
	c.metrics.notices.WithLabelValues(outcome).Inc()
	if failed != nil {
		c.config.Logger.Warn("the outcome of a notice cannot be kept", "outcome", outcome, "error", failed)
	}
	if err != nil && !errors.Is(err, notice.ErrNoAddress) {
		c.config.Logger.Warn("a notice was not delivered", "outcome", outcome, "attempts", n.Attempts, "error", err)
	}
}

func (c *Collector) deliver(ctx context.Context, b *store.Ballot) error {
	var p election.Pseudonym
	if err := p.UnmarshalText([]byte(b.Voter)); err != nil {
		return &notice.Permanent{Err: errors.New("the ballot names no voter")}
	}
	voter, ok := c.everOnRoll(p)
	if !ok {
		// Another collector may have a newer roll than this one.
		return errors.New("the voter is on no roll that this collector has read")
	}
	ctx, cancel := context.WithTimeout(ctx, noticeTime)
	defer cancel()
	return c.config.Notices.Channel.Deliver(ctx, notice.Notice{
		ID: c.noticeID(b.Index), Code: voter.Code, Title: c.manifest.Title, Languages: c.manifest.Languages, Cast: b.Time,
		Rehearsal: c.manifest.Rehearsal,
	})
}

// everOnRoll finds a voter by the newest roll that has them: who was struck off after
// the cast is told of it all the same.
func (c *Collector) everOnRoll(p election.Pseudonym) (*election.Voter, bool) {
	rolls := c.bench.Load().rolls
	for i := len(rolls) - 1; i >= 0; i-- {
		if v, ok := rolls[i].ByPseudonym(p); ok {
			return v, true
		}
	}
	return nil, false
}

// noticeID is the same at every attempt and collector; without the key it cannot be
// linked with the board.
func (c *Collector) noticeID(index uint64) string {
	h := hmac.New(sha256.New, c.secrets.notice)
	h.Write(binary.BigEndian.AppendUint64(nil, index))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// settleNotice writes the outcome of an attempt. b is nil if it could not be read.
func (c *Collector) settleNotice(ctx context.Context, n store.Notice, b *store.Ballot, err error) (outcome string, failed error) {
	var permanent *notice.Permanent
	now := c.config.Now()
	switch {
	case err == nil:
		return "delivered", c.store.EndNotice(ctx, n)
	case errors.Is(err, notice.ErrNoAddress):
		return "no_address", c.store.EndNotice(ctx, n)
	case errors.As(err, &permanent):
		return "refused", c.store.GiveUpNotice(ctx, n)
	case b != nil && now.Sub(b.Time) >= c.config.Notices.GiveUp:
		return "given_up", c.store.GiveUpNotice(ctx, n)
	case errors.Is(err, context.Canceled):
		return "interrupted", c.store.PostponeNotice(ctx, n, now)
	}
	return "postponed", c.store.PostponeNotice(ctx, n, now.Add(noticeDelay(n.Attempts, err)))
}

// noticeDelay doubles with every attempt, less up to a half by chance, so that a service
// that comes back is not run over. A receiver that asks for more gets it.
func noticeDelay(attempts int, err error) time.Duration {
	d := noticeMost
	if attempts < 10 {
		d = min(d, noticeBackoff<<max(0, attempts-1))
	}
	jitter, random := rand.Int(rand.Reader, big.NewInt(int64(d/2)))
	if random == nil {
		d -= time.Duration(jitter.Int64())
	}
	var later *notice.Later
	if errors.As(err, &later) {
		d = max(d, min(later.After, noticeMost))
	}
	return d
}
