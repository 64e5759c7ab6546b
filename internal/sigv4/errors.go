package sigv4

import (
	"net/http"
	"strings"
	"time"
)

// Error is a refusal, worded as DynamoDB words it. It says nothing that the sender does not know already.
type Error struct {
	Code    string // as in __type of the JSON protocols, without its namespace
	Status  int    // HTTP status in the JSON protocols
	Message string
}

func (e *Error) Error() string { return "sigv4: " + e.Code + ": " + e.Message }

// Codes of the JSON protocols.
const (
	codeMissing      = "MissingAuthenticationTokenException"
	codeIncomplete   = "IncompleteSignatureException"
	codeInvalid      = "InvalidSignatureException"
	codeUnrecognized = "UnrecognizedClientException"
	codeExpired      = "ExpiredTokenException"
	codeBadQuery     = "MalformedQueryString"
)

// QueryError returns the code and HTTP status of the same refusal in the query protocol of IAM and STS, which
// names them differently ("Common Errors" in the IAM and STS API References).
func (e *Error) QueryError() (code string, status int) {
	switch e.Code {
	case codeMissing:
		return "MissingAuthenticationToken", http.StatusForbidden
	case codeIncomplete:
		return "IncompleteSignature", http.StatusBadRequest
	case codeInvalid:
		return "SignatureDoesNotMatch", http.StatusForbidden
	case codeUnrecognized:
		return "InvalidClientTokenId", http.StatusForbidden
	case codeExpired:
		return "ExpiredToken", http.StatusForbidden
	case codeBadQuery:
		return codeBadQuery, http.StatusNotFound
	}
	return e.Code, e.Status
}

// What a [Lookup] returns. DynamoDB ends the sentence on an unknown key with a period and the one on a wrong
// token without.
var (
	ErrUnknownKey = &Error{codeUnrecognized, http.StatusBadRequest,
		"The security token included in the request is invalid."}
	ErrInvalidToken = &Error{codeUnrecognized, http.StatusBadRequest,
		"The security token included in the request is invalid"}
	ErrExpiredToken = &Error{codeExpired, http.StatusBadRequest,
		"The security token included in the request is expired"}
)

var (
	errBoth     = invalid("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
	errBadQuery = &Error{codeBadQuery, http.StatusBadRequest, "The query string contains a syntax error."}
	errNoHost   = invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
)

// Errors of Verify that a server may want to count apart.
var (
	// ErrMissing: the request is not signed.
	ErrMissing = &Error{codeMissing, http.StatusBadRequest, "Request is missing Authentication Token"}
	// ErrMismatch: it is signed with another secret, or was changed since. The canonical string is not in the message:
	// DynamoDB stopped adding it, and it would put headers into logs.
	ErrMismatch = invalid("The request signature we calculated does not match the signature you provided. " +
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
)

func invalid(msg string) *Error    { return &Error{codeInvalid, http.StatusBadRequest, msg} }
func incomplete(msg string) *Error { return &Error{codeIncomplete, http.StatusBadRequest, msg} }

func notKeyValue(part, header string) *Error {
	return incomplete("'" + part + "' not a valid key=value pair (missing equal-sign) in Authorization header: '" +
		header + "'.")
}

// missingParts lists all that an Authorization header lacks in one message, in DynamoDB's order.
func missingParts(a authorization, hasDate bool, header string) *Error {
	var b strings.Builder
	for _, p := range [...]struct {
		name string
		has  bool
	}{{"Credential", a.credential != ""}, {"Signature", a.signature != ""}, {"SignedHeaders", a.hasSignedHeaders}} {
		if !p.has {
			b.WriteString("Authorization header requires '" + p.name + "' parameter. ")
		}
	}
	if !hasDate {
		b.WriteString("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
	}
	if b.Len() == 0 {
		return nil
	}
	b.WriteString("Authorization=" + header)
	return incomplete(b.String())
}

func badDate(s string) *Error {
	return incomplete("Date must be in ISO-8601 'basic format'. Got '" + s +
		"'. See http://en.wikipedia.org/wiki/ISO_8601")
}

func badAlgorithm(s string) *Error {
	return incomplete("Unsupported AWS 'algorithm': '" + s + "' (only AWS4-HMAC-SHA256 for now). ")
}

func badCredential(s string) *Error {
	return incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" +
		s + "'")
}

func notSigned(header string) *Error {
	return invalid("'" + header + "' must be a 'SignedHeader' in the AWS Authorization.")
}

func notSent(header string) *Error {
	return incomplete("'" + header + "' is named as a SignedHeader, but it does not exist in the HTTP request.")
}

func expired(signed, now time.Time, validity time.Duration) *Error {
	return invalid("Signature expired: " + stamp(signed) + " is now earlier than " + stamp(now.Add(-validity)) +
		" (" + stamp(now) + " - " + span(validity) + ")")
}

func notYetCurrent(signed, now time.Time) *Error {
	return invalid("Signature not yet current: " + stamp(signed) + " is still later than " + stamp(now.Add(MaxSkew)) +
		" (" + stamp(now) + " + " + span(MaxSkew) + ")")
}

// scopeErrors lists all that is wrong with a credential scope in one message, in DynamoDB's order.
func scopeErrors(c Credential, terminator string, services []string, date string) *Error {
	var b strings.Builder
	if !validRegion(c.Region) {
		b.WriteString("Credential should be scoped to a valid region, not '" + c.Region + "'. ")
	}
	if !allowed(c.Service, services) {
		service := ""
		if len(services) > 0 {
			service = services[0]
		}
		b.WriteString("Credential should be scoped to correct service: '" + service + "'. ")
	}
	if terminator != scopeEnd {
		b.WriteString("Credential should be scoped with a valid terminator: '" + scopeEnd + "', not '" + terminator + "'. ")
	}
	if day := date[:8]; c.Date != day {
		b.WriteString("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
			c.Date + "' != '" + day + "', from '" + date + "'.")
	}
	if b.Len() == 0 {
		return nil
	}
	return invalid(b.String())
}
