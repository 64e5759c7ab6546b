package scim

import (
	"crypto/tls"
	"net/http"

	"github.com/statordb/stator/internal/audit"
	"github.com/statordb/stator/internal/policy"
)

// The codes of errors in events ("Logging IAM Identity Center SCIM API calls with AWS CloudTrail", IAM Identity Center User Guide).
var codes = map[int]string{
	http.StatusUnauthorized: "UnauthorizedException", http.StatusForbidden: "AccessDeniedException", http.StatusNotFound: "ResourceNotFoundException",
	http.StatusConflict: "ConflictException", http.StatusInternalServerError: "InternalServerException",
}

// event logs a request, as CloudTrail does: which one it was and of whom by id, and nothing of what the body says about people.
func (h *Handler) event(x *call, operation string, f *failure) {
	e := &audit.Event{
		Time: x.info.Time, Service: "identitystore-scim", Operation: operation, Region: h.Region, UserAgent: x.r.UserAgent(), RequestID: x.info.RequestID,
		Account: h.Account, ReadOnly: x.r.Method == http.MethodGet, Principal: policy.Principal{Type: policy.Anonymous, Account: h.Account},
	}
	if x.info.Source.IsValid() {
		e.SourceIP = x.info.Source.String()
	}
	parameters := map[string]string{"tenantId": x.r.PathValue("tenant")}
	if id := x.r.PathValue("id"); id != "" {
		parameters["id"] = id
	}
	e.Parameters = audit.FromValue(parameters)
	if x.tenant != nil {
		e.Principal = policy.Principal{Type: policy.WebOrSAML, Account: h.Account, Name: x.tenant.ID, Provider: x.tenant.Issuer()}
	}
	if x.made != "" {
		e.Response = audit.FromValue(map[string]string{"id": x.made})
	}
	if f != nil {
		if e.ErrorCode = codes[f.status]; e.ErrorCode == "" {
			e.ErrorCode = "ValidationException"
		}
		e.ErrorMessage = f.detail
	}
	if state := x.r.TLS; state != nil {
		e.TLS = &audit.TLS{Version: audit.TLSVersion(state.Version), Cipher: tls.CipherSuiteName(state.CipherSuite), Host: x.r.Host}
	}
	h.Audit.Write(e)
}
