package signin

import (
	"crypto/tls"

	"github.com/statordb/stator/internal/audit"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/policy"
)

// What is logged are the events of CloudTrail ("AWS Management Console sign-in events", AWS CloudTrail User Guide), and
// others in their form for what CloudTrail has none.

// event logs that somebody did something, or failed to: result is Success or Failure.
func (h *Handler) event(x *Call, name string, who policy.Principal, result string, additional map[string]string) {
	e := x.Event("signin", name, who)
	e.Response, e.Additional = audit.FromResult(name, result), additional
	if result == failed {
		e.ErrorMessage = "Failed authentication"
		if who.Type == policy.User && who.Name == audit.Hidden {
			e.ErrorMessage = "No username found in supplied account"
		}
	}
	h.Audit.Write(e)
}

// Event is one of somebody who does something with a page, for the audit log.
func (x *Call) Event(service, name string, who policy.Principal) *audit.Event {
	e := &audit.Event{
		Time: x.Time, Service: service, Operation: name, UserAgent: x.r.UserAgent(), RequestID: x.RequestID, Principal: who,
	}
	if x.Source.IsValid() {
		e.SourceIP = x.Source.String()
	}
	if state := x.r.TLS; state != nil {
		e.TLS = &audit.TLS{Version: audit.TLSVersion(state.Version), Cipher: tls.CipherSuiteName(state.CipherSuite), Host: x.r.Host}
	}
	return e
}

// The results of events.
const (
	succeeded = "Success"
	failed    = "Failure"
)

// logIn logs an attempt to sign in as a root user or a user.
func (h *Handler) logIn(x *Call, kind string, s *identity.SignIn, ok bool) {
	who, result, mfa := s.Principal, failed, "No"
	if ok {
		result = succeeded
	}
	if s.MFA {
		mfa = "Yes"
	}
	if who.Type == policy.Unknown { // what was given for a name may be a password
		who.Type, who.Name = policy.User, audit.Hidden
		if kind == rootType {
			who.Type = policy.Root
		}
	}
	more := map[string]string{"LoginTo": x.Origin() + consolePath, "MobileVersion": "No", "MFAUsed": mfa}
	if s.Device != "" {
		more["MFAIdentifier"] = s.Device
	}
	h.event(x, "ConsoleLogin", who, result, more)
}

// logCheckMFA logs that the right password was given of somebody who has MFA devices. All that there are are virtual ones.
func (h *Handler) logCheckMFA(x *Call, s *identity.SignIn) {
	h.event(x, "CheckMfa", s.Principal, succeeded, map[string]string{"MfaType": "Virtual MFA"})
}

func (h *Handler) logOut(x *Call, who *policy.Principal, everywhere bool) {
	name := "ConsoleLogout"
	if everywhere {
		name = "ConsoleLogoutEverywhere"
	}
	h.event(x, name, *who, succeeded, nil)
}

// Origin is the server as the browser knows it.
func (x *Call) Origin() string {
	if x.Secure {
		return "https://" + x.r.Host
	}
	return "http://" + x.r.Host
}
