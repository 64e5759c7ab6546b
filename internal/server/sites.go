package server

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// A website is a handler of what browsers see: sign-in, the console. It is behind the same door as the APIs: only allowed
// networks reach it, its requests have ids, are counted and logged, and what makes it panic is answered.
type website struct {
	handler http.Handler
	metrics *routeMetrics
}

// Info is what the front door knows of a request to a site.
type Info struct {
	RequestID string
	// Source is where it came from, as far as proxies are trusted; the zero Addr if not over TCP.
	Source netip.Addr
	// Secure says that the client used TLS, as far as the server or a proxy that it trusts can know.
	Secure bool
	// Time is when the request came.
	Time time.Time
}

type infoKey struct{}

// InfoOf returns what is known of a request to a site; the zero Info for any other request.
func InfoOf(r *http.Request) Info {
	info, _ := r.Context().Value(infoKey{}).(Info)
	return info
}

// consoleSite is where browsers belong.
const consoleSite = "/console"

func (h *Handler) addSites(sites map[string]http.Handler) {
	h.sites = make(map[string]*website, len(sites))
	for path, handler := range sites {
		h.sites[path] = &website{handler, h.metrics.route(strings.TrimPrefix(path, "/"), "")}
	}
}

// siteOf is the site of a path, nil if it is none's: that of an API is nearly always "/".
func (h *Handler) siteOf(path string) *website {
	if len(path) < 2 {
		return nil
	}
	if end := strings.IndexByte(path[1:], '/'); end >= 0 {
		if site := h.sites[path[:end+1]]; site != nil {
			return site
		}
	}
	return h.sites[path]
}

// visit lets a site answer.
func (x *exchange) visit(s *website) {
	x.site, x.id = s, newUUID()
	x.w.Header()["X-Amzn-Requestid"] = []string{x.id}
	info := Info{RequestID: x.id, Source: x.source(), Secure: x.h.secure(x.r), Time: x.start}
	x.strictTransport(info.Secure)
	r := x.r.WithContext(context.WithValue(x.r.Context(), infoKey{}, info))
	s.handler.ServeHTTP(&siteWriter{ResponseWriter: x.w, x: x}, r)
}

// strictTransport has a browser that has come over TLS never come without (RFC 6797). It is for a whole host with all its
// ports, so that this machine's own name is left out: what else people run on it has no TLS.
func (x *exchange) strictTransport(secure bool) {
	name := strings.ToLower(x.r.Host)
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	if secure && name != "localhost" && !strings.HasSuffix(name, ".localhost") {
		x.w.Header().Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// siteWriter notes what a site answers.
type siteWriter struct {
	http.ResponseWriter
	x *exchange
}

// WriteHeader implements http.ResponseWriter.
func (w *siteWriter) WriteHeader(status int) {
	if w.x.answered = true; status >= http.StatusBadRequest {
		w.x.code = strconv.Itoa(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *siteWriter) Write(b []byte) (int, error) {
	w.x.answered = true
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *siteWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// wantsConsole says whether a request for a page is that of a browser whose person wants to see something. Health checks and
// tools ask for anything, or nothing in particular.
func (x *exchange) wantsConsole() bool {
	return x.r.Method == http.MethodGet && x.h.sites[consoleSite] != nil && strings.Contains(header(x.r, "Accept"), "text/html") && header(x.r, "Authorization") == ""
}

func (x *exchange) toConsole() {
	x.w.Header().Set("Location", consoleSite+"/")
	x.w.Header().Set("Vary", "Accept")
	x.strictTransport(x.h.secure(x.r))
	x.text(http.StatusFound, "The console is at "+consoleSite+"/\n")
}
