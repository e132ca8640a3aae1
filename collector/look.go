package collector

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"valik/collector/store"
	"valik/election"
)

// Look is what the second device gets to check a ballot with: the signed container, the
// receipt, and whether a later ballot of the voter has taken its place. The device verifies
// the first two itself; the last is the collector's word.
type Look struct {
	Type      string          `json:"type"`
	Version   int             `json:"version"`
	Container []byte          `json:"container"`
	Receipt   json.RawMessage `json:"receipt"`
	Latest    bool            `json:"latest"`
	Left      int             `json:"left"` // looks that remain
}

const lookType = "valik/look"

// Look gives a ballot to the second device that knows its index and its hash, which only
// the voter's program and who got the link from it know, so long and so often as the
// manifest allows. Errors: *Refusal with the codes not_found, check_over and check_limit.
//
// It implements Collector.Look of docs/protocol/casting.md.
func (c *Collector) Look(ctx context.Context, index uint64, ballot election.Hash) (*Look, error) {
	b, err := c.store.Ballot(ctx, index)
	if errors.Is(err, store.ErrNotFound) || err == nil && election.Hash(b.Inner) != ballot {
		// One answer for both: what lies at an index is not to be found out by trying.
		return nil, &Refusal{code: codeNotFound, err: store.ErrNotFound}
	}
	if err != nil {
		return nil, err
	}
	limit := c.manifest.Check
	if c.config.Now().After(b.Time.Add(time.Duration(limit.Minutes) * time.Minute)) {
		return nil, &Refusal{code: codeCheckOver}
	}
	left, err := c.store.Look(ctx, index, limit.Limit)
	if errors.Is(err, store.ErrLimit) {
		return nil, &Refusal{code: codeCheckLimit, err: err}
	}
	if err != nil {
		return nil, err
	}
	return c.look(ctx, b, left)
}

func (c *Collector) look(ctx context.Context, b *store.Ballot, left int) (*Look, error) {
	latest, err := c.store.Latest(ctx, b.Voter)
	if err != nil {
		return nil, err
	}
	receipt, err := c.receipt(ctx, b)
	if err != nil {
		return nil, err
	}
	return &Look{
		Type: lookType, Version: 1, Container: b.Container, Receipt: receipt.Bytes(),
		Latest: latest == b.Index, Left: left,
	}, nil
}
