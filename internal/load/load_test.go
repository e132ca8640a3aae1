package load

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/internal/progress"
)

// A short load that every machine bears: all ballots get receipts, and the board has them.
func TestLoad(t *testing.T) {
	var out bytes.Buffer
	r, err := Run(context.Background(), Config{
		Rate: 20, Duration: 3 * time.Second, Choices: 5, Interval: 100 * time.Millisecond, Out: &out, Bars: progress.New(&out),
	})
	require.NoError(t, err, out.String())
	require.Equal(t, 60, r.Receipts, out.String())
	require.Zero(t, r.Failed)
	require.Contains(t, out.String(), "the board has all 60 ballots")
}

// Beyond what it can do the collector sheds load as busy, and loses nothing.
func TestOverload(t *testing.T) {
	if testing.Short() {
		t.Skip("a minute; the whole run has it")
	}
	var out bytes.Buffer
	r, err := Run(context.Background(), Config{
		Rate: 500, Duration: 4 * time.Second, Choices: 138, Interval: 100 * time.Millisecond, Overload: true, Probe: 2 * time.Second,
		Out: &out, Bars: progress.New(&out),
	})
	require.NoError(t, err, out.String())
	require.Zero(t, r.Failed, out.String())
	require.NotZero(t, r.Receipts, out.String())
	require.NotZero(t, r.Refusals["busy"], out.String())
	require.Len(t, r.Refusals, 1, out.String())
	require.NotZero(t, r.Pause, "busy says when to come again")
}

func TestQuantile(t *testing.T) {
	times := []time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	require.EqualValues(t, 5, quantile(times, 50))
	require.EqualValues(t, 10, quantile(times, 99))
	require.EqualValues(t, 10, quantile(times, 100))
	require.Zero(t, quantile(nil, 99))
}
