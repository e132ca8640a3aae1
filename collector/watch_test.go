package collector

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/collector/store"
)

// value is that of a metric with this value of its first label, "" for one without labels.
func value(t *testing.T, c *Collector, name, label string) float64 {
	t.Helper()
	families, err := c.metrics.registry.Gather()
	require.NoError(t, err)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && (label == "" && len(m.GetLabel()) == 0 || len(m.GetLabel()) > 0 && m.GetLabel()[0].GetValue() == label) {
				return m.GetGauge().GetValue() + m.GetCounter().GetValue()
			}
		}
	}
	require.Fail(t, "no such metric", "%s %s", name, label)
	return 0
}

func TestStateOfTheLogIsWatched(t *testing.T) {
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		w := test.New(t, 2)
		s := serve(t, w, database(t))
		s.cast(s.prepare(w.Voters[0]))
		size := float64(s.size()[0])
		require.Equal(t, size, value(t, s.c, "valik_log_entries", ""))
		require.Equal(t, size, value(t, s.c, "valik_checkpoint_entries", ""))
		require.Zero(t, value(t, s.c, "valik_checkpoint_overdue_seconds", ""))
		require.Equal(t, 1.0, value(t, s.c, "valik_phase", "open"))
		require.Zero(t, value(t, s.c, "valik_phase", "closed"))
		require.Equal(t, 1.0, value(t, s.c, "valik_database_up", ""))
		require.Zero(t, value(t, s.c, "valik_ballots_waiting", ""))
		require.Positive(t, value(t, s.c, "valik_checks_limit", ""))
		require.Zero(t, value(t, s.c, "valik_roll_version", ""))
		require.Equal(t, float64(test.Opens.Unix()), value(t, s.c, "valik_polls_open_timestamp_seconds", ""))
		require.Equal(t, float64(test.Closes.Unix()), value(t, s.c, "valik_polls_close_timestamp_seconds", ""))

		w.WriteRoll(t, 1, w.Voters)
		require.NoError(t, s.c.Reload(ctx))
		require.Equal(t, 1.0, value(t, s.c, "valik_roll_version", ""))
	})
}

// A database that does not answer is said to be down, and nothing old is told of the log.
func TestDatabaseDownIsWatched(t *testing.T) {
	database, refuse := fragile(t)
	s := serve(t, test.New(t, 1), database)
	admit := refuse()
	require.Zero(t, value(t, s.c, "valik_database_up", ""))
	families, err := s.c.metrics.registry.Gather()
	require.NoError(t, err)
	for _, f := range families {
		require.NotContains(t, []string{"valik_log_entries", "valik_phase"}, f.GetName())
	}
	admit()
	require.Equal(t, 1.0, value(t, s.c, "valik_database_up", ""))
}

// A checkpoint may be old; what must not be is an entry that waits for one.
func TestAgesOfCheckpoints(t *testing.T) {
	at := time.Unix(1000, 0)
	w := &logWatch{now: func() time.Time { return at }}
	for i, row := range []struct {
		pass            int // seconds
		size, published uint64
		age, overdue    int
	}{
		{0, 5, 5, 0, 0},
		{60, 5, 5, 60, 0}, // quiet
		{5, 7, 5, 65, 0},  // seen for the first time
		{5, 9, 5, 70, 5},
		{5, 9, 7, 0, 0}, // the first ones are published, the others were not there long ago
		{5, 9, 7, 5, 5},
		{5, 9, 9, 0, 0},
	} {
		at = at.Add(time.Duration(row.pass) * time.Second)
		age, overdue := w.ages(store.State{Size: row.size, Published: row.published})
		require.Equal(t, []int{row.age, row.overdue}, []int{int(age.Seconds()), int(overdue.Seconds())}, "row %d", i)
	}
}

// trip is a witness's answer.
type trip func() (*http.Response, error)

func (f trip) RoundTrip(*http.Request) (*http.Response, error) { return f() }

func TestAnswersOfWitnessesAreWatched(t *testing.T) {
	c := &Collector{metrics: newMetrics(), witness: &witnesses{
		list: []Witness{{Key: "not a key", URL: "http://witness.example/1/"}}, seen: map[string]uint64{}, client: &http.Client{},
	}}
	mine := c.witness.client
	c.watchWitnesses()
	require.Nil(t, mine.Transport, "the client of the configuration is not changed")
	want := map[string]float64{}
	over, cancel := context.WithCancel(ctx)
	cancel()
	for _, row := range []struct {
		ctx     context.Context
		status  int
		err     error
		outcome string
	}{
		{ctx, 200, nil, "answered"},
		{ctx, 409, nil, "conflict"},
		{ctx, 422, nil, "fork"},
		{ctx, 403, nil, "refused"},
		{ctx, 500, nil, "refused"},
		{ctx, 0, errors.New("no route"), "unreachable"},
		{over, 0, context.Canceled, "late"},
	} {
		watch := c.witness.client.Transport.(*witnessWatch)
		watch.next = trip(func() (*http.Response, error) {
			if row.err != nil {
				return nil, row.err
			}
			return &http.Response{StatusCode: row.status, Body: io.NopCloser(strings.NewReader(""))}, nil
		})
		req, err := http.NewRequestWithContext(row.ctx, http.MethodPost, "http://witness.example/1/add-checkpoint", nil)
		require.NoError(t, err)
		resp, err := watch.RoundTrip(req)
		require.Equal(t, row.err, err)
		if err == nil {
			require.NoError(t, resp.Body.Close())
		}
		want[row.outcome]++
	}
	require.Equal(t, want, outcomes(t, c))
	c.witness.remember(c.witness.list[0], 17)
	require.Equal(t, 17.0, value(t, c, "valik_witness_entries", "not a key"))
}

// outcomes are the answers of witnesses by their outcome.
func outcomes(t *testing.T, c *Collector) map[string]float64 {
	t.Helper()
	families, err := c.metrics.registry.Gather()
	require.NoError(t, err)
	counted := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == "valik_witness_answers_total" {
				require.Contains(t, witnessOutcomes, m.GetLabel()[0].GetValue())
				counted[m.GetLabel()[0].GetValue()] += m.GetCounter().GetValue() // outcome comes before witness
			}
		}
	}
	return counted
}

// Names and units are as Prometheus wants them, and no label can tell voters apart.
func TestMetricsAreNamedByTheRules(t *testing.T) {
	s := serve(t, test.New(t, 1), sqliteURL(t))
	s.cast(s.prepare(s.w.Voters[0]))
	families, err := s.c.metrics.registry.Gather()
	require.NoError(t, err)
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	require.NoError(t, err)
	require.Empty(t, ours(problems))
	harmless := []string{"route", "status", "code", "outcome", "phase", "task", "witness", "state"}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				require.True(t, !strings.HasPrefix(f.GetName(), "valik_") || slices.Contains(harmless, l.GetName()), "%s{%s}", f.GetName(), l.GetName())
			}
		}
	}
}

func ours(problems []promlint.Problem) (list []promlint.Problem) {
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "valik_") {
			list = append(list, p)
		}
	}
	return list
}
