package voter

import (
	"context"
	"errors"
	"time"

	"valik/election"
)

// Patience is how often a ballot is sent while nothing certain is known of it.
type Patience struct {
	Tries int           // in all
	Pause time.Duration // before the second, and twice as long every time
}

// Usual is the patience of a voter at home: a quarter of a minute beside what the tries take.
var Usual = Patience{Tries: 4, Pause: 2 * time.Second}

// CastPatiently casts as [Election.Cast] does, and sends the ballot again while another try may
// bring the receipt: all tries are one ballot. before is told of every wait, with the error of
// the try that has ended. Errors: those of Cast.
func (e *Election) CastPatiently(ctx context.Context, s *Sealed, p Patience, before func(error)) (*election.Receipt, error) {
	for try := 1; ; try++ {
		receipt, err := e.Cast(ctx, s)
		if !mayAgain(err) || try >= p.Tries {
			return receipt, err
		}
		before(err)
		select {
		case <-time.After(p.Pause << (try - 1)):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// mayAgain says whether another try may bring the receipt.
func mayAgain(err error) bool {
	var failed *CastError
	return errors.As(err, &failed) && !failed.wrongAnswer() && (failed.Outcome == Unknown || CodeOf(err) == "busy")
}
