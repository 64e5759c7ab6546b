package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"time"

	"github.com/statordb/stator/internal/awsapi"
)

// exchange is one request and its answer. It is used again, with its buffers, for another request.
type exchange struct {
	h     *Handler
	w     http.ResponseWriter
	r     *http.Request
	id    string
	start time.Time
	route *route   // nil until it is known
	site  *website // whose answer it is, nil for APIs
	api   *api     // whose answer it is: the route's, or the one whose errors fit best
	// from is the source, once sourceKnown says that somebody has asked for it.
	from        netip.Addr
	sourceKnown bool
	// contentType is the one of the request, without parameters, and then that of the answer.
	contentType string
	answered    bool
	code        string  // of the error answered; empty if none
	message     string  // of the same
	record      *Record // nil if the request is not recorded

	body   []byte // as it was sent
	plain  []byte // decompressed, if body is not
	answer []byte
	zipped []byte
	form   awsapi.Form // of the query protocol
	input  awsapi.Request
	caller caller
	// decoded is the call, nil as long as there is none, failure what was answered if it did not go well, and outcome what
	// is told of both.
	decoded awsapi.Call
	failure *awsapi.Error
	outcome awsapi.Outcome
	// conditions is what policies may ask of the request.
	conditions conditions
	held       int64 // bytes of the memory for large bodies
}

// keepBuffer is the largest buffer that is kept for another request.
const keepBuffer = 1 << 20

func (x *exchange) begin(h *Handler, w http.ResponseWriter, r *http.Request) {
	x.h, x.w, x.r, x.api = h, w, r, dynamo
	x.id, x.start = newRequestID(), h.now()
	h.metrics.inFlight.Inc()
}

// end is deferred: it also is what happens after a panic.
func (x *exchange) end() {
	cause := recover()
	abort := cause != nil && x.panicked(cause)
	h := x.h
	h.largeBodies.Release(x.held)
	h.metrics.inFlight.Dec()
	now := h.now()
	took := now.Sub(x.start)
	switch {
	case x.site != nil:
		x.site.metrics.observe(x.code, took)
	case x.route != nil:
		x.route.metrics.observe(x.code, took)
	case x.r.Method == http.MethodPost || x.api.query():
		h.metrics.unknown.observe(x.code, took)
	}
	if h.log.Enabled(x.r.Context(), slog.LevelDebug) {
		h.log.Debug("request", "request", x.id, "operation", x.operation(), "principal", x.caller.arn(),
			"error", x.code, "bytes_in", len(x.body), "bytes_out", len(x.answer), "took", took, "remote", x.r.RemoteAddr)
	}
	if x.route != nil && x.route.operation.Observe != nil && x.caller.principal != nil {
		x.outcome = awsapi.Outcome{Caller: &x.caller.principal.Principal, Region: x.caller.region, Now: x.start,
			Call: x.decoded, Took: took, Err: x.failure}
		x.route.operation.Observe(&x.outcome)
	}
	if x.record != nil {
		x.recordTo(h.recorder, now)
	}
	if abort {
		panic(http.ErrAbortHandler)
	}
	if cause != nil {
		return // whoever panicked may still hold the buffers
	}
	*x = exchange{body: keep(x.body), plain: keep(x.plain), answer: keep(x.answer), zipped: keep(x.zipped)}
	h.exchange.Put(x)
}

// panicked answers a request that made the server panic. Abort says that the connection must be cut: half an answer is
// out, and that is the only way left to say that something is wrong.
func (x *exchange) panicked(cause any) (abort bool) {
	if cause != http.ErrAbortHandler {
		x.h.log.Error("panic", "request", x.id, "operation", x.operation(), "panic", cause, "stack", string(debug.Stack()))
		if !x.answered {
			if !x.api.query() {
				x.contentType = x.api.contentType
			}
			x.fail(awsapi.Internal(nil))
			return false
		}
	}
	x.code = awsapi.Internal(nil).Code
	return true
}

func keep(b []byte) []byte {
	if cap(b) > keepBuffer {
		return nil
	}
	return b[:0]
}

func (x *exchange) operation() string {
	if x.route == nil {
		return ""
	}
	return x.route.operation.Name
}

// call is a POST. It is of the JSON protocol unless it looks like another. The order of the checks is DynamoDB's own.
func (x *exchange) call() {
	x.contentType = mediaType(header(x.r, "Content-Type"))
	if x.isQuery() {
		x.callQuery()
		return
	}
	x.findTarget()
	if !x.receive(MaxBody) {
		return
	}
	x.cors()
	if !x.api.takes(x.contentType) {
		if len(x.body) > 0 {
			x.lost()
			x.unknownPage()
			return
		}
		x.contentType = jsonPlain
	}
	if x.route == nil {
		x.refuse(unknownOperation(""))
		return
	}
	if x.route.operation.Decode == nil {
		x.refuse(unknownOperation("Stator does not have the operation " + x.route.operation.Name + " yet"))
		return
	}
	if err := x.authenticate(); err != nil {
		x.refuse(err)
		return
	}
	plain, err := x.decompressed()
	if err == nil {
		err = x.run(plain)
	}
	if err != nil {
		x.fail(err)
		return
	}
	x.respond(http.StatusOK)
}

// findTarget finds the operation that the header names, or at least the API that it would be of.
func (x *exchange) findTarget() {
	target := header(x.r, "X-Amz-Target")
	if route := x.h.routes[target]; route != nil {
		x.found(route)
	} else {
		x.api = apiOfTarget(target)
	}
	if !x.api.checked {
		x.id = newUUID()
	}
}

func unknownOperation(message string) *awsapi.Error {
	return &awsapi.Error{Code: "UnknownOperationException", Status: http.StatusBadRequest, Message: message}
}

// run decodes the input, authorises the call and makes it.
func (x *exchange) run(body []byte) error {
	x.input = awsapi.Request{
		ID:     x.id,
		Caller: &x.caller.principal.Principal,
		Region: x.caller.region,
		Host:   x.r.Host,
		Now:    x.start,

		Protocol: x.api.protocol,
		Body:     body,
		Form:     x.form,
	}
	if x.api.protocol == awsapi.REST {
		x.input.Secure, x.input.Source, x.input.Header = x.h.secure(x.r), x.source(), x.r.Header
	}
	call, err := x.route.operation.Decode(&x.input)
	if err != nil {
		return err
	}
	x.decoded = call
	if x.route.operation.Unsigned {
		if err := x.prove(call); err != nil {
			return err
		}
	}
	if err := x.authorize(call); err != nil {
		return err
	}
	x.answer, err = call.Run(x.r.Context(), x.answer[:0])
	return err
}

// fail answers with an error.
func (x *exchange) fail(err error) {
	e, ok := err.(*awsapi.Error)
	if !ok && !errors.As(err, &e) {
		e = awsapi.Internal(err)
	}
	switch x.api.protocol {
	case awsapi.Query:
		e = e.ForQuery()
	case awsapi.REST:
		if !x.api.oauthErrors {
			e = e.ForREST()
		}
	}
	x.code, x.message, x.failure = e.Code, e.Message, e
	if e.Status >= http.StatusInternalServerError {
		x.logFailure(e)
	}
	x.appendError(e)
	x.respond(e.Status)
}

// appendError makes an error the answer, in the form of the protocol.
func (x *exchange) appendError(e *awsapi.Error) {
	if x.api.queryErrors {
		x.queryError(e.ForQuery())
	}
	switch x.api.protocol {
	case awsapi.Query:
		x.answer = e.AppendXML(x.answer[:0], x.api.namespace, x.id)
	case awsapi.CBOR:
		x.answer = e.AppendCBOR(x.answer[:0], x.api.namespace)
	case awsapi.REST:
		x.w.Header().Set("X-Amzn-Errortype", e.Code)
		if x.api.oauthErrors {
			x.answer = e.AppendOAuth(x.answer[:0])
		} else {
			x.answer = e.AppendREST(x.answer[:0])
		}
	default:
		x.answer = e.AppendJSON(x.answer[:0], x.api.namespace)
	}
}

// queryError names an error in the header that SDKs read which know the errors of the query protocol.
func (x *exchange) queryError(e *awsapi.Error) {
	whose := "Sender"
	if e.Status >= http.StatusInternalServerError {
		whose = "Receiver"
	}
	x.w.Header().Set("X-Amzn-Query-Error", e.Code+";"+whose)
}

// logFailure logs the cause of a failure that is the server's.
func (x *exchange) logFailure(e *awsapi.Error) {
	if errors.Is(e.Cause, context.Canceled) && x.r.Context().Err() != nil {
		x.code = "ClientGone" // nobody reads the answer
		return
	}
	if e.Cause == nil { // logged where it happened, or meant for the client alone
		return
	}
	x.h.log.Error("request failed", "request", x.id, "operation", x.operation(), "code", e.Code, "error", e.Cause)
}

func header(r *http.Request, name string) string {
	if v := r.Header[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}
