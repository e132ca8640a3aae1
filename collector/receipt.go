package collector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"valik/board"
	"valik/collector/store"
	"valik/election"
)

// How often and how long a checkpoint that the witnesses have not signed is tried again.
const (
	publishPause    = 100 * time.Millisecond
	publishPatience = 10 * time.Second
)

// receipt makes the receipt of a ballot in the log, waiting for the checkpoint over it if
// witnesses must sign that first. The checkpoint is the first final one over the ballot
// and signatures are deterministic, so the receipt is the same bytes at every call, at
// every collector of the election.
//
// It implements Collector.Receipt of docs/protocol/casting.md.
func (c *Collector) receipt(ctx context.Context, b *store.Ballot) (*election.Receipt, error) {
	checkpoint, err := c.published(ctx, b.Index)
	if err != nil {
		return nil, err
	}
	proof, err := board.Prove(checkpoint, b.Index, c.store.Tree(ctx))
	if err != nil {
		return nil, err
	}
	return election.NewReceipt(c.config.ReceiptKey, c.manifest.Fingerprint(), b.Inner, b.Envelope, b.Bound, b.Index,
		election.At(b.Time), proof.Bytes()), nil
}

// published gives the first final checkpoint over an entry. If witnesses have to sign it, it
// is tried again for a while: another collector's checkpoint may be before them.
func (c *Collector) published(ctx context.Context, index uint64) (*board.Checkpoint, error) {
	for until := time.Now().Add(c.patience); ; {
		at, err := c.store.CheckpointOver(ctx, index)
		if err == nil {
			c.remember(at) // before anybody has a receipt from it
			return &board.Checkpoint{Origin: c.manifest.Board.Origin, Size: at.Size, Root: at.Root, Raw: at.Note}, nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		err = c.publish(ctx, index)
		if err == nil {
			continue
		}
		if time.Now().After(until) {
			return nil, &Refusal{code: codeNotWitnessed, err: err}
		}
		select {
		case <-time.After(publishPause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// publish brings the newest checkpoint to the witnesses. One request does it for all that
// wait: they find it done when their turn comes.
func (c *Collector) publish(ctx context.Context, index uint64) error {
	c.publishing.Lock()
	defer c.publishing.Unlock()
	if _, err := c.store.CheckpointOver(ctx, index); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := c.watch.doubt(); err != nil {
		return err // nobody is made to follow a database that may be a fork
	}
	newest, err := c.store.Unfinished(ctx)
	if err != nil {
		return fmt.Errorf("collector: no checkpoint to publish: %w", err)
	}
	r := c.witness.cosign(ctx, newest, viewOf(ctx, c.store), hasty)
	c.watch.judge(r, c.config.Now())
	if err := r.err(); err != nil {
		return err
	}
	defer c.wakeNotices() // those under it can go
	return c.store.Finish(ctx, newest.Size, r.note)
}

// publishNewest publishes what no voter waits for: the beginning of the board, the opening
// and the close.
func (c *Collector) publishNewest(ctx context.Context) error {
	// Over a connection that is dead without a word, an answer of the database never comes.
	ctx, cancel := context.WithTimeout(ctx, batchTime)
	defer cancel()
	newest, err := c.store.Unfinished(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return c.publish(ctx, newest.Size-1)
}

// keepPublishing does so until ctx ends.
func (c *Collector) keepPublishing(ctx context.Context) {
	pause := time.NewTicker(max(publishPause, c.config.Interval))
	defer pause.Stop()
	for {
		if err := c.publishNewest(ctx); err != nil && ctx.Err() == nil {
			c.config.Logger.Warn("the newest checkpoint is not published", "error", err)
			c.metrics.failures.WithLabelValues("publish").Inc()
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return
		}
	}
}
