// Package notice says what a voter is told about a ballot that was cast in their name, and
// what a channel must do that carries it.
package notice

import (
	"context"
	"errors"
	"time"

	"valik/election"
)

// Notice is what a channel is given. It says nothing of what was voted, of earlier ballots,
// nor of where the ballot came from.
type Notice struct {
	ID        string // the same at every attempt, and not to be guessed: a receiver drops what it has
	Code      string // the voter's personal code
	Title     election.Text
	Languages []string // of the election, the first is the default
	Cast      time.Time
	Rehearsal bool // no vote of this election counts
}

// Channel carries notices to voters. Deliver returns nil only when somebody else has taken
// responsibility for the notice. It ends when ctx does. Its errors name no voter and
// no address, since they are logged. An error is temporary unless it is ErrNoAddress or Permanent.
type Channel interface {
	Deliver(ctx context.Context, n Notice) error
}

// ErrNoAddress is returned for a voter whom the channel cannot reach.
var ErrNoAddress = errors.New("notice: there is no address of the voter")

// Permanent is an error that another attempt would meet again.
type Permanent struct{ Err error }

func (e *Permanent) Error() string { return "for good: " + e.Err.Error() }
func (e *Permanent) Unwrap() error { return e.Err }

// Later is a temporary error of a receiver that says when to come again.
type Later struct {
	Err   error
	After time.Duration
}

func (e *Later) Error() string { return e.Err.Error() }
func (e *Later) Unwrap() error { return e.Err }
