package signin

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/policy"
)

// general is what the console has to know before anybody has signed in.
type general struct {
	OpenAuth bool
	// SignUp says that strangers may make accounts, Claimed that the first root user has a password.
	SignUp, Claimed bool
	// CodesBy is how people get their codes: "mail", or "log" if whoever reads the server's log hands them on.
	CodesBy string
	// Secure says that nobody on the network can read what is sent.
	Secure          bool
	Region, Version string
}

type session struct {
	SignedIn bool
	*account `json:",omitempty"`
	general
}

// account is who is signed in.
type account struct {
	Account, AccountAlias, AccountName string
	Arn, PrincipalType, Name           string
	// Email is the root user's.
	Email               string `json:",omitempty"`
	SignedInAt, Expires time.Time
	MFA                 bool
}

var principalTypes = map[policy.PrincipalType]string{
	policy.Root: "Root", policy.User: "IAMUser", policy.RoleSession: "AssumedRole", policy.FederatedUser: "FederatedUser",
}

// getSession says who is signed in.
func (h *Handler) getSession(x *Call) (any, error) {
	out := session{general: general{OpenAuth: h.OpenAuth, SignUp: h.SignUp, CodesBy: h.codesBy, Secure: x.Secure, Region: h.Region, Version: h.Version}}
	if h.OpenAuth {
		return out, nil
	}
	var err error
	if out.Claimed, err = h.Identities.Claimed(x.r.Context()); err != nil {
		return nil, err
	}
	c, err := h.SignedIn(x)
	if err != nil || c == nil {
		return out, err
	}
	p := &c.Principal
	out.SignedIn, out.account = true, &account{p.Account, c.AccountAlias, c.AccountName, p.ARN, principalTypes[p.Type], c.Name, c.Email,
		c.Began.UTC(), c.Expires.UTC(), c.MFA}
	return out, nil
}

type signInInput struct {
	Type                     string
	Email, Account, UserName string
	Password                 string
	MFACode, NewPassword     string
}

type signInOutput struct{ State identity.SignInState }

// signIn signs in with a password.
func (h *Handler) signIn(x *Call) (any, error) {
	var in signInInput
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	a := &identity.Attempt{Password: in.Password, MFACode: strings.TrimSpace(in.MFACode), NewPassword: in.NewPassword, Context: x.Context()}
	var name string
	switch in.Type {
	case rootType:
		a.Email = strings.TrimSpace(in.Email)
		name = "root/" + a.Email
	case "user":
		a.Account, a.UserName = strings.TrimSpace(in.Account), strings.TrimSpace(in.UserName)
		account, err := h.Identities.AccountOf(x.r.Context(), a.Account)
		if err != nil {
			return nil, err
		}
		name = "user/" + account + "/" + a.UserName
	}
	if a.Email == "" && (a.Account == "" || a.UserName == "") {
		return nil, &awsapi.Error{Code: "InvalidRequest", Status: http.StatusBadRequest, Message: "Type is root, with Email, or user, with Account and UserName."}
	}
	guess, err := h.guesses.begin(x, name)
	if err != nil {
		return nil, err
	}
	out, err := h.Identities.SignIn(x.r.Context(), a)
	if err != nil {
		guess.Ended(err)
		if _, refused := errors.AsType[*awsapi.Error](err); refused {
			h.logIn(x, in.Type, out, false)
		}
		return nil, err
	}
	switch out.State {
	case identity.MFAFailed: // a guess that counts
		h.logIn(x, in.Type, out, false)
	case identity.MFARequired:
		guess.Right()
		h.logCheckMFA(x, out)
	case identity.NewPasswordRequired:
		guess.Right()
	case identity.SignedIn:
		guess.Succeeded()
		h.Enter(x, out.Token)
		h.logIn(x, in.Type, out, true)
	}
	return signInOutput{out.State}, nil
}

// Enter gives the browser a session, in the place of the one that it may have: nobody stays signed in unseen.
func (h *Handler) Enter(x *Call, token string) {
	if old := x.token(); old != "" {
		if _, err := h.Identities.SignOut(x.r.Context(), old, false); err != nil {
			h.Logger.Warn("signin: the session before could not be ended", "request", x.RequestID, "error", err)
		}
	}
	x.setToken(token)
}

// Context is the request as policies see it.
func (x *Call) Context() policy.Context {
	keys := policy.MapContext{
		"aws:securetransport": {strconv.FormatBool(x.Secure)},
		"aws:useragent":       {x.r.UserAgent()},
		"aws:currenttime":     {x.Time.UTC().Format(time.RFC3339)},
		"aws:epochtime":       {strconv.FormatInt(x.Time.Unix(), 10)},
	}
	if x.Source.IsValid() {
		keys["aws:sourceip"] = []string{x.Source.String()}
	}
	return keys
}

type credentials struct {
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string
	SessionToken    string
	Expiration      time.Time
	AccountID       string `json:"AccountId"`
	ARN             string `json:"Arn"`
	Region          string
}

// credentials gives the browser what its requests are to be signed with.
func (h *Handler) credentials(x *Call) (any, error) {
	made, err := h.Identities.ConsoleCredentials(x.r.Context(), x.token())
	if errors.Is(err, identity.ErrNoConsole) {
		return nil, notSignedIn()
	}
	if err != nil {
		return nil, err
	}
	return credentials{made.ID, made.Secret, made.SessionToken, made.Expires, made.Account, made.ARN, h.Region}, nil
}

func (h *Handler) signOut(x *Call) (any, error) { return h.leave(x, false) }

func (h *Handler) signOutEverywhere(x *Call) (any, error) { return h.leave(x, true) }

// leave ends the session of the browser, or all of its owner.
func (h *Handler) leave(x *Call, everywhere bool) (any, error) {
	who, err := h.Identities.SignOut(x.r.Context(), x.token(), everywhere)
	if err != nil {
		return nil, err
	}
	x.setToken("")
	if who != nil {
		h.logOut(x, who, everywhere)
	}
	return struct{}{}, nil
}
