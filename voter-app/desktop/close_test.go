package desktop_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/voter-app/desktop"
)

// A face that still asks while the program ends, or after it, begins nothing any more.
func TestNothingBeginsAfterClose(t *testing.T) {
	w := newWorld(t, 1)
	id := w.app.State(context.Background(), 0).Elections[0].ID
	w.open()
	w.identify(w.Voters[0])
	require.NoError(t, w.app.Close())
	require.ErrorIs(t, w.app.Choose(map[string][]string{test.Contest: {"1.1"}}), desktop.ErrStep)
	require.ErrorIs(t, w.app.Back(), desktop.ErrStep)
	require.ErrorIs(t, w.app.Leave(), desktop.ErrStep)
	require.ErrorIs(t, w.app.Resume(), desktop.ErrStep)

	w.start()
	require.NoError(t, w.app.Close())
	require.ErrorIs(t, w.app.OpenKnown(id), desktop.ErrStep)
}

// The end may come in the middle of anything.
func TestCloseWhileFacesAsk(t *testing.T) {
	w := newWorld(t, 1)
	id := w.app.State(context.Background(), 0).Elections[0].ID
	var faces sync.WaitGroup
	ctx, stop := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer stop()
	for range 4 {
		faces.Go(func() {
			for ctx.Err() == nil {
				_ = w.app.OpenKnown(id)
				_ = w.app.Look()
				_ = w.app.Leave()
			}
		})
	}
	time.Sleep(100 * time.Millisecond)
	require.NoError(t, w.app.Close())
	faces.Wait()
	require.Equal(t, desktop.Idle, w.app.State(context.Background(), 0).Busy)
}
