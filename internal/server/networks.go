package server

import (
	"net/http"
	"time"

	"github.com/statordb/stator/internal/awsapi"
)

// admitted says whether the server takes requests from where this one comes from. A source without an address, as over
// a Unix socket, is in no network: it may be a proxy that nothing is known of. Health is told to everyone, so that load
// balancers need not be in the list.
func (x *exchange) admitted() bool {
	return len(x.h.allowed) == 0 || contains(x.h.allowed, x.source()) || x.isProbe()
}

// isProbe says whether the request is a load balancer's.
func (x *exchange) isProbe() bool {
	return (x.r.Method == http.MethodGet || x.r.Method == http.MethodHead) &&
		(x.r.URL.Path == "/healthz" || x.r.URL.Path == "/readyz")
}

// outsideTimeout is how long a connection from outside stays after the answer.
const outsideTimeout = time.Second

// forbid refuses a request from outside without reading its body, in the form that fits what sent it best. No SDK tries
// again after it. It is AccessDeniedException in JSON, AccessDenied in the query protocol; whatever may be a browser gets
// a plain 403.
func (x *exchange) forbid() {
	x.h.metrics.outsiders.Inc()
	x.w.Header().Set("Connection", "close") // where the next request begins is not known
	// net/http reads some of the body after the answer, so that the client gets to see it. It must not wait for that.
	_ = http.NewResponseController(x.w).SetReadDeadline(time.Now().Add(outsideTimeout))
	x.contentType = mediaType(header(x.r, "Content-Type"))
	post := x.r.Method == http.MethodPost
	switch {
	case post && x.isQuery(), x.r.Method == http.MethodGet && x.isQueryPage():
		x.api, x.contentType, x.id = anyQuery, awsapi.ContentTypeXML, newUUID()
	case post && (isJSON(x.contentType) || header(x.r, "X-Amz-Target") != ""):
		x.findTarget()
		x.lost() // its operation is not asked
		if !x.api.takes(x.contentType) {
			x.contentType = x.api.contentType
		}
	default:
		x.code = "AccessDenied"
		x.text(http.StatusForbidden, "Forbidden\n")
		return
	}
	x.cors()
	x.fail(&awsapi.Error{Code: "AccessDeniedException", Status: http.StatusBadRequest,
		Message: "Requests from your network address are not allowed: " + addrText(x.source())})
}
