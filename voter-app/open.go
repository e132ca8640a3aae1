package voter

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"valik/board"
	"valik/crypto/threshold"
	"valik/election"
)

// What opening an election may find wrong.
var (
	ErrOtherElection = errors.New("voter: the collector serves another election than the one asked for")
	ErrCeremony      = errors.New("voter: the election's key is not the one on the board")
	ErrBoard         = errors.New("voter: the board contradicts itself or what it has shown before")
)

// Election is an election whose manifest and public key have been checked. It is
// safe for concurrent use.
type Election struct {
	Manifest *election.Manifest
	Keys     *threshold.Keys
	client   *client

	mu   sync.Mutex
	seen *board.Checkpoint // the newest that was accepted
}

// Open fetches an election from a collector and checks everything that a ballot
// depends on: the manifest has the fingerprint, which the voter has from a
// source of their own; the key ceremony is complete and right; and the board
// holds both. seen is the newest checkpoint that this voter has accepted
// earlier, or nil. Errors wrap [ErrUnreachable], [ErrOtherElection],
// [ErrCeremony] or [ErrBoard].
//
// It implements Voter.Open of docs/protocol/voting.md.
func Open(ctx context.Context, address string, fingerprint election.Hash, seen *board.Checkpoint, h *http.Client) (*Election, error) {
	c, err := newClient(address, h)
	if err != nil {
		return nil, err
	}
	manifest, err := fetchManifest(ctx, c, fingerprint)
	if err != nil {
		return nil, err
	}
	e := &Election{Manifest: manifest, client: c, seen: seen}
	if err := e.openCeremony(ctx); err != nil {
		return nil, err
	}
	return e, nil
}

func fetchManifest(ctx context.Context, c *client, fingerprint election.Hash) (*election.Manifest, error) {
	raw, err := c.get(ctx, "v1/manifest")
	if err != nil {
		return nil, err
	}
	if election.HashOf(raw) != fingerprint {
		return nil, fmt.Errorf("%w: fingerprint %s, not %s", ErrOtherElection, election.HashOf(raw), fingerprint)
	}
	return election.ParseManifest(raw)
}

// openCeremony checks the public key. A collector that could name a key of its
// own would read every vote.
func (e *Election) openCeremony(ctx context.Context) error {
	raw, err := e.client.get(ctx, "v1/ceremony")
	if err != nil {
		return err
	}
	if err := e.onBoard(ctx, raw); err != nil {
		return err
	}
	ceremony, err := election.ParseCeremony(raw)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCeremony, err)
	}
	if e.Keys, err = ceremony.Verify(e.Manifest); err != nil {
		return fmt.Errorf("%w: %w", ErrCeremony, err)
	}
	return nil
}

// onBoard checks that the board begins with this manifest and this ceremony.
func (e *Election) onBoard(ctx context.Context, ceremony []byte) error {
	checkpoint, err := e.follow(ctx)
	if err != nil {
		return err
	}
	first, err := e.tiles(ctx, checkpoint).ReadEntries(0, 2)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBoard, err)
	}
	fingerprint := e.Manifest.Fingerprint()
	want := []*election.Entry{
		election.NewEntry(election.KindManifest, fingerprint, fingerprint),
		election.NewEntry(election.KindCeremony, fingerprint, election.HashOf(ceremony)),
	}
	for i, entry := range want {
		if string(entry.Bytes()) != string(first[i]) {
			return fmt.Errorf("%w: entry %d of the board is not the %s that the collector serves", ErrCeremony, i, entry.Kind)
		}
	}
	return nil
}
