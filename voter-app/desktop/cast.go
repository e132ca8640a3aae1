package desktop

import (
	"context"
	"errors"
	"slices"

	"valik/eid"
	"valik/election"
	voter "valik/voter-app"
)

// Choose takes the voter's choices to the review. Errors: [ErrStep], [ErrBusy], or
// *election.SelectionError for choices that make no ballot.
func (a *App) Choose(selections map[string][]string) error {
	return a.turn(func(s *State) error {
		if err := election.CheckSelections(a.voting.election.Manifest, a.voting.who.District, selections); err != nil {
			return err
		}
		s.Step, s.Selections = StepReview, selections
		return nil
	}, StepBallot, StepReview)
}

// Back goes from the review to the ballot, or from the ballot to who votes.
func (a *App) Back() error {
	return a.turn(func(s *State) error {
		switch s.Step {
		case StepReview:
			s.Step = StepBallot
		case StepBallot:
			s.Step, s.Voter, s.Ballot, s.Selections = StepIdentify, nil, nil, nil
			s.Problem = a.problem(a.closeRing()) // the card is let go of all the same
		}
		return nil
	}, StepBallot, StepReview)
}

// Cast encrypts, signs and casts what is reviewed. The signed ballot is on the disk before it
// goes out, so that whatever happens then, it can be cast again without another signature.
func (a *App) Cast() error {
	return a.begin(Encrypting, a.following(func(ctx context.Context) error {
		choices := a.State(ctx, 0).Selections
		sealed, err := a.seal(ctx, choices)
		if err != nil {
			return &voter.CastError{Outcome: voter.NotCast, Err: err}
		}
		if err := a.keep(sealed, choices); err != nil {
			return &voter.CastError{Outcome: voter.NotCast, Err: &folderError{err}}
		}
		return a.send(ctx, sealed)
	}), StepReview)
}

func (a *App) seal(ctx context.Context, selections map[string][]string) (*voter.Sealed, error) {
	e := a.voting.election
	prepared, err := e.Prepare(ctx, a.voting.who, selections)
	if err != nil {
		return nil, err
	}
	a.doing(Signing)
	key, err := a.voting.ring.Signer(ctx, eid.Signing)
	if err != nil {
		return nil, err
	}
	return e.Seal(ctx, prepared, key, a.config.Now())
}

// Resume casts again what was signed and has no receipt.
func (a *App) Resume() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	steps := []Step{StepIdentify, StepBallot, StepReview}
	if err := a.free(steps); err != nil {
		return err
	}
	sealed := a.voting.waiting(&a.state)
	if sealed == nil {
		return ErrStep
	}
	return a.beginLocked(Sending, a.following(func(ctx context.Context) error { return a.send(ctx, sealed) }), steps...)
}

// send casts a ballot that is kept. It is kept until its fate is certain.
func (a *App) send(ctx context.Context, sealed *voter.Sealed) error {
	a.update(func(s *State) { s.Busy, s.Kept = Sending, true })
	receipt, err := a.voting.election.CastPatiently(ctx, sealed, a.config.Patience, func(error) { a.doing(Waiting) })
	var failed *voter.CastError
	if errors.As(err, &failed) && failed.Outcome == voter.NotCast {
		return errors.Join(err, a.forget(func(k *voter.Sealed) bool { return k == sealed }))
	}
	if err != nil {
		return err
	}
	a.voting.sealed, a.voting.receipt = sealed, receipt
	a.doing(Updating)
	casts, shown := a.casts(ctx, receipt), a.receipt()
	a.then(func(s *State) {
		s.Step, s.Receipt, s.Ballot, s.Selections = StepDone, shown, nil, nil
		if s.Voter != nil {
			v := *s.Voter
			v.Casts = casts
			s.Voter = &v
		}
	})
	if err := a.forget(func(k *voter.Sealed) bool { return k == sealed || outdated(k, sealed, receipt) }); err != nil {
		return &folderError{err} // the vote is cast all the same
	}
	return nil
}

// following keeps what the board has shown meanwhile, however it ended.
func (a *App) following(do func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		err := do(ctx)
		if failed := a.keepSeen(); failed != nil {
			err = errors.Join(err, &folderError{failed})
		}
		return err
	}
}

// casts asks anew when ballots were accepted in the voter's name. Without an answer it is what
// was known before, and this one.
func (a *App) casts(ctx context.Context, r *election.Receipt) []election.Time {
	if a.voting.who == nil {
		return nil
	}
	if now, err := a.voting.election.Again(ctx, a.voting.who); err == nil {
		a.voting.who = now
		return now.Casts
	}
	before := a.voting.who.Casts
	if slices.Contains(before, r.Time) { // a resumed one, which had arrived
		return before
	}
	return append(slices.Clone(before), r.Time)
}

// Revote begins a new ballot after a cast.
func (a *App) Revote() error {
	return a.turn(func(s *State) error {
		a.voting.sealed, a.voting.receipt = nil, nil
		s.Step, s.Receipt, s.Selections = StepIdentify, nil, nil
		if a.voting.who != nil {
			s.Step, s.Ballot = StepBallot, a.ballot()
		}
		return nil
	}, StepDone)
}
