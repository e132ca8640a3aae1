package desktop

import (
	"context"
	"slices"
)

// begin does something that may take a while, at one of these steps and while nothing else is
// under way. How it ended is in the state. Errors: [ErrBusy], [ErrStep].
func (a *App) begin(first Activity, do func(ctx context.Context) error, at ...Step) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.beginLocked(first, do, at...)
}

// beginLocked is begin for who has the lock, since more must hold than the step.
func (a *App) beginLocked(first Activity, do func(ctx context.Context) error, at ...Step) error {
	if err := a.free(at); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(a.ctx)
	a.stop = stop
	a.updateLocked(func(s *State) { s.Busy, s.Problem = first, nil })
	a.work.Go(func() {
		defer stop()
		a.finish(do(ctx))
	})
	return nil
}

// free says whether something may begin.
func (a *App) free(at []Step) error {
	switch {
	case a.ctx.Err() != nil:
		return ErrStep
	case a.state.Busy != Idle:
		return ErrBusy
	case !slices.Contains(at, a.state.Step):
		return ErrStep
	}
	return nil
}

func (a *App) finish(err error) {
	problem := a.problem(err)
	a.mu.Lock()
	defer a.mu.Unlock()
	end := a.next
	a.stop, a.answer, a.next = nil, nil, nil
	a.updateLocked(func(s *State) {
		if end != nil {
			end(s)
		}
		s.Busy, s.Ask, s.Problem, s.Kept = Idle, nil, problem, a.unfinished(s)
	})
}

// then says how the state changes in the moment in which what is under way has ended, so that
// no face shows a new step that is not yet to be used.
func (a *App) then(change func(*State)) { a.next = change }

// unfinished says whether a ballot can be cast again: beside a receipt none is offered.
func (a *App) unfinished(s *State) bool { return s.Step != StepDone && a.voting.waiting(s) != nil }

// turn changes the state at once, at one of these steps and while nothing is under way.
func (a *App) turn(change func(*State) error, at ...Step) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.free(at); err != nil {
		return err
	}
	next := a.state
	next.Problem = nil
	if err := change(&next); err != nil {
		return err
	}
	next.Kept = a.unfinished(&next)
	a.updateLocked(func(s *State) { *s = next })
	return nil
}

// doing says what is being done now.
func (a *App) doing(what Activity) { a.update(func(s *State) { s.Busy = what }) }

// Stop ends what is under way, as far as it can be: a ballot that was sent stays sent.
func (a *App) Stop() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stop == nil {
		return ErrStep
	}
	a.stop()
	return nil
}
