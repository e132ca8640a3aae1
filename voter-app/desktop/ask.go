package desktop

import (
	"context"

	"valik/eid/keyring"
	"valik/eid/secret"
	"valik/eid/token"
)

// asks are the questions of cards and files, which the voter answers in the window.
func (a *App) asks() keyring.Asks {
	return keyring.Asks{
		PIN: func(ctx context.Context, p token.Prompt) (secret.Text, error) {
			q := Question{Kind: AskPIN, Of: token.Shown(p.Token), Usage: p.Usage.String(), Again: p.Again, Low: p.Low, Final: p.Final}
			if p.PinPad {
				q.Kind = AskPinPad
				a.pose(q)
				return secret.Text{}, nil
			}
			return a.ask(ctx, q)
		},
		Passphrase: func(ctx context.Context, name string) (secret.Text, error) {
			return a.ask(ctx, Question{Kind: AskPassphrase, Of: name})
		},
	}
}

// ask waits for the voter's answer.
func (a *App) ask(ctx context.Context, q Question) (secret.Text, error) {
	answer := a.pose(q)
	select {
	case text := <-answer:
		return text, nil
	case <-ctx.Done():
		a.giveUp(answer)
		return secret.Text{}, ctx.Err()
	}
}

// giveUp takes a question back. An answer that has crossed with that is wiped: nobody takes it.
func (a *App) giveUp(answer <-chan secret.Text) {
	a.mu.Lock()
	defer a.mu.Unlock()
	select {
	case text := <-answer:
		text.Wipe()
	default:
	}
	a.updateLocked(func(s *State) { s.Ask = nil })
}

// pose shows a question, and gives the channel of its answer.
func (a *App) pose(q Question) <-chan secret.Text {
	answer := make(chan secret.Text, 1)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = answer
	a.updateLocked(func(s *State) {
		q.ID = int(s.Version) + 1 // of the state that shows it first: no two questions share one
		s.Ask = &q
	})
	return answer
}

// Answer gives the answer to a question; an empty one cancels. The text is the program's from
// then on. Errors: [ErrStep] if the question is not asked any more.
func (a *App) Answer(id int, text secret.Text) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.state.Ask == nil || a.state.Ask.ID != id || a.state.Ask.Kind == AskPinPad {
		text.Wipe()
		return ErrStep
	}
	a.answer <- text // it has room for the one answer
	a.updateLocked(func(s *State) { s.Ask = nil })
	return nil
}
