package server

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
)

// pathRoutes is where a path leads.
type pathRoutes struct {
	// plain is the route unless the URL has the parameter of another one, named and with its value as in aws_iam=t.
	plain *route
	with  map[string]*route
}

// addPath adds a route to those of its path, which a parameter may follow.
func addPath(paths map[string]*pathRoutes, path string, r *route) {
	pattern, parameter, special := strings.Cut(path, "?")
	routes := paths[pattern]
	if routes == nil {
		routes = &pathRoutes{with: make(map[string]*route)}
		paths[pattern] = routes
	}
	if special {
		routes.with[parameter] = r
	} else {
		routes.plain = r
	}
}

// of is the route of a URL, nil if there is none.
func (p *pathRoutes) of(u *url.URL) *route {
	if len(p.with) > 0 {
		for parameter := range strings.SplitSeq(u.RawQuery, "&") {
			if r := p.with[parameter]; r != nil {
				return r
			}
		}
	}
	return p.plain
}

// ServeHTTP makes routes a handler, so that a mux can find them. It is never called.
func (p *pathRoutes) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusNotFound)
}

// hasPath says whether a request's path is that of an operation.
func (h *Handler) hasPath(r *http.Request) bool {
	handler, _ := h.paths.Handler(r)
	_, ok := handler.(*pathRoutes)
	return ok
}

// callPath is a request that its path names. It returns false if no operation has the path.
func (x *exchange) callPath() bool {
	handler, _ := x.h.paths.Handler(x.r)
	routes, ok := handler.(*pathRoutes)
	if !ok {
		return false
	}
	route := routes.of(x.r.URL)
	if route == nil {
		return false
	}
	x.found(route)
	x.contentType = x.api.contentType
	x.id = newUUID()
	if x.api.protocol == awsapi.CBOR {
		x.w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	}
	if !x.receive(MaxForm) {
		return true
	}
	x.cors()
	if err := x.runPath(); err != nil {
		x.fail(err)
	} else {
		x.respond(http.StatusOK)
	}
	return true
}

func (x *exchange) runPath() (err error) {
	if x.route.operation.Decode == nil {
		return unknownOperation("Stator does not have the operation " + x.route.operation.Name + " yet")
	}
	if err := x.authenticate(); err != nil {
		return err
	}
	if x.form, err = awsapi.ParseForm(x.r.URL.RawQuery, nil); err != nil {
		return err
	}
	plain, err := x.decompressed()
	if err != nil {
		return err
	}
	return x.run(plain)
}
