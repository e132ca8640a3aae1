package voter

import (
	"context"
	"fmt"
	"net/http"

	"valik/board"
	"valik/crypto/threshold"
	"valik/election"
)

const manifestPath = "v1/manifest"

// Election is an election whose manifest and public key have been checked. It is
// safe for concurrent use.
type Election struct {
	Manifest *election.Manifest
	Keys     *threshold.Keys
	client   *client
	follower *board.Follower
}

// Open fetches an election from a collector and checks everything that a ballot
// depends on: the manifest has the fingerprint, which the voter has from a
// source of their own; the address is that of its collector; the key ceremony is
// complete and right; and the board holds both. seen is the newest checkpoint, as
// [board.Checkpoint].Raw, that this voter has accepted earlier, or nil. h may be
// nil; of redirections it follows none. Errors wrap [ErrAddress],
// [ErrUnreachable], [ErrOtherElection], [ErrManifest], [ErrSeen], [ErrCeremony] or
// [ErrBoard].
//
// It implements Voter.Open of docs/protocol/voting.md.
func Open(ctx context.Context, address string, fingerprint election.Hash, seen []byte, h *http.Client) (*Election, error) {
	c, err := newClient(address, h)
	if err != nil {
		return nil, err
	}
	manifest, err := fetchManifest(ctx, c, fingerprint)
	if err != nil {
		return nil, err
	}
	// At another address somebody may sit who passes everything on to the collector:
	// also the voter's answer to a challenge.
	if !c.serves(manifest.Collector.URL) {
		return nil, fmt.Errorf("%w: it is %s, not %s", ErrAddress, manifest.Collector.URL, address)
	}
	var last *board.Checkpoint
	if seen != nil {
		if last, err = manifest.Policy().Open(seen); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrSeen, err)
		}
	}
	e := &Election{Manifest: manifest, client: c, follower: board.NewFollower(manifest.Policy(), last)}
	if err := e.openCeremony(ctx); err != nil {
		return nil, err
	}
	return e, nil
}

func fetchManifest(ctx context.Context, c *client, fingerprint election.Hash) (*election.Manifest, error) {
	raw, err := c.get(ctx, manifestPath, documentLimit)
	if err != nil {
		return nil, err
	}
	if election.HashOf(raw) != fingerprint {
		return nil, fmt.Errorf("%w: fingerprint %s, not %s", ErrOtherElection, election.HashOf(raw), fingerprint)
	}
	manifest, err := election.ParseManifest(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	return manifest, nil
}

// openCeremony checks the public key. A collector that could name a key of its
// own would read every vote.
func (e *Election) openCeremony(ctx context.Context) error {
	raw, err := e.client.get(ctx, "v1/ceremony", documentLimit)
	if err != nil {
		return refused(err, e.Manifest, election.Hash{})
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
	first, err := board.NewTileReader(checkpoint, e.fetch(ctx)).ReadEntries(0, 2)
	if err != nil {
		return accused(err)
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
