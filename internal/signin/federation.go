package signin

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
)

// The federation endpoint, as identity brokers know it of AWS ("Enable custom identity broker access to the AWS console",
// IAM User Guide). Both of its actions are meant to come from elsewhere: what they need is in them, and no cookie.

const (
	federationPath = "/federation"
	// maxFederation is the largest form: session tokens are of 32 KiB at most.
	maxFederation = 128 << 10
	rootType      = "root"
)

func (h *Handler) federation(x *Call) {
	out, err := h.federate(x)
	switch e, _ := err.(*awsapi.Error); {
	case err != nil && e != nil && x.r.Method == http.MethodGet && x.r.FormValue("Action") == "login": // for people
		http.Error(x.w, e.Message, e.Status)
	case err != nil:
		h.fail(x, err)
	case out != nil:
		x.respond(http.StatusOK, out)
	}
}

func (h *Handler) federate(x *Call) (any, error) {
	if x.r.Method != http.MethodGet && x.r.Method != http.MethodPost {
		return nil, &awsapi.Error{Code: "MethodNotAllowed", Status: http.StatusMethodNotAllowed, Message: "This can't be done here."}
	}
	x.r.Body = http.MaxBytesReader(x.w, x.r.Body, maxFederation)
	if err := x.r.ParseForm(); err != nil {
		return nil, badFederation("The request can't be read.")
	}
	if h.OpenAuth {
		return nil, badFederation("Authentication is off: nobody has to sign in.")
	}
	guess, err := h.guesses.begin(x, "")
	if err != nil {
		return nil, err
	}
	var out any
	switch x.r.Form.Get("Action") {
	case "getSigninToken":
		out, err = h.getSigninToken(x)
	case "login":
		err = h.logInWithToken(x)
	default:
		err = badFederation("Action is getSigninToken or login.")
	}
	guess.Ended(err)
	return out, err
}

func badFederation(message string) *awsapi.Error {
	return &awsapi.Error{Code: "InvalidParameterValue", Status: http.StatusBadRequest, Message: message}
}

// getSigninToken makes a sign-in token for temporary credentials.
func (h *Handler) getSigninToken(x *Call) (any, error) {
	var in struct {
		ID    string `json:"sessionId"`
		Key   string `json:"sessionKey"`
		Token string `json:"sessionToken"`
	}
	if err := json.Unmarshal([]byte(x.r.Form.Get("Session")), &in); err != nil {
		return nil, badFederation("Session has to be JSON with sessionId, sessionKey and sessionToken.")
	}
	var seconds *int
	if text := x.r.Form.Get("SessionDuration"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, badFederation("SessionDuration has to be a number of seconds.")
		}
		seconds = &n
	}
	token, who, err := h.Identities.SigninToken(x.r.Context(), identity.AccessKey{ID: in.ID, Secret: in.Key}, in.Token, seconds)
	if err != nil {
		return nil, err
	}
	mfa := "No"
	if who.Session != nil && !who.Session.MFA.IsZero() {
		mfa = "Yes"
	}
	h.event(x, "GetSigninToken", *who, succeeded, map[string]string{"MobileVersion": "No", "MFAUsed": mfa})
	return struct{ SigninToken string }{token}, nil
}

// logInWithToken begins the session of a sign-in token, and goes to where it was asked to, if that is here.
func (h *Handler) logInWithToken(x *Call) error {
	if x.r.Method != http.MethodGet {
		return badFederation("A browser signs in with GET.")
	}
	out, err := h.Identities.SignInWithToken(x.r.Context(), x.r.Form.Get("SigninToken"))
	if err != nil {
		return err
	}
	h.Enter(x, out.Token)
	h.logIn(x, "", out, true)
	x.w.Header().Set("Location", x.Destination(x.r.Form.Get("Destination")))
	x.w.WriteHeader(http.StatusFound)
	return nil
}

// consolePath is where the pages of the console are.
const consolePath = "/console/"

// Destination is where a browser goes: a page of this console, or its first page if it is asked to go elsewhere. It is a
// path in any case, so that nobody can have this server send people to another one.
func (x *Call) Destination(asked string) string {
	u, err := url.Parse(asked)
	if err != nil || u.Opaque != "" || u.User != nil || strings.ContainsAny(asked, "\\\r\n\t") {
		return consolePath
	}
	if u.Host != "" && !x.isOurs(u.Host) || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return consolePath
	}
	if clean := (&url.URL{Path: "/"}).JoinPath(u.Path).Path; clean != u.Path || !strings.HasPrefix(clean, consolePath) {
		return consolePath
	}
	return (&url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery, Fragment: u.Fragment, RawFragment: u.RawFragment}).String()
}
