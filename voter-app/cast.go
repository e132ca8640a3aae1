package voter

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"valik/election"
)

// Outcome is what is known of a ballot for which there is no receipt.
type Outcome int

const (
	// NotCast: the ballot never left, or the collector has signed that it did not
	// take it.
	NotCast Outcome = iota + 1
	// Unknown: the ballot may be on the board, and nothing proves it. The same
	// Sealed may be cast again, and counts once.
	Unknown
)

func (o Outcome) String() string {
	if o == NotCast {
		return "not cast"
	}
	return "not known whether cast"
}

// CastError is why there is no receipt.
type CastError struct {
	Outcome Outcome
	// Answer is what the collector answered in place of a receipt that could be found
	// right, if it did: evidence, at least that it took the ballot.
	Answer []byte
	Err    error
}

func (e *CastError) Error() string { return fmt.Sprintf("voter: %s: %v", e.Outcome, e.Err) }

// Unwrap gives the reason.
func (e *CastError) Unwrap() error { return e.Err }

// wrongAnswer says that there was an answer, and that another try would change nothing about it:
// it was not merely the board, by which it is checked, that could not be reached.
func (e *CastError) wrongAnswer() bool { return e.Answer != nil && !errors.Is(e.Err, ErrUnreachable) }

// Cast hands the ballot in and returns the receipt, checked: the collector's
// signature, the ballot's place on the board under a checkpoint with all the
// signatures that the manifest demands, and that this board is the one seen
// before. The vote is cast if there is a receipt, and only then. Errors are
// *[CastError], around a *[RefusedError], [ErrUnreachable], [ErrReceipt] or
// [ErrBoard].
//
// It implements Voter.Cast of docs/protocol/voting.md.
func (e *Election) Cast(ctx context.Context, s *Sealed) (*election.Receipt, error) {
	answer, err := e.client.post(ctx, "v1/ballots", containerType, s.Container)
	if err != nil {
		err = refused(err, e.Manifest, s.Ballot.Hash())
		return nil, &CastError{Outcome: s.outcome(err), Err: err}
	}
	s.sent.Store(true) // also if the board, which is asked next, cannot be reached
	receipt, err := e.checkReceipt(ctx, s, answer)
	if err != nil {
		return nil, &CastError{Outcome: s.outcome(err), Answer: answer, Err: err}
	}
	return receipt, nil
}

func (e *Election) checkReceipt(ctx context.Context, s *Sealed, answer []byte) (*election.Receipt, error) {
	receipt, err := election.ParseReceipt(answer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	checkpoint, err := receipt.Verify(e.Manifest, s.Ballot.Hash(), election.HashOf(s.Container))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	if receipt.Index < s.Ballot.Anchor.Size {
		// An entry that was there before the ballot was made cannot be this ballot.
		return nil, fmt.Errorf("%w: %w", ErrReceipt, ErrBeforeAnchor)
	}
	// The receipt of a repeated try may be older than what was seen meanwhile:
	// accept takes that, if it is of the same history.
	if err := e.accept(ctx, checkpoint); err != nil {
		return nil, err
	}
	return receipt, nil
}

// ErrBeforeAnchor says that the entry of a receipt was on the board before the
// ballot was made.
var ErrBeforeAnchor = errors.New("its index lies before the ballot's anchor")

// doubtful are the codes of refusals after which the ballot may be on the board all
// the same.
var doubtful = []string{"duplicate", "not_verified", "not_witnessed", "replayed", "unavailable"}

// passing are the codes that say nothing about an earlier try: that one may be on its way into
// the box while this one is refused.
var passing = []string{"busy", "clock", "closed", "not_open", "too_many"}

// outcome says what a try that ended so leaves known, and remembers that a try may
// have arrived: no later failure to connect unsends it.
func (s *Sealed) outcome(err error) Outcome {
	var refusal *RefusedError
	if errors.As(err, &refusal) {
		// A refusal that does not name the ballot may be anybody's, sent to this voter.
		r := refusal.Refusal
		earlier := s.sent.Load() && slices.Contains(passing, r.Code)
		if r.Ballot != nil && !slices.Contains(doubtful, r.Code) && !earlier {
			return NotCast
		}
	}
	var f *fault
	if errors.As(err, &f) && !f.sent && !s.sent.Load() {
		return NotCast
	}
	s.sent.Store(true)
	return Unknown
}
