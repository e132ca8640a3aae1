package voter

import (
	"errors"
	"fmt"

	"valik/eid"
	"valik/election"
)

// ErrKept says that what was kept of an interrupted cast is no signed ballot of this election.
var ErrKept = errors.New("voter: what was kept of an interrupted cast is not a ballot of this election")

// Resume takes up a cast that was interrupted, from the container that was kept of it: it
// may be cast again without another signature, and all tries are one ballot. The seed was
// not kept, since whoever has it reads the vote: such a ballot has no check link. Errors
// wrap [ErrKept].
//
// It implements Voter.Resume of docs/protocol/voting.md.
func (e *Election) Resume(container []byte) (*Sealed, error) {
	c, err := eid.ParseContainer(container)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKept, err)
	}
	ballot, err := election.ParseBallot(c.Data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKept, err)
	}
	if ballot.Election != e.Manifest.Fingerprint() {
		return nil, fmt.Errorf("%w: it is of the election %s", ErrKept, ballot.Election)
	}
	s := &Sealed{Prepared: &Prepared{Ballot: ballot}, Container: container, Signed: c.SigningTime}
	s.sent.Store(true)
	return s, nil
}
