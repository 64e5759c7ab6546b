package stator

import (
	"context"
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/table"
)

// sharing is what /metrics shows of an engine that other servers have open, too. The embedded one is not watched: its calls take
// no longer than telling of them.
type sharing struct {
	seconds         *prometheus.HistogramVec
	retries, failed *prometheus.CounterVec
}

// calls are the names of calls of an engine, and failures the reasons of failure.
var (
	calls    = []string{"view", "update", "drop_range"}
	failures = []string{"conflict", "unknown_outcome", "deadline", "cancelled", "other"}
)

// newSharing has all counts at zero: the first of something that was not there before is no increase to Prometheus.
func newSharing() *sharing {
	s := &sharing{
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "stator_engine_call_duration_seconds",
			Help: "Time that a call of the shared engine took, from its beginning to its return, by kind of call.",
			// From a round trip in a rack to what nobody waits for.
			Buckets: []float64{.00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"call"}),
		retries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stator_engine_retries_total",
			Help: "Runs of transactions after the first, because of a conflict with another or a lost connection, by kind of call.",
		}, []string{"call"}),
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stator_engine_errors_total",
			Help: "Calls of the shared engine that failed, by kind of call and reason: conflict, unknown_outcome, deadline, cancelled or other.",
		}, []string{"call", "reason"}),
	}
	for _, call := range calls {
		s.retries.WithLabelValues(call)
		for _, reason := range failures {
			s.failed.WithLabelValues(call, reason)
		}
	}
	return s
}

// called is told of each call.
func (s *sharing) called(c kv.Call) {
	s.seconds.WithLabelValues(c.Name).Observe(c.Took.Seconds())
	if c.Runs > 1 {
		s.retries.WithLabelValues(c.Name).Add(float64(c.Runs - 1))
	}
	if reason := failure(c); reason != "" {
		s.failed.WithLabelValues(c.Name, reason).Inc()
	}
}

// failure is why the engine failed, "" if it did not: what a function refuses by itself is none of the engine's failures.
func failure(c kv.Call) string {
	switch {
	case !c.Failed:
		return ""
	case errors.Is(c.Err, kv.ErrConflict):
		return "conflict"
	case errors.Is(c.Err, kv.ErrUnknownOutcome):
		return "unknown_outcome"
	case errors.Is(c.Err, context.DeadlineExceeded):
		return "deadline"
	case errors.Is(c.Err, context.Canceled):
		return "cancelled"
	}
	return "other"
}

// collectors are all that is shown.
func (s *sharing) collectors(store *table.Store) []prometheus.Collector {
	if s == nil {
		return nil
	}
	return []prometheus.Collector{s.seconds, s.retries, s.failed,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "stator_leases",
			Help: "Pieces of background work that this server does at the moment, and no other.",
		}, func() float64 { return float64(store.Leases()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "stator_catalogue_age_seconds",
			Help: "Time since this server last made sure that what it knows of tables is what the engine has. Over a second, requests wait for it.",
		}, func() float64 { return store.CatalogueAge().Seconds() }),
	}
}
