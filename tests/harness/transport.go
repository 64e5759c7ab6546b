package harness

import (
	"io"
	"net/http"
	"time"
)

// NoRetryClient is an HTTP client for SDK clients that must not send anything twice. It keeps up to so many idle
// connections.
func NoRetryClient(patience time.Duration, connections int) *http.Client {
	return &http.Client{Timeout: patience, Transport: plainBodies{&http.Transport{MaxIdleConnsPerHost: connections}}}
}

// plainBodies hides the WriteTo of request bodies. The SDK closes a body when the answer begins, and its WriteTo then
// fails with io.EOF; net/http, if it has not yet looked for the end of the body, takes that for a failed request and
// closes the connection in the middle of the answer. The SDK would send the request again, these clients must not.
type plainBodies struct{ *http.Transport }

// RoundTrip implements http.RoundTripper.
func (c plainBodies) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r = r.WithContext(r.Context()) // a RoundTripper changes no requests of others
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return c.Transport.RoundTrip(r)
}
