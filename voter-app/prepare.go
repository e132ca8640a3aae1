package voter

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"valik/crypto/elgamal"
	"valik/eid"
	"valik/election"
)

// Prepared is a ballot that is encrypted and not yet signed. It holds the seed
// of its randomness: whoever has that reads the vote.
type Prepared struct {
	Ballot *election.Ballot
	seed   *elgamal.Seed
}

// Sealed is a ballot that is signed and may be cast, again and again until a
// receipt comes: all tries are one ballot.
type Sealed struct {
	*Prepared
	Container []byte
	Signed    time.Time   // by the voter's clock, in whole seconds
	sent      atomic.Bool // a try before may have arrived
}

const redacted = "[redacted]"

// Format prints "[redacted]" for every verb.
func (p Prepared) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// String hides the secret.
func (p Prepared) String() string { return redacted }

// GoString hides the secret.
func (p Prepared) GoString() string { return redacted }

// LogValue hides the secret.
func (p Prepared) LogValue() slog.Value { return slog.StringValue(redacted) }

// Prepare encrypts the voter's selections: for every contest of their district
// the codes of its slots. It first looks at the board, and writes what it has
// seen into the ballot. Errors: those of election.Prepare for selections that
// the manifest does not allow, *[RefusedError], [ErrUnreachable], [ErrBoard].
//
// It implements Voter.Prepare of docs/protocol/voting.md.
func (e *Election) Prepare(ctx context.Context, v *election.Eligibility, selections map[string][]string) (*Prepared, error) {
	seen, err := e.follow(ctx)
	if err != nil {
		return nil, err
	}
	seed := elgamal.NewSeed()
	anchor := election.Anchor{Size: seen.Size, Root: election.Hash(seen.Root)}
	ballot, err := election.Prepare(e.Manifest, e.Keys.Public(), seed, v.District, v.Pseudonym, anchor, selections)
	if err != nil {
		return nil, err
	}
	return &Prepared{Ballot: ballot, seed: seed}, nil
}

// Seal signs the ballot with the signing key of the voter's card, at the time
// that the voter's clock shows. Errors: *eid.Error, and those of the card.
//
// It implements Voter.Seal of docs/protocol/voting.md.
func (e *Election) Seal(ctx context.Context, p *Prepared, card eid.Signer, at time.Time) (*Sealed, error) {
	container, err := eid.Seal(ctx, election.BallotFile(e.Manifest), p.Ballot.Bytes(), card, at)
	if err != nil {
		return nil, err
	}
	return &Sealed{Prepared: p, Container: container.Bytes(), Signed: container.SigningTime}, nil
}
