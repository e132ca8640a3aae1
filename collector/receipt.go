package collector

import (
	"context"
	"errors"
	"fmt"

	"valik/board"
	"valik/collector/store"
	"valik/election"
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
	return election.NewReceipt(c.config.ReceiptKey, c.manifest.Fingerprint(), b.Inner, b.Envelope, b.Index,
		election.At(b.Time), proof.Bytes()), nil
}

// published gives the first final checkpoint over an entry; it publishes one if there is none.
func (c *Collector) published(ctx context.Context, index uint64) (*board.Checkpoint, error) {
	at, err := c.store.CheckpointOver(ctx, index)
	if errors.Is(err, store.ErrNotFound) {
		if err := c.publish(ctx, index); err != nil {
			return nil, err
		}
		at, err = c.store.CheckpointOver(ctx, index)
	}
	if err != nil {
		return nil, err
	}
	return &board.Checkpoint{Origin: c.manifest.Board.Origin, Size: at.Size, Root: at.Root, Raw: at.Note}, nil
}

// publish brings the newest checkpoint to the witnesses. One request does it for all that
// wait: they find it done when their turn comes.
func (c *Collector) publish(ctx context.Context, index uint64) error {
	c.publishing.Lock()
	defer c.publishing.Unlock()
	if _, err := c.store.CheckpointOver(ctx, index); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	newest, err := c.store.Unfinished(ctx)
	if err != nil {
		return fmt.Errorf("collector: no checkpoint to publish: %w", err)
	}
	note, err := c.witness.cosign(ctx, newest, c.store.Tree(ctx))
	if err != nil {
		return &Refusal{code: codeNotWitnessed, err: err}
	}
	return c.store.Finish(ctx, newest.Size, note)
}
