package server

import (
	"crypto/tls"
	"strings"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/sigv4"
)

// Recorder is told of every request to an operation, once, after its answer is written: of those that were refused, that
// failed to authenticate and that made the server panic, too. It is not told of requests that name no operation or whose
// source is not allowed, nor of health and metrics. It is called by many at once, and the connection waits for it.
type Recorder interface {
	// Wants says whether requests are recorded: those on data, of which there are many, or the others. For a request
	// that is not, nothing is put together.
	Wants(data bool) bool
	// Record records a request. It keeps neither Body, Form and Answer nor anything that is in them.
	Record(r *Record)
}

// Record is a request and its answer.
type Record struct {
	// Time is when the request was answered.
	Time time.Time
	// Service and Operation are AWS's names, as in dynamodb and PutItem; the service's is that in credential scopes. Data says that the operation is on items or
	// stream records, and not on what they are kept in.
	Service, Operation string
	Data               bool
	// Region is the one that the request is signed for, or counts for if the service has one endpoint for all.
	Region string
	// SourceIP is where the request came from, "" if not over TCP. UserAgent and Host are what the client said.
	SourceIP, UserAgent, Host string
	RequestID                 string
	// TLS is the connection's, nil if it is not encrypted, or only as far as a proxy.
	TLS *tls.ConnectionState
	// Principal is who asked; nil if that was not proven, anonymous if the operation takes requests without signature and
	// what is in this one proves nothing. It is shared and not changed.
	Principal *identity.Principal
	// AccessKeyID is the key that signed, or that the request names if nothing was proven; "" if none does.
	AccessKeyID string
	// Resources are the ones that permission was asked for, ARNs or *, and Decision is the one that refused it, or else
	// the first one; nil if there was none to make.
	Resources []string
	Decision  *policy.Decision
	// ErrorCode and ErrorMessage are those of the answer, "" if it is no error.
	ErrorCode, ErrorMessage string
	// Protocol is the form of what follows.
	Protocol awsapi.Protocol
	// Body or Form is the input, as the protocol has it, if the request was let through to its operation, which may
	// still have refused it. Answer is the body of the answer. They may hold secrets.
	Body   []byte
	Form   awsapi.Form
	Answer []byte
}

// found is called when the operation is known.
func (x *exchange) found(r *route) {
	x.route, x.api = r, r.api
	if recorder := x.h.recorder; recorder != nil && recorder.Wants(r.data) {
		x.record = new(Record)
	}
}

// lost takes found back.
func (x *exchange) lost() { x.route, x.record = nil, nil }

// needs notes what permission is asked for.
func (r *Record) needs(needs []policy.Need) {
	r.Resources = make([]string, len(needs))
	for i := range needs {
		r.Resources[i] = needs[i].Resource
	}
}

// decided notes a decision.
func (r *Record) decided(d policy.Decision) {
	if r.Decision == nil || !d.Allowed {
		r.Decision = &d
	}
}

// recordTo completes the record and hands it over.
func (x *exchange) recordTo(recorder Recorder, now time.Time) {
	r, op := x.record, &x.route.operation
	r.Time, r.Service, r.Operation, r.Data = now, x.api.scope(), op.Name, x.route.data
	r.SourceIP, r.UserAgent, r.Host = addrText(x.source()), header(x.r, "User-Agent"), x.r.Host
	r.RequestID, r.TLS = x.id, x.r.TLS
	r.Principal, r.AccessKeyID = x.caller.principal, x.caller.key
	region := x.caller.region
	if r.Principal == nil {
		r.AccessKeyID, region = x.claimed()
	}
	r.Region = x.api.region(region)
	r.ErrorCode, r.ErrorMessage = x.code, x.message
	r.Protocol = x.api.protocol
	r.Body, r.Form, r.Answer = x.input.Body, x.input.Form, x.answer
	recorder.Record(r)
}

// claimed is the key and the region that a request names that has proven nothing. What does not look like the id of a key
// is left out: people mistake the secret for it.
func (x *exchange) claimed() (key, region string) {
	c, err := sigv4.Claimed(x.r)
	if err != nil {
		return "", x.h.region
	}
	if len(c.AccessKeyID) <= maxKeyID && strings.Trim(c.AccessKeyID, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "" {
		key = c.AccessKeyID
	}
	if !ValidRegion(c.Region) {
		return key, x.h.region
	}
	return key, c.Region
}

// maxKeyID is the longest id of an access key.
const maxKeyID = 128
