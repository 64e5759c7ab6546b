package awsapi

import "net/http"

// FaultNamespace is the namespace of errors that no service has made: of a request whose version, or whose sender,
// is not known.
const FaultNamespace = "http://webservices.amazon.com/AWSFault/2005-15-09"

// AppendXML appends the body of the error in the query protocol. Namespace is the one of the service's version. The
// further members of the error are those of the JSON protocols and are left out.
func (e *Error) AppendXML(dst []byte, namespace, requestID string) []byte {
	dst = append(dst, `<ErrorResponse xmlns="`...)
	dst = appendText(dst, namespace)
	dst = append(dst, `"><Error><Type>`...)
	if e.Status >= http.StatusInternalServerError {
		dst = append(dst, "Receiver"...)
	} else {
		dst = append(dst, "Sender"...)
	}
	dst = append(dst, `</Type><Code>`...)
	dst = appendText(dst, e.Code)
	dst = append(dst, `</Code>`...)
	if e.Message != "" {
		dst = append(dst, `<Message>`...)
		dst = appendText(dst, e.Message)
		dst = append(dst, `</Message>`...)
	}
	dst = append(dst, `</Error><RequestId>`...)
	dst = appendText(dst, requestID)
	return append(dst, `</RequestId></ErrorResponse>`...)
}

// queryErrors are the errors that the query protocol has under another name or with another status than the JSON
// protocols ("Common Errors", AWS Identity and Access Management API Reference; those of parameters are CloudWatch's). Those
// of signatures are sigv4's.
var queryErrors = map[string]struct {
	code   string
	status int
}{
	"AccessDeniedException":     {"AccessDenied", http.StatusForbidden},
	"InternalServerError":       {"InternalFailure", http.StatusInternalServerError},
	"SerializationException":    {"MalformedInput", http.StatusBadRequest},
	"ThrottlingException":       {"Throttling", http.StatusBadRequest},
	"UnknownOperationException": {"InvalidAction", http.StatusBadRequest},
	"ValidationException":       {ValidationError, http.StatusBadRequest},

	"InvalidParameterCombinationException": {"InvalidParameterCombination", http.StatusBadRequest},
	"InvalidParameterValueException":       {"InvalidParameterValue", http.StatusBadRequest},
	"MissingRequiredParameterException":    {"MissingParameter", http.StatusBadRequest},
}

// ForQuery returns the error as the query protocol names it: e itself, unless it was made for the JSON protocols.
func (e *Error) ForQuery() *Error {
	q, ok := queryErrors[e.Code]
	if !ok {
		return e
	}
	renamed := *e
	renamed.Code, renamed.Status = q.code, q.status
	return &renamed
}
