package load

import (
	"context"
	"fmt"
	"time"

	"valik/crypto/elgamal"
	"valik/eid"
	"valik/election"
	"valik/internal/office"
	voter "valik/voter-app"
)

// ballot is a signed ballot and what came of it.
type ballot struct {
	container       []byte
	inner, envelope election.Hash
	receipt         *election.Receipt // the first one
}

// prepareBallots encrypts and signs a ballot of each voter over the board as it is.
func prepareBallots(ctx context.Context, o *office.Office, address string, step func(part string, done, total int)) ([]ballot, error) {
	e, err := voter.Open(ctx, "http://"+address, o.Manifest.Fingerprint(), nil, nil)
	if err != nil {
		return nil, err
	}
	seen := e.Checkpoint()
	anchor := election.Anchor{Size: seen.Size, Root: election.Hash(seen.Root)}
	codes := o.Manifest.Codes(electionID, district)
	ballots, now := make([]ballot, len(o.Cards)), time.Now()
	err = inParallel(len(ballots), func(i int) error {
		chosen := map[string][]string{electionID: {codes[i%len(codes)]}}
		b, err := election.Prepare(o.Manifest, e.Keys.Public(), elgamal.NewSeed(), district, o.Roll.List[i].Pseudonym, anchor, chosen)
		if err != nil {
			return err
		}
		c, err := eid.Seal(ctx, election.BallotFile(o.Manifest), b.Bytes(), o.Cards[i].Signing, now)
		if err != nil {
			return err
		}
		container := c.Bytes()
		ballots[i] = ballot{container: container, inner: election.HashOf(b.Bytes()), envelope: election.HashOf(container)}
		return ctx.Err()
	}, func(done int) { step("ballots", done, len(ballots)) })
	if err != nil {
		return nil, fmt.Errorf("preparing ballots: %w", err)
	}
	return ballots, nil
}
