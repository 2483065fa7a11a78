package service

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"wherefore/domain"
	"wherefore/handlers"
	"wherefore/store"
)

// metrics are this process's own figures. They have their own registry, so
// that tests can start several servers in one process.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	spikes   *prometheus.CounterVec
	conflict *prometheus.GaugeVec
	signIns  *prometheus.CounterVec
	lookups  *prometheus.CounterVec

	quarantine  *prometheus.GaugeVec
	clockOffset prometheus.Gauge
	leafBytes   prometheus.Gauge
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "wherefore_http_request_seconds",
			Help:    "Time to answer a request, by route and status.",
			Buckets: []float64{.001, .003, .01, .03, .1, .3, 1, 3, 10},
		}, []string{"route", "status"}),
	}
	m.spikes = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "wherefore_cluster_spikes_total",
		Help: "New clusters that reached many profiles within an hour, as noticed by this replica; add the replicas up.",
	}, []string{"network"})
	for _, n := range domain.Networks() {
		m.spikes.WithLabelValues(string(n)) // from 0 on, so that the first one is an increase
	}
	m.conflict = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "wherefore_catalog_conflict",
		Help: "1 while this replica's built-in parsers are older than the live ones, or others of the same version, and are not used.",
	}, []string{"standing"})
	for _, s := range []domain.Standing{domain.StandingOlder, domain.StandingDiffers} {
		m.conflict.WithLabelValues(string(s))
	}
	m.quarantine = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "wherefore_quarantine_open_entries",
		Help: "Open entries in quarantine of all replicas, by source and field at fault; each replica says the same, so take the highest.",
	}, []string{"source", "field"})
	m.registry.MustRegister(m.quarantine)
	m.signIns = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "wherefore_sign_ins_total",
		Help: "Sign-ins to this replica that succeeded, failed or were refused unchecked, and sign-outs, by outcome.",
	}, []string{"outcome"})
	for _, outcome := range handlers.SignInOutcomes() {
		m.signIns.WithLabelValues(string(outcome))
	}
	m.lookups = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "wherefore_directory_lookups_total",
		Help: "Fields that sources left out and this replica looked up in the directory, by result; add the replicas up.",
	}, []string{"source", "field", "result"}) // only admins make sources, the others are few
	m.clockOffset = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "wherefore_database_clock_ahead_seconds",
		Help: "How far the database's clock is ahead of this replica's. Events arrive by the database's.",
	})
	m.leafBytes = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "wherefore_grouping_memory_bytes",
		Help: fmt.Sprintf("About how much memory the shapes take that this replica keeps for grouping; at most %d.", store.MaxLeafBytes),
	})
	m.registry.MustRegister(m.signIns, m.lookups, m.clockOffset, m.leafBytes)
	m.registry.MustRegister(m.requests, m.spikes, m.conflict, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// countRequest labels by the route's pattern, never by the path, so that
// callers can't make up new series.
func (m *metrics) countRequest(pattern string, status int, took time.Duration) {
	m.requests.WithLabelValues(pattern, strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *metrics) countSignIn(outcome handlers.SignInOutcome) {
	m.signIns.WithLabelValues(string(outcome)).Inc()
}

func (m *metrics) countLookup(source string, l store.Lookup) {
	m.lookups.WithLabelValues(source, l.Field, string(l.Result)).Inc()
}

// maxQuarantineSeries is how many pairs of source and field have a series of
// their own. All others are one, so that nobody can make up series without end.
const maxQuarantineSeries = 200

// setQuarantine replaces the gauges of open entries, which are the biggest first.
func (m *metrics) setQuarantine(open []store.OpenQuarantine) {
	m.quarantine.Reset()
	for i, o := range open {
		if i < maxQuarantineSeries {
			m.quarantine.WithLabelValues(o.Source, o.Field).Set(float64(o.Entries))
		} else {
			m.quarantine.WithLabelValues("others", "others").Add(float64(o.Entries))
		}
	}
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
