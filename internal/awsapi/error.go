package awsapi

import (
	"net/http"

	"github.com/statordb/stator/internal/jsonscan"
)

// Error is the error that a client sees. Every protocol renders it in its own way.
type Error struct {
	// Code is AWS's name of the error, such as ValidationException.
	Code string
	// Status is the HTTP status.
	Status int
	// Message is public. It may be empty where AWS gives none.
	Message string
	// Members are further members of the JSON body, such as CancellationReasons.
	Members []Member
	// Cause is for the log alone.
	Cause error
}

// Member is a member of an error's body; Append appends its JSON value.
type Member struct {
	Name   string
	Append func(dst []byte) []byte
}

// Error implements error.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Validation is a ValidationException.
func Validation(message string) *Error {
	return &Error{Code: "ValidationException", Status: http.StatusBadRequest, Message: message}
}

// Serialization is a SerializationException for a body that can't be read, such as a *jsonscan.Error.
func Serialization(message string) *Error {
	return &Error{Code: "SerializationException", Status: http.StatusBadRequest, Message: message}
}

// Internal is the error for whatever has no better one.
func Internal(cause error) *Error {
	return &Error{Code: "InternalServerError", Status: http.StatusInternalServerError,
		Message: "The request could not be processed because of an internal server error", Cause: cause}
}

// namespaces is the part of __type before the error's name. Errors of the service itself are under the service's.
var namespaces = map[string]string{
	"ValidationException":                 "com.amazon.coral.validate",
	"SerializationException":              "com.amazon.coral.service",
	"UnknownOperationException":           "com.amazon.coral.service",
	"AccessDeniedException":               "com.amazon.coral.service",
	"UnrecognizedClientException":         "com.amazon.coral.service",
	"MissingAuthenticationTokenException": "com.amazon.coral.service",
	"InvalidSignatureException":           "com.amazon.coral.service",
	"IncompleteSignatureException":        "com.amazon.coral.service",
	"ExpiredTokenException":               "com.amazon.coral.service",
	"ThrottlingException":                 "com.amazon.coral.availability",
}

// upperMessage are the errors whose member is spelled Message.
var upperMessage = map[string]bool{
	"SerializationException": true, "AccessDeniedException": true, "TransactionCanceledException": true,
	"IdempotentParameterMismatchException": true, "TransactionInProgressException": true,
}

// AppendJSON appends the body of the error in the JSON protocols. Namespace is the service's own. If it is "", the error
// is in the form of JSON 1.1: no error has a namespace, and the service's own spell their member Message, as the models
// of Organizations, Identity Store and IAM Identity Center have it.
func (e *Error) AppendJSON(dst []byte, namespace string) []byte {
	common, ok := namespaces[e.Code]
	upper := upperMessage[e.Code] || namespace == "" && !ok
	name := e.Code
	switch {
	case namespace == "":
	case ok:
		name = common + "#" + name
	default:
		name = namespace + "#" + name
	}
	dst = append(dst, `{"__type":`...)
	dst = jsonscan.AppendString(dst, name)
	for _, m := range e.Members {
		dst = append(dst, ',')
		dst = jsonscan.AppendString(dst, m.Name)
		dst = append(dst, ':')
		dst = m.Append(dst)
	}
	if e.Message != "" {
		member := `,"message":`
		if upper {
			member = `,"Message":`
		}
		dst = append(dst, member...)
		dst = jsonscan.AppendString(dst, e.Message)
	}
	return append(dst, '}')
}
