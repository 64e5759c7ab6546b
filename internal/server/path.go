package server

import (
	"cmp"
	"net/http"

	"github.com/statordb/stator/internal/awsapi"
)

// ServeHTTP makes a route a handler, so that a mux can find it. It is never called.
func (r *route) ServeHTTP(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }

// callPath is a request that its path names. It returns false if no operation has the path.
func (x *exchange) callPath() bool {
	handler, _ := x.h.paths.Handler(x.r)
	route, ok := handler.(*route)
	if !ok {
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
		x.respond(cmp.Or(x.route.operation.Status, http.StatusOK))
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
