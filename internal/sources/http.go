package sources

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/server"
)

// call is a request of a browser, or of a provider.
type call struct {
	server.Info
	w http.ResponseWriter
	r *http.Request
}

func (x *call) context() context.Context { return x.r.Context() }

// maxForm is the largest body. A SAML response is of 100,000 bytes at most.
const maxForm = 256 << 10

// ServeHTTP implements http.Handler.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	x := &call{Info: server.InfoOf(r), w: w, r: r}
	if x.Time.IsZero() {
		x.Time = s.Now()
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	route := s.routes[r.Method+" "+r.URL.Path]
	var err error = &awsapi.Error{Code: "NotFound", Status: http.StatusNotFound, Message: "There is nothing here."}
	if route != nil {
		err = route(x)
	}
	if err != nil {
		s.fail(x, err)
	}
}

// origin is the server as browsers and providers know it, for a configuration. It is never what a request says: whoever could say who this
// server is could bring it what was signed for another one.
func (s *Service) origin(c *configuration) string {
	if s.PublicURL == "" && c != nil {
		return c.Origin
	}
	return strings.TrimSuffix(s.PublicURL, "/")
}

// The pages are written with fmt and not with a template: text/template has the linker keep every exported method of every type.
const failurePage = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sign-in</title></head>
<body><p>%s</p><p>Request %s</p><p><a href="/console/portal">Back to the access portal</a></p></body></html>
`

func (s *Service) fail(x *call, err error) {
	e, ok := errors.AsType[*awsapi.Error](err)
	switch {
	case !ok && x.context().Err() != nil:
		return
	case !ok:
		s.Logger.Error("sources: request failed", "request", x.RequestID, "path", x.r.URL.Path, "error", err)
		e = &awsapi.Error{Status: http.StatusInternalServerError, Message: "Something went wrong. Try again."}
	case e.Cause != nil:
		s.Logger.Warn("sources: sign-in refused", "request", x.RequestID, "path", x.r.URL.Path, "error", e.Cause)
	}
	x.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	x.w.WriteHeader(e.Status)
	_, _ = fmt.Fprintf(x.w, failurePage, html.EscapeString(e.Message), html.EscapeString(x.RequestID)) // an error means that the client is gone
}

func bad(message string) *awsapi.Error {
	return &awsapi.Error{Code: "InvalidRequest", Status: http.StatusBadRequest, Message: message}
}

// redirect sends a browser on. What a POST leads to is a GET.
func (x *call) redirect(to string) error {
	x.w.Header().Set("Location", to)
	x.w.WriteHeader(http.StatusSeeOther)
	return nil
}

// portalPage is where people are sent who asked for nothing else.
const portalPage = "/console/portal"

// destination is where a browser goes afterwards: a page of this server.
func destination(asked string) string {
	if len(asked) > 2048 || !isPath(asked) {
		return portalPage
	}
	if u, err := url.Parse(asked); err != nil || u.Host != "" || u.Scheme != "" {
		return portalPage
	}
	return asked
}

// A trip is a browser on its way to a provider and back. What it has to bring back is in a cookie that only this server can read: who has not
// left with it is somebody else, and nothing is kept of those who never come back.
type trip struct {
	Configuration string
	// Return is where it goes in the end.
	Return string
	// Nonce and Verifier are those of OpenID Connect and PKCE.
	Nonce    string `json:",omitempty"`
	Verifier string `json:",omitempty"`
	Expires  time.Time
}

// tripTime is how long people may take to sign in at a provider.
const tripTime = 15 * time.Minute

// cookieName is of the cookie of a trip. Several may be under way at once. Over TLS nobody on the network can plant one.
func (x *call) cookieName(state string) string {
	name := "stator-trip-" + digest(state)[:16]
	if x.Secure {
		return "__Host-" + name
	}
	if _, port, err := net.SplitHostPort(x.r.Host); err == nil && port != "" { // cookies of all ports are one
		name += "-" + port
	}
	return name
}

func tripName(state string) string { return "sources trip " + digest(state) }

// leave notes that a browser is on its way: the state is what comes back with it.
func (s *Service) leave(x *call, state string, t *trip) error {
	t.Expires = s.Now().Add(tripTime)
	plain, err := json.Marshal(t)
	if err != nil {
		return err
	}
	x.cookie(state, encode(s.Seal(plain, tripName(state))), int(tripTime/time.Second))
	return nil
}

// cookie sets one that comes back when a provider redirects to this server, but with nothing that its pages load.
func (x *call) cookie(state, value string, seconds int) {
	http.SetCookie(x.w, &http.Cookie{Name: x.cookieName(state), Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: x.Secure, SameSite: http.SameSiteLaxMode})
}

var errOtherBrowser = errors.New("the browser did not leave with this state, or too long ago")

// back returns the trip of a browser that comes back, and ends it.
func (s *Service) back(x *call, state string) (*trip, error) {
	c, err := x.r.Cookie(x.cookieName(state))
	if err != nil || state == "" {
		return nil, refused(errOtherBrowser)
	}
	x.cookie(state, "", -1)
	sealed, err := decode(c.Value)
	if err != nil {
		return nil, refused(err)
	}
	plain, err := s.Unseal(sealed, tripName(state))
	if err != nil {
		return nil, refused(errOtherBrowser)
	}
	t := new(trip)
	if err := json.Unmarshal(plain, t); err != nil {
		return nil, err
	}
	if !s.Now().Before(t.Expires) {
		return nil, refused(errOtherBrowser)
	}
	return t, nil
}
