package portal

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/statordb/stator/internal/audit"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/signin"
)

// "aws login" gives a tool credentials of who is signed in to the console: the root user, a user of IAM, or somebody with a role
// (Login for AWS local development using console credentials, AWS CLI User Guide). The tool opens GET /v1/authorize
// (AuthorizeOAuth2Access, AWS Sign-In API Reference), and gets the credentials with CreateOAuth2Token.

// The two clients that there are: a tool on the machine of the browser, and one elsewhere, into which a code is copied.
const (
	sameDevice  = "arn:aws:signin:::devtools/same-device"
	crossDevice = "arn:aws:signin:::devtools/cross-device"
)

// The rest of what the tool asks with.
const (
	// confirmationPath is where the browser of another machine would be sent. Nobody is: the page shows the code.
	confirmationPath = "/v1/sessions/confirmation"
	loginMethod      = "SHA-256"
	loginScope       = "openid"
	maxRedirectURI   = 2048
)

// loginRequest is one for a code of "aws login". Like request it is in the id that the page has.
type loginRequest struct {
	Client    string    `json:"c"`
	Redirect  string    `json:"r"`
	State     string    `json:"s,omitempty"`
	Challenge string    `json:"h"`
	Expires   time.Time `json:"e"`
}

// isRedirect says whether a client may have its answer at a URI.
func (q *loginRequest) isRedirect() bool {
	if q.Client == sameDevice {
		_, ok := loopback(q.Redirect)
		return ok
	}
	u, err := url.Parse(q.Redirect)
	return err == nil && len(q.Redirect) <= maxRedirectURI && u.Path == confirmationPath
}

// authorizeLogin begins "aws login": GET /v1/authorize.
func (p *Portal) authorizeLogin(w http.ResponseWriter, r *http.Request) {
	v, ok := query(w, r)
	if !ok {
		return
	}
	q := &loginRequest{v.Get("client_id"), v.Get("redirect_uri"), v.Get("state"), v.Get("code_challenge"), p.now().Add(requestLife)}
	switch {
	case q.Client != sameDevice && q.Client != crossDevice, !q.isRedirect():
		refuse(w, "The tool that sent you here is not known, or wants an answer at an address that is not its own machine's.")
		return
	case v.Get("response_type") != "code", v.Get("code_challenge_method") != loginMethod, !challengeForm.MatchString(q.Challenge), len(q.State) > maxState,
		!slices.Contains(strings.Fields(v.Get("scope")), loginScope):
		refuse(w, "The tool that sent you here has asked for something that can't be done. Update it, and begin again.")
		return
	}
	id, err := p.sealed(sealedLogin, q)
	if err != nil {
		p.broken(w, r, err)
		return
	}
	redirect(w, "/console/login?id="+id)
}

// loginOf reads the id that a page has, for who is signed in to the console.
func (p *Portal) loginOf(x *signin.Call, id string) (*loginRequest, *identity.Console, error) {
	c, err := p.SignIn.SignedIn(x)
	if err == nil && c == nil {
		err = notSignedIn()
	}
	if err != nil {
		return nil, nil, err
	}
	q := new(loginRequest)
	if !p.unsealed(sealedLogin, id, q) || !p.now().Before(q.Expires) {
		return nil, nil, gone()
	}
	return q, c, nil
}

// getLogin says what somebody is asked to consent to.
func (p *Portal) getLogin(x *signin.Call) (any, error) {
	q, c, err := p.loginOf(x, x.Request().FormValue("id"))
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(q.Redirect)
	if err != nil {
		return nil, err
	}
	return struct {
		Account, Name, RedirectHost string
		CrossDevice                 bool
	}{c.Principal.Account, c.Name, u.Host, q.Client == crossDevice}, nil
}

// loginCode is an authorization code of "aws login".
type loginCode struct {
	ending
	// Console is the id of the session of the console that allowed it.
	Console             string
	Client              string
	Redirect, Challenge string
	// Account and User are who has that session, by the ids, since Began.
	Account, User string
	Began         time.Time
	Used          bool
	// Login is what it was taken for: the hash of the refresh token.
	Login string
}

// maxLogins bounds the codes, and the logins, of one session of the console.
const maxLogins = 50

// decideLogin takes what somebody says to it: Location is where the browser goes to tell the tool, and Code is what a person copies
// into a tool elsewhere.
func (p *Portal) decideLogin(x *signin.Call) (any, error) {
	var in struct {
		ID    string `json:"Id"`
		Allow bool
	}
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	q, c, err := p.loginOf(x, in.ID)
	if err != nil {
		return nil, err
	}
	type answer struct {
		Location string `json:",omitempty"`
		Code     string `json:",omitempty"`
	}
	elsewhere := q.Client == crossDevice
	if !in.Allow {
		if elsewhere {
			return answer{}, nil
		}
		return answer{Location: answerAt(q.Redirect, "error", "access_denied", "state", q.State)}, nil
	}
	need := loginNeed("signin:AuthorizeOAuth2Access", p.Region, c.Principal.Account, q.Client)
	ctx := x.Request().Context()
	d, err := p.Identities.ConsoleMay(ctx, c.ID, need, x.Context())
	if errors.Is(err, identity.ErrNoConsole) {
		err = notSignedIn()
	}
	if err != nil {
		return nil, err
	}
	e := x.Event(signInService, "AuthorizeOAuth2Access", c.Principal)
	e.Decision, e.Resources = &d, []string{need.Resource}
	e.Parameters = audit.FromValue(map[string]string{"client_id": q.Client, "redirect_uri": q.Redirect})
	if !d.Allowed {
		bad := &awsapi.Error{Code: "AccessDenied", Status: http.StatusForbidden, Message: d.Message(c.Principal.ARN, need.Action, need.Resource)}
		e.ErrorCode, e.ErrorMessage = bad.Code, bad.Message
		p.Audit.Write(e)
		return nil, bad
	}
	text, hash := newSecret()
	err = p.DB.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, recordKey(loginCodeKind, hash)); err != nil {
			return err
		}
		return p.add(ctx, tx, c.ID, loginCodeKind, hash, &loginCode{ending: ending{p.now().Add(codeLife)}, Console: c.ID, Client: q.Client, Redirect: q.Redirect, Challenge: q.Challenge,
			Account: c.Principal.Account, User: c.Principal.ID, Began: c.Began}, maxLogins)
	})
	if err != nil {
		return nil, err
	}
	p.Audit.Write(e)
	if elsewhere {
		both := url.Values{"state": {q.State}, "code": {text}}
		return answer{Code: base64.StdEncoding.EncodeToString([]byte(both.Encode()))}, nil
	}
	return answer{Location: answerAt(q.Redirect, "code", text, "state", q.State)}, nil
}

// loginNeed is the permission for "aws login" on a client (Actions, resources, and condition keys for AWS Signin, Service
// Authorization Reference).
func loginNeed(action, region, account, client string) policy.Need {
	name := "localhost"
	if client == crossDevice {
		name = "remote"
	}
	return policy.Need{Action: action, Resource: "arn:aws:signin:" + region + ":" + account + ":oauth2/public-client/" + name}
}
