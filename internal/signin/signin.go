// Package signin is how people sign in to the console: with passwords and MFA codes, with the setup token, by signing up,
// and through an identity broker. Below /signin it speaks JSON with the console's pages, at /federation what AWS's federation
// endpoint does, and at /saml what its sign-in endpoint for SAML does.
//
// It exists so that passwords and cookies have one door. A browser's cookie leads to temporary credentials, and to nothing
// else: whatever the console does then is a signed request like anybody's. The package imports identity, which knows
// passwords, sessions and codes; audit, policy and awsapi; and of server what that knows of a request.
//
// The main rules: what a stranger gets back says nothing about who is there; every guess is counted, by source and by whom
// it is for; and only pages of this server can make a browser send anything that changes something.
package signin

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/statordb/stator/internal/audit"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/server"
)

// Options configure a Handler.
type Options struct {
	Identities *identity.Store
	// OpenAuth says that requests need no credentials: nobody has to sign in, and nobody can.
	OpenAuth bool
	// SignUp lets strangers make accounts of their own.
	SignUp bool
	// Region and Version are told to the console.
	Region, Version string
	// PublicURL is how browsers reach the server, "" if nobody has said. It is then as good an origin as the Host of a request.
	PublicURL string
	// Mail sends codes; nil logs them.
	Mail Sender
	// API answers the server's own APIs: what a SAML response gives is asked of AssumeRoleWithSAML there.
	API http.Handler
	// Claimed is called when the setup token has been used; nil if nobody has to know.
	Claimed func()
	// Audit is the audit log, nil if there is none.
	Audit  *audit.Log
	Logger *slog.Logger
}

// Handler answers what is at /signin and /federation.
type Handler struct {
	Options
	routes  map[string]func(*Call) (any, error)
	guesses *guesses
	// letters has a token for each mail that a source may still cause.
	letters *lru.Cache[netip.Prefix, *rate.Limiter]
	// outbox is for what anybody can cause, notices for what only root users can: nobody's flood keeps them from being warned.
	outbox, notices *outbox
	host            string // of PublicURL
	codesBy         string
}

// How many mails a source can cause at once, and in a second from then on.
const (
	letterBurst   = 10
	lettersSecond = 1.0 / 60
	letterSources = 10_000
)

// New returns a handler. Close it in the end.
func New(opts Options) *Handler {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	codesBy := "mail"
	if opts.Mail == nil {
		opts.Mail, codesBy = logSender{opts.Logger}, "log"
	}
	h := &Handler{Options: opts, codesBy: codesBy, guesses: newGuesses(), outbox: newOutbox(opts.Logger), notices: newOutbox(opts.Logger),
		letters: newest[netip.Prefix, *rate.Limiter](letterSources)}
	if u, err := url.Parse(opts.PublicURL); err == nil {
		h.host = u.Host
	}
	h.routes = map[string]func(*Call) (any, error){
		"GET /signin/session":     h.getSession,
		"POST /signin/session":    h.signIn,
		"DELETE /signin/session":  h.signOut,
		"DELETE /signin/sessions": h.signOutEverywhere,
		"GET /signin/credentials": h.credentials,
		"POST /signin/claim":      h.claim,
		"GET /signin/saml":        h.samlChoice,
		"POST /signin/saml":       h.chooseSAML,

		"POST /signin/signup":          h.signUp,
		"POST /signin/signup/verify":   h.verifySignUp,
		"POST /signin/signup/complete": h.completeSignUp,

		"POST /signin/password":        h.changePassword,
		"POST /signin/password/forgot": h.forgotPassword,
		"POST /signin/password/reset":  h.resetPassword,
		"POST /signin/email":           h.changeEmail,
		"POST /signin/email/verify":    h.verifyEmail,
		"POST /signin/account/close":   h.closeAccount,
		"GET /signin/billing-access":   h.getBillingAccess,
		"POST /signin/billing-access":  h.setBillingAccess,
	}
	return h
}

// Handle adds what is done for a method and a path below /signin, as in "GET /signin/people/session". It is protected as the
// console's own pages are, and its errors are answered alike. Nothing is added once requests come.
func (h *Handler) Handle(route string, do func(*Call) (any, error)) { h.routes[route] = do }

// Close waits for the mails that are being sent.
func (h *Handler) Close() error {
	h.outbox.close()
	h.notices.close()
	return nil
}

// Call is a request for a page of the console, and what is known of it.
type Call struct {
	server.Info
	w http.ResponseWriter
	r *http.Request
	// public is the host of the PublicURL, "" if there is none.
	public string
}

// CallOf is a request to another site of this server, for what is done with a browser's cookies there.
func (h *Handler) CallOf(w http.ResponseWriter, r *http.Request) *Call {
	return &Call{server.InfoOf(r), w, r, h.host}
}

// Request is the request itself.
func (x *Call) Request() *http.Request { return x.r }

// isOurs says whether a host and port is this server, as far as the browser knows it.
func (x *Call) isOurs(host string) bool {
	return host != "" && (strings.EqualFold(host, x.r.Host) || strings.EqualFold(host, x.public))
}

// maxBody is the largest body. What people type is much shorter.
const maxBody = 16 << 10

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	x := h.CallOf(w, r)
	switch r.URL.Path {
	case federationPath:
		h.federation(x)
		return
	case samlPath:
		h.saml(x)
		return
	}
	out, err := h.answer(x)
	if err != nil {
		h.fail(x, err)
		return
	}
	if out != nil {
		x.respond(http.StatusOK, out)
	}
}

func (h *Handler) answer(x *Call) (any, error) {
	route := h.routes[x.r.Method+" "+x.r.URL.Path]
	if route == nil {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
			if h.routes[method+" "+x.r.URL.Path] != nil {
				return nil, &awsapi.Error{Code: "MethodNotAllowed", Status: http.StatusMethodNotAllowed, Message: "This can't be done here."}
			}
		}
		return nil, &awsapi.Error{Code: "NotFound", Status: http.StatusNotFound, Message: "There is nothing here."}
	}
	if err := x.fromOurPages(); err != nil {
		return nil, err
	}
	if h.OpenAuth && x.r.Method != http.MethodGet {
		return nil, &awsapi.Error{Code: "OpenAuth", Status: http.StatusForbidden, Message: "Authentication is off: any access key will do."}
	}
	return route(x)
}

// ConsoleHeader is a header that requests to change something have. A page of another origin can't send it without asking,
// and nobody would let it.
const ConsoleHeader = "X-Stator-Console"

// fromOurPages refuses what the page of another site may have made a browser send.
func (x *Call) fromOurPages() error {
	refused := &awsapi.Error{Code: "CrossSiteRequest", Status: http.StatusForbidden, Message: "The request does not come from a page of the console."}
	reads := x.r.Method == http.MethodGet
	switch site := x.r.Header.Get("Sec-Fetch-Site"); {
	case site == "", site == "same-origin", site == "none" && reads:
	default:
		return refused
	}
	if origin := x.r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || !x.isOurs(u.Host) || u.Scheme != "https" && (u.Scheme != "http" || x.Secure) {
			return refused
		}
	}
	if reads {
		return nil
	}
	if x.r.Header.Get(ConsoleHeader) != "1" {
		return refused
	}
	if kind, _, err := mime.ParseMediaType(x.r.Header.Get("Content-Type")); x.r.Method == http.MethodPost && (err != nil || kind != "application/json") {
		return &awsapi.Error{Code: "UnsupportedMediaType", Status: http.StatusUnsupportedMediaType, Message: "The body has to be application/json."}
	}
	return nil
}

// Read reads the body of a request into a structure.
func (x *Call) Read(in any) error {
	body, err := io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, maxBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return &awsapi.Error{Code: "RequestTooLarge", Status: http.StatusRequestEntityTooLarge, Message: "The request is too large."}
	}
	if err == nil {
		err = json.Unmarshal(body, in)
	}
	if err != nil { // never with the text in it
		return &awsapi.Error{Code: "InvalidRequest", Status: http.StatusBadRequest, Message: "The body can't be read."}
	}
	return nil
}

func (x *Call) respond(status int, out any) {
	body, err := json.Marshal(out)
	if err != nil {
		panic(err) // outputs are structures of texts
	}
	x.w.Header().Set("Content-Type", "application/json")
	x.w.WriteHeader(status)
	_, _ = x.w.Write(append(body, '\n')) // an error means that the client is gone
}

// failure is the body of an error.
type failure struct{ Code, Message string }

func (h *Handler) fail(x *Call, err error) {
	e, ok := errors.AsType[*awsapi.Error](err)
	if !ok {
		if x.r.Context().Err() == nil {
			h.Logger.Error("signin: request failed", "request", x.RequestID, "path", x.r.URL.Path, "error", err)
		}
		e = &awsapi.Error{Code: "InternalFailure", Status: http.StatusInternalServerError, Message: "Something went wrong. Try again."}
	}
	x.respond(e.Status, failure{e.Code, e.Message})
}
