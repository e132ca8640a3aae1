package desktop

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/secret"
)

// A secret that comes after its question was given up is wiped.
func TestAnswerTooLate(t *testing.T) {
	a := idleApp(t)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	before := a.State(ctx, 0).Version
	go func() {
		_, err := a.ask(ctx, Question{Kind: AskPIN})
		ended <- err
	}()
	id := a.State(context.Background(), before).Ask.ID
	stop()
	require.ErrorIs(t, <-ended, context.Canceled)

	text := secret.New([]byte("1234"))
	require.ErrorIs(t, a.Answer(id, text), ErrStep)
	require.True(t, text.Empty())
}

// A secret that comes just when its question is given up is used or wiped.
func TestAnswerAtTheEnd(t *testing.T) {
	a := idleApp(t)
	for range 50 { // of two that are there at once, chance decides which is seen
		ctx, stop := context.WithCancel(context.Background())
		text := secret.New([]byte("1234"))
		before := a.State(ctx, 0).Version
		go func() {
			a.State(context.Background(), before) // has the question
			a.mu.Lock()
			defer a.mu.Unlock()
			stop()
			a.answer <- text
		}()
		if _, err := a.ask(ctx, Question{Kind: AskPIN}); err != nil {
			require.True(t, text.Empty())
		}
	}
}

func idleApp(t *testing.T) *App {
	t.Helper()
	a := New(Config{})
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	return a
}
