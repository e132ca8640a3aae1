package collector

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"valik/collector/store"
)

// watchTimeout is how long a question to the database may take for the metrics: a database
// that answers later is as good as down.
const watchTimeout = 2 * time.Second

var (
	logEntries        = describe("valik_log_entries", "Entries of the log that are committed.")
	checkpointEntries = describe("valik_checkpoint_entries", "Entries under the newest final checkpoint.")
	checkpointAge     = describe("valik_checkpoint_age_seconds", "Time since this collector saw the newest final checkpoint first.")
	checkpointOverdue = describe("valik_checkpoint_overdue_seconds", "Time for which entries have waited for a final checkpoint, 0 if none wait.")
	phaseOfLog        = describe("valik_phase", "1 for the phase that the log is in, 0 for the others.", "phase")
	ballotsUnsettled  = describe("valik_ballots_unsettled", "Ballots without evidence for which it may still come.")
	databaseUp        = describe("valik_database_up", "Whether the database answers: 1 or 0.")
)

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// countAndWatch prepares the figures for officials and the gauges for operators.
func (c *Collector) countAndWatch() (err error) {
	if c.figures, err = newFigures(c.manifest, c.config.Smallest); err != nil {
		return err
	}
	m := c.metrics
	m.registry.MustRegister(&logWatch{c: c, now: time.Now}, c.store.Pool(), collectors.NewBuildInfoCollector(),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.gauge("valik_ballots_waiting", "Ballots that passed all checks and wait for their place in the log.", func() float64 { return float64(c.sequence.waiting.Load()) })
	m.gauge("valik_ballots_in_progress", "Ballots that are being checked, sequenced and published.", func() float64 { return float64(c.casting.Load()) })
	m.gauge("valik_checks_in_progress", "Ballots that are being checked.", func() float64 { return float64(len(c.admission.cores)) })
	m.gauge("valik_checks_limit", "Ballots that may be checked at once.", func() float64 { return float64(cap(c.admission.cores)) })
	m.gauge("valik_roll_version", "Newest version of the voter roll that this collector has read.", func() float64 { return float64(len(c.bench.Load().rolls) - 1) })
	m.gauge("valik_polls_open_timestamp_seconds", "When the manifest opens the polls.", func() float64 { return float64(c.manifest.Opens) })
	m.gauge("valik_polls_close_timestamp_seconds", "When the manifest closes the polls.", func() float64 { return float64(c.manifest.Closes) })
	return nil
}

// logWatch reads the state of the log when Prometheus asks.
type logWatch struct {
	c   *Collector
	now func() time.Time

	mu         sync.Mutex
	published  uint64
	since      time.Time // when published was seen first
	waiting    uint64    // entries the oldest of which have waited since late; 0: none
	waitsSince time.Time
}

// Describe is the interface of prometheus.Collector.
func (w *logWatch) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{logEntries, checkpointEntries, checkpointAge, checkpointOverdue, phaseOfLog, ballotsUnsettled, databaseUp} {
		to <- d
	}
}

// Collect is the interface of prometheus.Collector. While the database does not answer, only
// that is told: an old number would look like a new one.
func (w *logWatch) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), watchTimeout)
	defer cancel()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	state, err := w.c.store.State(ctx)
	unsettled := uint64(0)
	if err == nil && w.c.manifest.Settles() {
		unsettled, err = w.c.store.CountUnsettled(ctx, w.c.settlesSince(w.c.now()))
	}
	if err != nil {
		gauge(databaseUp, 0)
		return
	}
	age, overdue := w.ages(state)
	gauge(databaseUp, 1)
	gauge(logEntries, float64(state.Size))
	gauge(checkpointEntries, float64(state.Published))
	gauge(checkpointAge, age.Seconds())
	gauge(checkpointOverdue, overdue.Seconds())
	gauge(ballotsUnsettled, float64(unsettled))
	for _, p := range []store.Phase{store.Setup, store.Opened, store.Closed, store.Settlement} {
		value := 0.0
		if p == state.Phase {
			value = 1
		}
		gauge(phaseOfLog, value, string(p))
	}
}

// ages notes the state and tells since when the newest final checkpoint is there, and since when
// an entry waits that it does not cover. A quiet log has an old checkpoint and none that waits.
func (w *logWatch) ages(s store.State) (age, overdue time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	if w.since.IsZero() || s.Published > w.published {
		w.published, w.since = s.Published, now
	}
	switch {
	case s.Size <= s.Published:
		w.waiting = 0
	case w.waiting == 0 || s.Published >= w.waiting:
		// What waited is published, and what waits now has come since it was looked at last.
		w.waiting, w.waitsSince = s.Size, now
	}
	if w.waiting > 0 {
		overdue = now.Sub(w.waitsSince)
	}
	return now.Sub(w.since), overdue
}
