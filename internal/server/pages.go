package server

import (
	"context"
	"net/http"
	"time"
)

// readyTimeout bounds how long /readyz waits for the engine, so that the answer is there within two seconds. It is longer than the
// second after which the client of TiKV asks again whether a store that failed lives: those who waited less would never see it.
const readyTimeout = 1500 * time.Millisecond

// page is a GET: of the query protocol, or health, metrics.
func (x *exchange) page() {
	if x.r.Method == http.MethodGet && x.isQueryPage() {
		x.callQuery()
		return
	}
	if x.isNoPath() && x.wantsConsole() {
		x.toConsole()
		return
	}
	if x.r.URL.Path != "/metrics" { // which no other site has to read
		x.cors()
	}
	switch x.r.URL.Path {
	case "/", "/ping":
		// The space at the end is AWS's.
		x.text(http.StatusOK, "healthy: dynamodb."+x.h.region+".amazonaws.com ")
	case "/healthz":
		x.text(http.StatusOK, "ok\n")
	case "/readyz":
		x.readiness()
	case "/metrics":
		if x.h.page == nil {
			x.unknownPage()
			return
		}
		x.answered = true
		x.h.page.ServeHTTP(x.w, x.r)
	default:
		x.unknownPage()
	}
}

// isNoPath says whether nothing is at the path but what DynamoDB answers to anything.
func (x *exchange) isNoPath() bool {
	switch x.r.URL.Path {
	case "/ping", "/healthz", "/readyz", "/metrics":
		return false
	}
	return true
}

func (x *exchange) readiness() {
	if x.h.draining.Load() {
		x.text(http.StatusServiceUnavailable, "shutting down\n")
		return
	}
	ctx, cancel := context.WithTimeout(x.r.Context(), readyTimeout)
	defer cancel()
	if err := x.h.ready(ctx); err != nil {
		x.h.log.Error("not ready", "error", err)
		x.text(http.StatusServiceUnavailable, "not ready\n")
		return
	}
	x.text(http.StatusOK, "ok\n")
}

func (x *exchange) text(status int, body string) {
	x.contentType = "text/plain"
	x.answer = append(x.answer[:0], body...)
	x.respond(status)
}

// unknownPage is DynamoDB's answer to what is no request of its protocol at all.
func (x *exchange) unknownPage() {
	x.contentType = ""
	x.code = "UnknownOperationException"
	x.answer = append(x.answer[:0], "<UnknownOperationException/>\n"...)
	x.respond(http.StatusNotFound)
}

// exposed are the headers of an answer that a script in a browser may read.
const exposed = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,x-amz-crc32,Date"

// cors lets scripts of any origin read the answer, as DynamoDB does. A browser sends no credentials by itself: a request
// is signed by the script, or refused. With authentication off, which is for tests, any page may do anything.
func (x *exchange) cors() {
	if header(x.r, "Origin") == "" {
		return
	}
	h := x.w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", exposed)
}

// options is a browser's question whether a script may send a request.
func (x *exchange) options() {
	if header(x.r, "Origin") == "" {
		x.unknownPage()
		return
	}
	x.cors()
	h := x.w.Header()
	if v := header(x.r, "Access-Control-Request-Headers"); v != "" {
		h.Set("Access-Control-Allow-Headers", v)
	}
	if v := header(x.r, "Access-Control-Request-Method"); v != "" {
		h.Set("Access-Control-Allow-Methods", v)
	}
	h.Set("Access-Control-Max-Age", "172800")
	x.contentType = ""
	x.answer = x.answer[:0]
	x.respond(http.StatusOK)
}
