package collector

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"valik/board"
)

// witnessWatch sees every exchange with a witness.
type witnessWatch struct {
	next    http.RoundTripper
	names   map[string]string // by URL
	answers *prometheus.CounterVec
	latency *prometheus.HistogramVec
}

// watchWitnesses counts what witnesses answer, times them, and tells how far each has come.
func (c *Collector) watchWitnesses() {
	watch := &witnessWatch{
		next: c.witness.client.Transport, names: map[string]string{},
		answers: counter("valik_witness_answers_total", "Answers of witnesses, by outcome.", "witness", "outcome"),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "valik_witness_seconds", Help: "Time of witnesses to answer.", Buckets: prometheus.DefBuckets,
		}, []string{"witness"}),
	}
	if watch.next == nil {
		watch.next = http.DefaultTransport
	}
	c.metrics.registry.MustRegister(watch.answers, watch.latency, witnessProgress{c.witness})
	for _, one := range c.witness.list {
		name := witnessName(one)
		watch.names[strings.TrimSuffix(one.URL, "/")] = name
		for _, outcome := range witnessOutcomes {
			watch.answers.WithLabelValues(name, outcome) // from 0 on: the first one of its kind must be seen to be more
		}
	}
	client := *c.witness.client
	client.Transport = watch
	c.witness.client = &client
}

var witnessEntries = describe("valik_witness_entries", "Entries of the newest checkpoint that a witness has answered for.", "witness")

// witnessProgress tells how far each witness has come.
type witnessProgress struct{ *witnesses }

// Describe is the interface of prometheus.Collector.
func (p witnessProgress) Describe(to chan<- *prometheus.Desc) { to <- witnessEntries }

// Collect is the interface of prometheus.Collector.
func (p witnessProgress) Collect(to chan<- prometheus.Metric) {
	for _, one := range p.list {
		to <- prometheus.MustNewConstMetric(witnessEntries, prometheus.GaugeValue, float64(p.last(one)), witnessName(one))
	}
}

// witnessName is the name in the key, which the manifest makes distinct.
func witnessName(one Witness) string {
	if key, err := board.ParsePublicKey(one.Key); err == nil {
		return key.Name()
	}
	return one.Key
}

// RoundTrip is the interface of http.RoundTripper.
func (w *witnessWatch) RoundTrip(req *http.Request) (*http.Response, error) {
	began := time.Now()
	resp, err := w.next.RoundTrip(req)
	name := w.names[strings.TrimSuffix(req.URL.String(), "/add-checkpoint")]
	outcome := witnessOutcome(req.Context(), resp, err)
	w.answers.WithLabelValues(name, outcome).Inc()
	if outcome != "late" {
		w.latency.WithLabelValues(name).Observe(time.Since(began).Seconds())
	}
	return resp, err
}

var witnessOutcomes = []string{"answered", "conflict", "fork", "late", "refused", "unreachable"}

// witnessOutcome names what came. "late" is no fault: the others were the quorum before.
// "conflict" is that the witness has seen another size, "fork" that it has seen another board.
func witnessOutcome(ctx context.Context, resp *http.Response, err error) string {
	switch {
	case err != nil && errors.Is(ctx.Err(), context.Canceled):
		return "late"
	case err != nil:
		return "unreachable"
	case resp.StatusCode == http.StatusOK:
		return "answered"
	case resp.StatusCode == http.StatusConflict:
		return "conflict"
	case resp.StatusCode == http.StatusUnprocessableEntity:
		return "fork"
	}
	return "refused"
}
