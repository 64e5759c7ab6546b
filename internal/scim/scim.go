// Package scim is SCIM 2.0 as IAM Identity Center has it (RFC 7643, RFC 7644, "IAM Identity Center SCIM Implementation Developer
// Guide"): the way on which a company's own directory, such as Okta or Microsoft Entra ID, puts its people here and takes them away
// again. It is at /scim/‹tenant›/v2/.
//
// It exists so that what strangers send in their dialects of SCIM becomes the directory's users, groups and memberships in one place.
// It imports directory, awsapi for its errors, kv, audit, policy for who is in that, and of server what that knows of a request.
//
// The main rules: nobody gets an answer about anybody without a token of the tenant; one request is one transaction; whoever is
// deleted, or not active any more, is refused on all servers within two seconds.
package scim

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/statordb/stator/internal/audit"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/server"
)

// Path is where the site is.
const Path = "/scim"

// Options configure a Handler.
type Options struct {
	People *directory.Store
	// Account and Region are whose audit log has the requests, and as being in which region.
	Account, Region string
	// Audit is the audit log, nil if there is none.
	Audit  *audit.Log
	Logger *slog.Logger
}

// Handler answers SCIM requests.
type Handler struct {
	Options
	people *directory.Store
	routes *http.ServeMux
}

// New returns a handler.
func New(opts Options) *Handler {
	h := &Handler{Options: opts, people: opts.People, routes: http.NewServeMux()}
	for pattern, route := range map[string]struct {
		name string // AWS's of the operation
		run  func(*call) error
	}{
		"GET /Users":         {"ListUsers", h.listUsers},
		"POST /Users":        {"CreateUser", h.createUser},
		"GET /Users/{id}":    {"GetUser", h.getUser},
		"PUT /Users/{id}":    {"PutUser", h.putUser},
		"PATCH /Users/{id}":  {"PatchUser", h.patchUser},
		"DELETE /Users/{id}": {"DeleteUser", h.deleteUser},

		"GET /Groups":         {"ListGroups", h.listGroups},
		"POST /Groups":        {"CreateGroup", h.createGroup},
		"GET /Groups/{id}":    {"GetGroup", h.getGroup},
		"PATCH /Groups/{id}":  {"PatchGroup", h.patchGroup},
		"DELETE /Groups/{id}": {"DeleteGroup", h.deleteGroup},

		"GET /ServiceProviderConfig": {"GetServiceProviderConfig", h.serviceProviderConfig},
		"GET /ResourceTypes":         {"ListResourceTypes", h.resourceTypes},
		"GET /Schemas":               {"ListSchemas", h.schemas},
	} {
		method, path, _ := strings.Cut(pattern, " ")
		h.routes.HandleFunc(method+" "+Path+"/{tenant}/v2"+path, func(w http.ResponseWriter, r *http.Request) {
			x := &call{w: w, r: r, info: server.InfoOf(r)}
			err := h.authenticate(x)
			if err == nil {
				err = route.run(x)
			}
			var f *failure
			if err != nil {
				f = h.fail(x, err)
			}
			h.event(x, route.name, f)
		})
	}
	return h
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	if _, pattern := h.routes.Handler(r); pattern != "" {
		h.routes.ServeHTTP(w, r)
		return
	}
	x := &call{w: w, r: r, info: server.InfoOf(r)}
	if len(r.URL.Path) > len(Path)+1 { // whoever has no token learns nothing but that
		tenant, _, _ := strings.Cut(r.URL.Path[len(Path)+1:], "/")
		r.SetPathValue("tenant", tenant)
	}
	err := h.authenticate(x)
	if err == nil {
		err = &failure{http.StatusNotFound, "", "There is no such endpoint, or it can't do that."}
	}
	h.fail(x, err)
}

// call is a request and its answer.
type call struct {
	w      http.ResponseWriter
	r      *http.Request
	info   server.Info
	tenant *directory.Tenant
	// made is the id of what the request made.
	made string
}

// by is who makes a change, as records have it.
func (x *call) by() string { return "SCIM/" + x.tenant.ID }

// externalID is one that the directory elsewhere has given.
func (x *call) externalID(id string) directory.ExternalID {
	return directory.ExternalID{Issuer: x.tenant.Issuer(), ID: id}
}

// ours is the id of that directory among those of a user or a group, "" if there is none.
func (x *call) ours(ids []directory.ExternalID) string {
	for _, id := range ids {
		if id.Issuer == x.tenant.Issuer() {
			return id.ID
		}
	}
	return ""
}

// withOurs are the external ids with another one of ours, or without if it is "".
func (x *call) withOurs(ids []directory.ExternalID, id string) (all []directory.ExternalID) {
	for _, other := range ids {
		if other.Issuer != x.tenant.Issuer() {
			all = append(all, other)
		}
	}
	if id != "" {
		all = append(all, x.externalID(id))
	}
	return all
}

// authenticate finds the tenant that the token is of.
func (h *Handler) authenticate(x *call) error {
	const scheme = "bearer "
	given := x.r.Header.Get("Authorization")
	if len(given) > len(scheme) && strings.EqualFold(given[:len(scheme)], scheme) {
		err := h.people.View(x.r.Context(), func(r kv.Reader) (err error) {
			x.tenant, err = h.people.TenantOf(x.r.Context(), r, x.r.PathValue("tenant"), strings.TrimSpace(given[len(scheme):]))
			return err
		})
		if err != nil {
			return err
		}
	}
	if x.tenant == nil {
		x.w.Header().Set("WWW-Authenticate", `Bearer realm="scim"`)
		return &failure{http.StatusUnauthorized, "", "Request is unauthorized."}
	}
	return nil
}

// maxBody is the largest body, in bytes.
const maxBody = 1 << 20

// read reads the body of a request, in JSON.
func (x *call) read(in any) error {
	body, err := io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, maxBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return &failure{http.StatusRequestEntityTooLarge, "tooLarge", "The request is too large."}
	}
	if err == nil {
		err = json.Unmarshal(body, in)
	}
	if err != nil {
		return malformed("Request is unparsable, syntactically incorrect, or violates schema.")
	}
	return nil
}

func (x *call) respond(status int, out any) error {
	body, err := json.Marshal(out)
	if err != nil {
		return err
	}
	x.w.Header().Set("Content-Type", "application/json")
	x.w.WriteHeader(status)
	_, _ = x.w.Write(body) // an error means that the client is gone
	return nil
}

// location is the address of a resource, as the client reaches it.
func (x *call) location(kind, id string) string {
	scheme := "http"
	if x.info.Secure {
		scheme = "https"
	}
	return scheme + "://" + x.r.Host + Path + "/" + x.tenant.ID + "/v2/" + kind + "/" + id
}

// failure is an error as SCIM words it (RFC 7644, section 3.12).
type failure struct {
	status   int
	scimType string
	detail   string
}

// Error implements error.
func (f *failure) Error() string { return f.detail }

func malformed(detail string) error { return &failure{http.StatusBadRequest, "invalidSyntax", detail} }
func badValue(detail string) error  { return &failure{http.StatusBadRequest, "invalidValue", detail} }
func badPath(detail string) error   { return &failure{http.StatusBadRequest, "invalidPath", detail} }
func badFilter(detail string) error { return &failure{http.StatusBadRequest, "invalidFilter", detail} }

// failureOf words an error. What is nobody's mistake is logged.
func (h *Handler) failureOf(x *call, err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	if e, ok := errors.AsType[*awsapi.Error](err); ok {
		switch e.Code {
		case "ResourceNotFoundException":
			return &failure{http.StatusNotFound, "", e.Message}
		case "ConflictException":
			return &failure{http.StatusConflict, "uniqueness", e.Message}
		case "ServiceQuotaExceededException":
			return &failure{http.StatusForbidden, "tooMany", e.Message}
		}
		if e.Status < http.StatusInternalServerError {
			return &failure{http.StatusBadRequest, "invalidValue", e.Message}
		}
	}
	if x.r.Context().Err() == nil {
		h.Logger.Error("scim: request failed", "request", x.info.RequestID, "path", x.r.URL.Path, "error", err)
	}
	return &failure{http.StatusInternalServerError, "", "Service failed to process the request."}
}

const errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error"

// fail answers with an error, in the form that IAM Identity Center gives it.
func (h *Handler) fail(x *call, err error) *failure {
	f := h.failureOf(x, err)
	body := struct {
		Schema    []string `json:"schema"`
		Schemas   []string `json:"schemas"`
		Detail    string   `json:"detail"`
		Status    string   `json:"status"`
		ScimType  string   `json:"scimType,omitempty"`
		RequestID string   `json:"exceptionRequestId,omitempty"`
		Time      string   `json:"timeStamp"`
	}{[]string{errorSchema}, []string{errorSchema}, f.detail, statusText(f.status), f.scimType, x.info.RequestID, x.info.Time.UTC().Format("2006-01-02 15:04:05.000")}
	if err := x.respond(f.status, body); err != nil {
		h.Logger.Error("scim: an error could not be answered", "error", err)
	}
	return f
}
