package server

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what /metrics shows. They are counted whether it is served or not.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	inFlight prometheus.Gauge
	// unknown counts the POST requests that named no operation.
	unknown routeMetrics
}

// routeMetrics are those of one operation. What every request needs is looked up once.
type routeMetrics struct {
	ok      prometheus.Counter
	seconds prometheus.Observer
	byCode  *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stator_requests_total",
			Help: "Requests answered, by operation and error code (OK if there was none).",
		}, []string{"service", "operation", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "stator_request_duration_seconds",
			Help: "Time from the header of a request to the end of its answer, by operation.",
			// From what a read from memory takes to what nobody waits for.
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"service", "operation"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "stator_requests_in_flight",
			Help: "Requests that are being answered.",
		}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.inFlight,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.unknown = m.route("", "")
	return m
}

func (m *metrics) page() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) route(service, operation string) routeMetrics {
	labels := prometheus.Labels{"service": service, "operation": operation}
	byCode := m.requests.MustCurryWith(labels)
	return routeMetrics{
		ok:      byCode.WithLabelValues("OK"),
		seconds: m.seconds.With(labels),
		byCode:  byCode,
	}
}

// observe counts a request. Code is an error code of this program, never text from a client.
func (m *routeMetrics) observe(code string, took time.Duration) {
	if code == "" {
		m.ok.Inc()
	} else {
		m.byCode.WithLabelValues(code).Inc()
	}
	m.seconds.Observe(took.Seconds())
}
