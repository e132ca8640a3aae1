package collector

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"valik/collector/store"
)

// metrics are what an operator watches. They have a registry of their own, so that two
// collectors may live in one process, and no label that could tell one voter from another.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	latency  *prometheus.HistogramVec
	refusals *prometheus.CounterVec
	batches  *prometheus.CounterVec
	failures *prometheus.CounterVec
	ballots  prometheus.Histogram
	commit   prometheus.Histogram

	notices *prometheus.CounterVec
	queued  *prometheus.GaugeVec
	oldest  prometheus.Gauge
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: counter("valik_requests_total", "Requests by route and status.", "route", "status"),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "valik_request_seconds", Help: "Time to answer by route.", Buckets: prometheus.DefBuckets,
		}, []string{"route"}),
		refusals: counter("valik_refusals_total", "Refusals by code.", "code"),
		batches:  counter("valik_batches_total", "Transactions that sequence ballots, by outcome.", "outcome"),
		ballots: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "valik_batch_ballots", Help: "Ballots of a transaction.", Buckets: prometheus.ExponentialBuckets(1, 2, 11),
		}),
		commit: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "valik_batch_seconds", Help: "Time of a transaction.", Buckets: prometheus.DefBuckets,
		}),
	}
	m.notices = counter("valik_notices_total", "Attempts to deliver a notice, by outcome.", "outcome")
	m.queued = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "valik_notices_queued", Help: "Notices in the queue, by state."}, []string{"state"})
	m.oldest = prometheus.NewGauge(prometheus.GaugeOpts{Name: "valik_notices_oldest_seconds", Help: "Age of the oldest notice that waits."})
	m.registry.MustRegister(m.notices, m.queued, m.oldest)
	m.failures = counter("valik_background_failures_total", "Failures of what no request waits for, by task.", "task")
	m.registry.MustRegister(m.failures)
	m.begin()
	m.registry.MustRegister(m.requests, m.latency, m.refusals, m.batches, m.ballots, m.commit)
	return m
}

// begin lets what may be alarming begin at 0: to Prometheus a counter that appears with 1 has
// not grown.
func (m *metrics) begin() {
	for code := range meanings {
		m.refusals.WithLabelValues(code)
	}
	for _, outcome := range []string{"committed", "failed"} {
		m.batches.WithLabelValues(outcome)
	}
	for _, task := range []string{"publish", "clock", "settle"} {
		m.failures.WithLabelValues(task)
	}
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

// gauge adds a number that is looked up when Prometheus asks. Who has a metric of their own
// adds it beside its use: here, or by the registry.
func (m *metrics) gauge(name, help string, value func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
}

func (m *metrics) batch(ballots int, took time.Duration, err error) {
	outcome := "committed"
	if err != nil {
		outcome = "failed"
	}
	m.batches.WithLabelValues(outcome).Inc()
	m.ballots.Observe(float64(ballots))
	m.commit.Observe(took.Seconds())
}

func (m *metrics) queue(q store.Queue, now time.Time) {
	m.queued.WithLabelValues("waiting").Set(float64(q.Waiting))
	m.queued.WithLabelValues("given_up").Set(float64(q.GivenUp))
	age := 0.0
	if !q.Oldest.IsZero() {
		age = now.Sub(q.Oldest).Seconds()
	}
	m.oldest.Set(age)
}

func (m *metrics) request(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.latency.WithLabelValues(route).Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
