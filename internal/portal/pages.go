package portal

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/signin"
)

// cookie has the token of the session. A browser sends it when an identity provider sends it back here, too.
const cookie = "stator-people"

// SetCookie gives a browser the session whose token Begin returned, in the place of the one that it may have.
func (p *Portal) SetCookie(x *signin.Call, token string) error {
	if old := x.Cookie(cookie); old != "" {
		if err := p.End(x.Request().Context(), digest(old)); err != nil {
			return err
		}
	}
	x.SetCookie(cookie, token, http.SameSiteLaxMode)
	return nil
}

func (p *Portal) addPages(h *signin.Handler) {
	for route, do := range map[string]func(*signin.Call) (any, error){
		"GET /signin/people/session":          p.getSession,
		"POST /signin/people/session":         p.signIn,
		"DELETE /signin/people/session":       p.signOut,
		"GET /signin/people/accounts":         p.getAccounts,
		"POST /signin/people/console":         p.console,
		"POST /signin/people/credentials":     p.credentials,
		"POST /signin/people/password":        p.changePassword,
		"POST /signin/people/password/forgot": p.forgotPassword,
		"POST /signin/people/password/set":    p.setPassword,
		"GET /signin/people/mfa":              p.getDevices,
		"POST /signin/people/mfa":             p.addDevice,
		"DELETE /signin/people/mfa":           p.removeDevice,
		"GET /signin/people/device":           p.getDevice,
		"POST /signin/people/device":          p.decideDevice,
		"GET /signin/people/authorization":    p.getAuthorization,
		"POST /signin/people/authorization":   p.decideAuthorization,
		"GET /signin/login":                   p.getLogin,
		"POST /signin/login":                  p.decideLogin,
	} {
		h.Handle(route, do)
	}
}

// caller is who is signed in in the browser.
func (p *Portal) caller(x *signin.Call) (*holder, error) {
	h, err := p.signedIn(x.Request().Context(), x.Cookie(cookie))
	if err == nil && h == nil {
		err = notSignedIn()
	}
	return h, err
}

// general is what a page has to know before anybody has signed in.
type general struct {
	SignedIn, Enabled bool
	Source            struct{ Kind, Name string }
	StartURL          string
	InstanceName      string
	Region            string
	*person           `json:",omitempty"`
}

// person is who is signed in.
type person struct {
	UserID        string `json:"UserId"`
	UserName      string
	DisplayName   string
	Email         string
	Expires       time.Time
	MFA           bool
	MFARegistered bool
}

// getSession says who is signed in.
func (p *Portal) getSession(x *signin.Call) (any, error) {
	ctx := x.Request().Context()
	out := &general{StartURL: p.startURL(x)}
	i, err := p.instance(ctx)
	if err != nil {
		return nil, err
	}
	if i != nil {
		out.Enabled, out.InstanceName, out.Region = true, i.Name, i.Region
	}
	source, err := p.Source(ctx)
	if err != nil {
		return nil, err
	}
	out.Source.Kind, out.Source.Name = source.Kind, source.Name
	h, err := p.signedIn(ctx, x.Cookie(cookie))
	if err != nil || h == nil {
		return out, err
	}
	out.SignedIn = true
	out.person = &person{UserID: h.ID, UserName: h.UserName, DisplayName: h.DisplayName, Expires: h.session.Expires, MFA: h.session.MFA}
	for _, e := range h.Emails {
		if out.Email == "" || e.Primary {
			out.Email = e.Value
		}
	}
	out.MFARegistered, err = p.hasDevice(ctx, h.ID)
	return out, err
}

func (p *Portal) startURL(x *signin.Call) string {
	return p.public(x.Secure, x.Request().Host) + startPath
}

// signOut ends the session of the browser. Where people come from may have one, too, which Location ends.
func (p *Portal) signOut(x *signin.Call) (any, error) {
	ctx := x.Request().Context()
	h, err := p.signedIn(ctx, x.Cookie(cookie))
	if err != nil {
		return nil, err
	}
	x.SetCookie(cookie, "", http.SameSiteLaxMode)
	var out struct {
		Location string `json:",omitempty"`
	}
	if h == nil {
		return out, nil
	}
	source, err := p.Source(ctx)
	if err != nil {
		return nil, err
	}
	if source.SignOut != nil && source.Kind == h.session.Source {
		if out.Location, err = source.SignOut(ctx, h.id); err != nil {
			p.Logger.Warn("portal: a session of an identity provider could not be ended", "error", err)
		}
	}
	if err := p.End(ctx, h.id); err != nil {
		return nil, err
	}
	return out, p.log(x, "Logout", h.User, nil, nil)
}

// getAccounts says what somebody may be.
func (p *Portal) getAccounts(x *signin.Call) (any, error) {
	h, err := p.caller(x)
	if err != nil {
		return nil, err
	}
	all, err := p.Center.Accounts(x.Request().Context(), h.ID)
	if err != nil {
		return nil, err
	}
	type role struct{ Name, PermissionSetArn string }
	type account struct {
		AccountID   string `json:"AccountId"`
		AccountName string
		Email       string
		Roles       []role
	}
	out := struct{ Accounts []account }{[]account{}}
	for _, a := range all {
		shown := account{a.Account, a.AccountName, a.Email, nil}
		for _, r := range a.Roles {
			shown.Roles = append(shown.Roles, role{r.Name, r.PermissionSetARN})
		}
		out.Accounts = append(out.Accounts, shown)
	}
	return out, p.log(x, "ListAccounts", h.User, nil, nil)
}

// chosen is a role in an account.
type chosen struct {
	AccountID   string `json:"AccountId"`
	RoleName    string
	Destination string
}

// console begins a session of the console with a role.
func (p *Portal) console(x *signin.Call) (any, error) {
	var in chosen
	h, err := p.choice(x, &in)
	if err != nil {
		return nil, err
	}
	token, relay, err := p.Center.RoleConsole(x.Request().Context(), h.id, h.ID, in.AccountID, in.RoleName, h.session.Tags...)
	if logged := p.log(x, "Federate", h.User, &in, err); logged != nil {
		return nil, logged
	}
	p.SignIn.Enter(x, token)
	if in.Destination == "" {
		in.Destination = relay
	}
	return location{x.Destination(in.Destination)}, nil
}

// choice reads what somebody has chosen.
func (p *Portal) choice(x *signin.Call, in *chosen) (*holder, error) {
	if err := x.Read(in); err != nil {
		return nil, err
	}
	in.AccountID, in.RoleName = strings.TrimSpace(in.AccountID), strings.TrimSpace(in.RoleName)
	if in.AccountID == "" || in.RoleName == "" {
		return nil, badPage("AccountId and RoleName are needed.")
	}
	return p.caller(x)
}

// credentials gives somebody access keys of a role.
func (p *Portal) credentials(x *signin.Call) (any, error) {
	var in chosen
	h, err := p.choice(x, &in)
	if err != nil {
		return nil, err
	}
	ctx := x.Request().Context()
	made, err := p.Center.RoleCredentials(ctx, h.ID, h.UserName, in.AccountID, in.RoleName, h.session.Grant, h.session.Tags...)
	if logged := p.log(x, "GetRoleCredentials", h.User, &in, err); logged != nil {
		return nil, logged
	}
	i, err := p.instance(ctx)
	if err != nil {
		return nil, err
	}
	out := struct {
		AccessKeyID                           string `json:"AccessKeyId"`
		SecretAccessKey, SessionToken, Region string
		Expiration                            time.Time
		StartURL                              string
	}{made.ID, made.Secret, made.SessionToken, "", made.Expires.UTC(), p.startURL(x)}
	if i != nil {
		out.Region = i.Region
	}
	return out, nil
}

// refusal is what somebody gets who may not have a role.
func refusal(err error) error {
	if errors.Is(err, identity.ErrNotAllowed) {
		return noAccess()
	}
	return err
}
