package server

import (
	"errors"
	"net/http"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/sigv4"
)

// How often requests from one source may fail to prove who they are from, and how many sources are watched. A client with
// a wrong key tries a few times a second; three hundred at once are a fleet of them that starts.
const (
	failureBurst     = 300
	failuresASecond  = 30
	failingSourceMax = 10_000
)

// anonymous is the principal of requests that are not signed.
var anonymous = identity.Principal{Principal: policy.Principal{Type: policy.Anonymous}}

// authenticate finds out who asks. Of a call that is not signed it is known when it is decoded.
func (x *exchange) authenticate() error {
	if !x.h.failures.Idle() && !x.h.failures.Allow(x.source(), x.start, x.claimedKey) {
		x.h.metrics.throttled.Inc()
		return &awsapi.Error{Code: "ThrottlingException", Status: http.StatusBadRequest,
			Message: "Rate exceeded: too many requests from your network address failed to prove who they are from"}
	}
	if x.route.operation.Unsigned {
		x.caller = caller{principal: &anonymous, region: x.h.region}
		return nil
	}
	var err error
	x.caller, err = x.h.auth.authenticate(x.r, x.body, x.start, x.route.services)
	if err == nil {
		x.caller.principal.Use(x.route.activity, x.caller.region, x.start)
		if !x.h.failures.Idle() {
			x.h.failures.Succeeded(x.source(), x.caller.key)
		}
		return nil
	}
	bad, ok := err.(*sigv4.Error)
	if !ok {
		return err
	}
	x.notProven(reason(bad))
	e := &awsapi.Error{Code: bad.Code, Status: bad.Status, Message: bad.Message}
	if x.api.query() {
		e.Code, e.Status = bad.QueryError()
	}
	return e
}

// claimedKey is the access key id that the request is to be from, "" if there is none.
func (x *exchange) claimedKey() string {
	if x.route.operation.Unsigned { // what it names is not looked at
		return ""
	}
	c, err := sigv4.Claimed(x.r)
	if err != nil {
		return ""
	}
	return c.AccessKeyID
}

// prove finds out who asks by what is in the call.
func (x *exchange) prove(call awsapi.Call) error {
	claim, ok := call.(awsapi.Claim)
	if !ok {
		return awsapi.Internal(errors.New("an operation without signature has calls that prove nothing"))
	}
	p, err := claim.Authenticate(x.r.Context())
	if err != nil {
		var e *awsapi.Error
		if errors.As(err, &e) && e.Status < http.StatusInternalServerError {
			x.notProven(badClaim)
		}
		return err
	}
	x.input.Caller, x.caller.region = p, x.input.Region
	x.caller.principal = &identity.Principal{Principal: *p}
	return nil
}

// failure is why a request does not prove who it is from.
type failure string

const (
	unknownKey   failure = "unknown_key"
	badToken     failure = "bad_token"
	expiredToken failure = "expired_token"
	badSignature failure = "bad_signature"
	badClaim     failure = "bad_claim"
	notSigned    failure = "not_signed"
	// malformed is a signature that cannot be good whatever the key: of another time, for another service, unreadable.
	malformed failure = "malformed"
)

var failureReasons = []failure{unknownKey, badToken, expiredToken, badSignature, badClaim, notSigned, malformed}

func reason(e *sigv4.Error) failure {
	switch e {
	case sigv4.ErrUnknownKey:
		return unknownKey
	case sigv4.ErrInvalidToken:
		return badToken
	case sigv4.ErrExpiredToken:
		return expiredToken
	case sigv4.ErrMismatch:
		return badSignature
	}
	if e.Code == sigv4.ErrMissing.Code {
		return notSigned
	}
	return malformed
}

// notProven counts a failure. One for which no key was looked up costs its source nothing: it can't be a guess.
func (x *exchange) notProven(why failure) {
	x.h.metrics.notProven.WithLabelValues(string(why)).Inc()
	if why != notSigned && why != malformed {
		x.h.failures.Failed(x.source(), x.start)
	}
}
