package desktop_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/token/tokentest"
	"valik/voter-app/desktop"
)

// onToken puts the first voter's keys on a token, and starts the program with its module.
func (w *world) onToken() *tokentest.Token {
	w.t.Helper()
	k := tokentest.New(w.t)
	k.Import(w.t, w.Voters[0].Card.Authentication, "Authentication", "01", false)
	k.Import(w.t, w.Voters[0].Card.Signing, "Signing", "02", true)
	w.start(func(c *desktop.Config) { c.Modules = []string{k.Module} })
	return k
}

// identifyBy begins to identify with the only card there is, and answers with a PIN.
func (w *world) identifyBy(pin string) error {
	w.t.Helper()
	means := w.app.State(context.Background(), 0).Means
	require.Len(w.t, means, 1)
	require.Equal(w.t, "card", means[0].Kind)
	require.NoError(w.t, w.app.Identify(means[0].ID))
	return w.answer("authentication", pin)
}

// answer answers the next question.
func (w *world) answer(usage, text string) error {
	w.t.Helper()
	s := w.state(asked)
	require.NotNil(w.t, s.Ask, "%+v", s.Problem)
	require.Equal(w.t, usage, s.Ask.Usage)
	return w.app.Answer(s.Ask.ID, pin(text))
}

// A card is found, a wrong PIN is told, and the right one votes; the signature asks for its own.
func TestACardAndItsPIN(t *testing.T) {
	w := newWorld(t, 1)
	k := w.onToken()
	require.Len(t, w.open().Means, 1)

	require.NoError(t, w.identifyBy("11111"))
	s := w.failed(nil, "token_pin_wrong", "")
	require.Equal(t, desktop.StepIdentify, s.Step)
	require.True(t, s.Problem.Low)
	require.NotContains(t, s.Problem.Detail, "11111")

	require.NoError(t, w.identifyBy(""))
	w.failed(nil, "token_cancelled", "")

	require.NoError(t, w.identifyBy(k.PIN))
	s = w.done(nil)
	require.Equal(t, desktop.StepBallot, s.Step)
	w.choose("1.1")

	require.NoError(t, w.app.Cast())
	require.NoError(t, w.answer("signing", "22222"))
	s = w.failed(nil, "token_pin_wrong", desktop.NotCast)
	require.Equal(t, desktop.StepReview, s.Step)
	require.NoError(t, w.app.Cast())
	require.NoError(t, w.answer("signing", k.PIN))
	require.Equal(t, desktop.StepDone, w.done(nil).Step)
}

// A question is answered once, and goes with what asked it.
func TestAnswers(t *testing.T) {
	w := newWorld(t, 1)
	w.onToken()
	w.open()
	require.NoError(t, w.app.Identify(w.app.State(context.Background(), 0).Means[0].ID))
	s := w.state(asked)
	require.ErrorIs(t, w.app.Answer(s.Ask.ID+1, pin("1")), desktop.ErrStep)
	require.NoError(t, w.app.Stop())
	w.failed(nil, "stopped", "")
	require.ErrorIs(t, w.app.Answer(s.Ask.ID, pin("1")), desktop.ErrStep)
}

// Without a card there is nothing to choose from, and looking again finds it.
func TestACardThatComesLater(t *testing.T) {
	w := newWorld(t, 1)
	w.start(func(c *desktop.Config) { c.Modules = []string{"/nowhere/module.so"} })
	require.Empty(t, w.open().Means)
	require.Empty(t, w.done(w.app.Look()).Means)
}
