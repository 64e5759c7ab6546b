package server

import (
	"net/http"
	"sync"
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
	// outsiders counts the requests from sources that are in no allowed network.
	outsiders prometheus.Counter
	// notProven counts failures to authenticate, throttled the requests that were not let try.
	notProven *prometheus.CounterVec
	throttled prometheus.Counter
	// lost counts the events that the audit log could not take.
	lost prometheus.Counter
	// unknown counts the POST requests that named no operation.
	unknown *routeMetrics
}

// routeMetrics are those of one operation. What every request needs is looked up once, at the first request: an
// operation that nobody uses has no lines in the page.
type routeMetrics struct {
	of                 *metrics
	service, operation string

	once    sync.Once
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
		outsiders: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "stator_outside_requests_total",
			Help: "Requests refused because their source is in no allowed network.",
		}),
		notProven: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stator_authentication_failures_total",
			Help: "Requests that did not prove who they are from, by reason.",
		}, []string{"reason"}),
		throttled: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "stator_throttled_requests_total",
			Help: "Requests refused because too many from their source had failed to authenticate.",
		}),
		lost: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "stator_audit_events_lost_total",
			Help: "Requests that the audit log has no line for, because it could not be written.",
		}),
	}
	for _, why := range failureReasons { // at zero: the first of something that was not there before is no increase to Prometheus
		m.notProven.WithLabelValues(string(why))
	}
	m.registry.MustRegister(m.requests, m.seconds, m.inFlight, m.outsiders, m.notProven, m.throttled, m.lost,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.unknown = m.route("", "")
	return m
}

// Counter is a number of another part that only grows. Counters of one name have the same help and other labels.
type Counter struct {
	Name, Help string
	Labels     map[string]string
	Value      func() uint64
}

// count shows the counters of other parts.
func (m *metrics) count(counters []Counter) {
	for _, c := range counters {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: c.Name, Help: c.Help, ConstLabels: c.Labels},
			func() float64 { return float64(c.Value()) }))
	}
}

// watch shows how many sources have failed to authenticate lately.
func (m *metrics) watch(failing func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "stator_failing_sources",
		Help: "Sources that failed to authenticate within the last hour.",
	}, failing))
}

func (m *metrics) page() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) route(service, operation string) *routeMetrics {
	return &routeMetrics{of: m, service: service, operation: operation}
}

func (r *routeMetrics) begin() {
	labels := prometheus.Labels{"service": r.service, "operation": r.operation}
	r.byCode = r.of.requests.MustCurryWith(labels)
	r.ok = r.byCode.WithLabelValues("OK")
	r.seconds = r.of.seconds.With(labels)
}

// observe counts a request. Code is an error code of this program, never text from a client.
func (r *routeMetrics) observe(code string, took time.Duration) {
	r.once.Do(r.begin)
	if code == "" {
		r.ok.Inc()
	} else {
		r.byCode.WithLabelValues(code).Inc()
	}
	r.seconds.Observe(took.Seconds())
}
