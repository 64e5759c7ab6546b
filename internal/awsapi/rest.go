package awsapi

import (
	"net/http"
	"strings"

	"github.com/statordb/stator/internal/jsonscan"
)

// AppendREST appends the body of the error in REST JSON, where its name is in the header X-Amzn-ErrorType.
func (e *Error) AppendREST(dst []byte) []byte {
	dst = append(dst, `{"message":`...)
	dst = jsonscan.AppendString(dst, e.Message)
	for _, m := range e.Members {
		dst = append(dst, ',')
		dst = jsonscan.AppendString(dst, m.Name)
		dst = append(dst, ':')
		dst = m.Append(dst)
	}
	return append(dst, '}')
}

// AppendOAuth appends the body of the error as OAuth has it (RFC 6749, section 5.2), which is how IAM Identity Center OIDC
// answers: InvalidGrantException is invalid_grant.
func (e *Error) AppendOAuth(dst []byte) []byte {
	dst = append(dst, `{"error":`...)
	dst = jsonscan.AppendString(dst, e.oauth())
	dst = append(dst, `,"error_description":`...)
	if e.Message == "" {
		return append(dst, "null}"...)
	}
	return append(jsonscan.AppendString(dst, e.Message), '}')
}

// oauth is what OAuth calls an error. Those that are not of OAuth are of requests that can't be read, or of the server.
func (e *Error) oauth() string {
	name, ok := strings.CutSuffix(e.Code, "Exception")
	switch {
	case e.Status >= http.StatusInternalServerError:
		return "server_error"
	case !ok, e.Code == "SerializationException", e.Code == "InvalidRequestRegionException", e.Code == "UnknownOperationException":
		return "invalid_request"
	}
	var snake strings.Builder
	for i, r := range name {
		if i > 0 && 'A' <= r && r <= 'Z' {
			snake.WriteByte('_')
		}
		snake.WriteRune(r)
	}
	return strings.ToLower(snake.String())
}

// ForREST returns the error with the status that REST JSON has for it: those of the common errors are the query
// protocol's, unless an operation has chosen another.
func (e *Error) ForREST() *Error {
	q, ok := queryErrors[e.Code]
	if !ok || e.Status != http.StatusBadRequest || q.status == e.Status {
		return e
	}
	changed := *e
	changed.Status = q.status
	return &changed
}
