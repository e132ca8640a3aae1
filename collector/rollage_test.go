package collector

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
)

func TestRollAge(t *testing.T) {
	w := test.New(t, 2)
	made := test.Opens
	require.NoError(t, os.Chtimes(filepath.Join(w.Dir, rollPath(0)), made, made))
	var log test.Log
	s := serve(t, w, sqliteURL(t), func(c *Config) { c.Logger = textLogger(&log) })
	s.c.config.RollLag = 10 * time.Minute // a collector that began with it would look by itself too
	look := func(at time.Time) string {
		before := len(log.String())
		s.clock.set(at)
		s.c.lookAtRoll()
		return log.String()[before:]
	}
	for _, row := range []struct {
		name string
		at   time.Time
		says string
	}{
		{"the polls are not open", made.Add(-time.Minute), ""},
		{"young", made.Add(10 * time.Minute), ""},
		{"old", made.Add(10*time.Minute + time.Second), "the voter roll is old"},
		{"the polls are closed", test.Closes, ""},
	} {
		got := look(row.at)
		if row.says == "" {
			require.Empty(t, got, row.name)
		} else {
			require.Contains(t, got, row.says, row.name)
		}
	}
	look(made.Add(90 * time.Second))
	age, err := s.c.rollAge()
	require.NoError(t, err)
	require.Equal(t, 90*time.Second, age)
	require.Equal(t, 90.0, gauge(t, s.c, "valik_roll_age_seconds"))

	w.WriteRoll(t, 1, w.Voters)
	require.NoError(t, os.Chtimes(filepath.Join(w.Dir, rollPath(1)), made, made))
	require.Contains(t, look(made.Add(time.Minute)), "send SIGHUP")
	require.NoError(t, s.c.Reload(ctx))
	require.Empty(t, look(made.Add(time.Minute)), "it was taken over")
}

// gauge is the value of a gauge as Prometheus would read it.
func gauge(t *testing.T, c *Collector, name string) float64 {
	t.Helper()
	families, err := c.metrics.registry.Gather()
	require.NoError(t, err)
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	require.Fail(t, "there is no gauge", name)
	return 0
}
