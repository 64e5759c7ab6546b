// Package server is the HTTP front door: it reads the bounded body, proves who signed, asks whether the signer may,
// runs the operation and writes the answer. It also has what operators and browsers ask of a server: health,
// metrics, CORS.
//
// It exists so that no API has another way in: an operation is authorised here or not run at all. It imports the
// services, identity, policy, sigv4 and awsapi; never table, keyspace or kv.
//
// The main rule: the steps of a request are always the same and in AWS's order of checks, and every request gets an
// answer that a client of AWS understands, whatever goes wrong.
package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/semaphore"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
)

// Options configure a Handler.
type Options struct {
	// Operations are all the operations of all services.
	Operations []awsapi.Operation
	// Auth decides who a request is from: IAM or Open.
	Auth Auth
	// Region is what the health answer names.
	Region string
	// Ready says whether requests can be served; nil means always.
	Ready func(context.Context) error
	// Drain is how long Serve goes on after its context has ended, with /readyz failing: as long as load balancers take to notice.
	Drain time.Duration
	// TrustedProxies are the addresses of the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. None
	// are by default: those headers decide what policies with aws:SourceIp and aws:SecureTransport allow.
	TrustedProxies []netip.Prefix
	// AllowedNetworks are where requests may come from: all others are refused before their body is read, except GET
	// /healthz and /readyz. So is what has no address, as over a Unix socket. None means that everything is allowed.
	// Behind TrustedProxies it is what they say that counts.
	AllowedNetworks []netip.Prefix
	// Sites are the handlers of what browsers see, by path: "/signin" is for that path and all below it that is no
	// operation's, and "/v1/authorize", which has more than one part, for itself. They get an Info
	// in the context of their requests. Browsers that ask for / are sent to "/console", if there is such a site.
	Sites map[string]http.Handler
	// Metrics serves /metrics, to anyone who can reach it and is in an allowed network.
	Metrics bool
	// Counters and Collectors are what /metrics shows of other parts.
	Counters   []Counter
	Collectors []prometheus.Collector
	// Recorder is told of the requests; nil if nobody is.
	Recorder Recorder
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Logger gets what goes wrong, and every request at level debug; nil drops it.
	Logger *slog.Logger
}

// Handler answers every request. It is an http.Handler for HTTP/1.1 and HTTP/2.
type Handler struct {
	routes   map[string]*route    // by X-Amz-Target
	actions  map[queryName]*route // of the query protocol
	paths    *http.ServeMux       // of the protocols whose requests are named by their paths; its handlers are *pathRoutes
	trusted  []netip.Prefix
	allowed  []netip.Prefix // none: all
	auth     Auth
	region   string
	ready    func(context.Context) error
	drain    time.Duration
	now      func() time.Time
	log      *slog.Logger
	metrics  *metrics
	page     http.Handler // of /metrics; nil if it is not served
	sites    map[string]*website
	exchange sync.Pool // of *exchange
	zippers  sync.Pool // of *gzip.Writer
	draining atomic.Bool
	// largeBodies is the memory that is left for bodies over firstRead, in bytes.
	largeBodies *semaphore.Weighted
	// failures are those to authenticate.
	failures *FailureLimiter
	recorder Recorder // nil if there is none
}

// New returns a handler.
func New(opts Options) *Handler {
	h := &Handler{
		auth: opts.Auth, region: opts.Region, ready: opts.Ready, drain: opts.Drain, now: opts.Now, log: opts.Logger,
		recorder: opts.Recorder,
		trusted:  unmapped(opts.TrustedProxies), allowed: unmapped(opts.AllowedNetworks), metrics: newMetrics(),
	}
	if h.now == nil {
		h.now = time.Now
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	if h.ready == nil {
		h.ready = func(context.Context) error { return nil }
	}
	h.failures = NewFailureLimiter(failureBurst, failuresASecond, failingSourceMax)
	h.metrics.watch(func() float64 { return float64(h.failures.Sources(h.now())) })
	h.metrics.count(opts.Counters)
	h.metrics.registry.MustRegister(opts.Collectors...)
	h.addRoutes(opts.Operations)
	h.addSites(opts.Sites)
	if opts.Metrics {
		h.page = h.metrics.page()
	}
	h.largeBodies = semaphore.NewWeighted(largeMemory)
	h.exchange.New = func() any { return new(exchange) }
	h.zippers.New = newZipper
	return h
}

// AuditLost counts an event that a Recorder could not keep.
func (h *Handler) AuditLost() { h.metrics.lost.Inc() }

// Drain makes /readyz fail, so that load balancers send new requests elsewhere while those in flight end, and has clients
// close their connections after the next answer. None is closed under a request that is on its way.
func (h *Handler) Drain() { h.draining.Store(true) }

// route is where an X-Amz-Target, or a version and an action, leads.
type route struct {
	operation awsapi.Operation
	api       *api
	data      bool              // it is on the data itself
	services  []string          // names that the credential scope may have
	activity  identity.Activity // what its use is recorded as
	metrics   *routeMetrics
}

func (h *Handler) addRoutes(operations []awsapi.Operation) {
	h.routes, h.actions, h.paths = make(map[string]*route), make(map[queryName]*route), http.NewServeMux()
	paths := make(map[string]*pathRoutes)
	defer func() {
		for pattern, routes := range paths {
			h.paths.Handle(pattern, routes)
		}
	}()
	for _, op := range operations {
		a := apiOf(op.Service, op.Name)
		metrics, activity := h.metrics.route(op.Service, op.Name), identity.ActivityOf(op.Service, op.Name)
		for _, a := range append([]*api{a}, a.also...) {
			h.addRoute(paths, &route{operation: op, api: a, data: slices.Contains(a.data, op.Name), services: []string{a.scope()},
				activity: activity, metrics: metrics})
		}
	}
}

func (h *Handler) addRoute(paths map[string]*pathRoutes, r *route) {
	switch a, op := r.api, &r.operation; a.protocol {
	case awsapi.Query:
		h.actions[queryName{a.version, op.Name}] = r
	case awsapi.CBOR:
		addPath(paths, "POST "+a.target+op.Name, r)
	case awsapi.REST:
		addPath(paths, op.Path, r)
	default:
		h.routes[a.target+op.Name] = r
	}
}

var closeConnection = []string{"close"}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := h.exchange.Get().(*exchange)
	x.begin(h, w, r)
	defer x.end()
	if h.draining.Load() {
		w.Header()["Connection"] = closeConnection
	}
	if !x.admitted() {
		x.forbid()
		return
	}
	if site := h.siteOf(r.URL.Path); site != nil && !h.hasPath(r) {
		x.visit(site)
		return
	}
	if r.URL.Path != "/" && x.callPath() {
		return
	}
	switch r.Method {
	case http.MethodPost:
		x.call()
	case http.MethodGet, http.MethodHead:
		x.page()
	case http.MethodOptions:
		x.options()
	default:
		x.unknownPage()
	}
}
