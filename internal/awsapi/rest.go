package awsapi

import "github.com/statordb/stator/internal/jsonscan"

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

// ForREST returns the error with the status that REST JSON has for it: those of the common errors are the query
// protocol's.
func (e *Error) ForREST() *Error {
	q, ok := queryErrors[e.Code]
	if !ok || q.status == e.Status {
		return e
	}
	changed := *e
	changed.Status = q.status
	return &changed
}
