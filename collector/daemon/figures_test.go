package daemon

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/collector/statistics"
)

func TestSmallestFigure(t *testing.T) {
	for section, want := range map[string]int{"": 0, "[statistics]\n": 0, "[statistics]\nsmallest = 20\n": 20} {
		s, err := ReadSettings(write(t, complete+section))
		require.NoError(t, err)
		require.Equal(t, want, s.figures().Smallest)
		c, err := s.collector(Keys{}, slog.Default())
		require.NoError(t, err)
		require.Equal(t, want, c.Smallest)
	}
	for _, low := range []string{"4", "-1"} {
		_, err := ReadSettings(write(t, complete+"[statistics]\nsmallest = "+low+"\n"))
		require.ErrorIs(t, err, errSmallest)
		require.ErrorContains(t, err, low)
	}
	require.GreaterOrEqual(t, statistics.Default, statistics.Floor)
}
