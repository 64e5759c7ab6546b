package signin

import (
	"bytes"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
)

// Single sign-on to the console with SAML, without IAM Identity Center, as at https://signin.aws.amazon.com/saml ("Enabling SAML 2.0
// federated principals to access the AWS Management Console", IAM User Guide). An identity provider sends the browser here with a form;
// what it gives is what AssumeRoleWithSAML gives for it, with all its rules.

const (
	samlPath = "/saml"
	// maxSAML is the largest form: STS takes responses of 100,000 bytes, which are longer when they are encoded.
	maxSAML = 320 << 10
	// samlCookie has the secret of a browser that is to choose.
	samlCookie = "stator-saml"
	// choicePage is where people choose.
	choicePage = "/console/saml"
)

// saml takes the form.
func (h *Handler) saml(x *Call) {
	to, err := h.samlForm(x)
	if e, ok := errors.AsType[*awsapi.Error](err); ok { // for people
		http.Error(x.w, e.Message, e.Status)
		return
	}
	if err != nil {
		h.fail(x, err)
		return
	}
	x.w.Header().Set("Location", to)
	x.w.WriteHeader(http.StatusSeeOther)
}

func (h *Handler) samlForm(x *Call) (to string, err error) {
	if x.r.Method != http.MethodPost {
		return "", &awsapi.Error{Code: "MethodNotAllowed", Status: http.StatusMethodNotAllowed, Message: "An identity provider sends a form here."}
	}
	x.r.Body = http.MaxBytesReader(x.w, x.r.Body, maxSAML)
	if err := x.r.ParseForm(); err != nil {
		return "", badFederation("The form can't be read.")
	}
	if h.OpenAuth {
		return "", badFederation("Authentication is off: nobody has to sign in.")
	}
	guess, err := h.guesses.begin(x, "")
	if err != nil {
		return "", err
	}
	c := identity.SAMLChoice{Response: x.r.PostForm.Get("SAMLResponse"), RelayState: x.r.PostForm.Get("RelayState")}
	c.Roles, err = h.Identities.SAMLRoles(x.r.Context(), c.Response)
	if err != nil {
		guess.Ended(err)
		return "", err
	}
	guess.Right()
	if len(c.Roles) == 1 {
		return h.enterWithSAML(x, &c, &c.Roles[0])
	}
	secret, err := h.Identities.KeepSAML(x.r.Context(), c)
	if err != nil {
		return "", err
	}
	x.SetCookie(samlCookie, secret, http.SameSiteStrictMode)
	return choicePage + "?id=" + samlID(secret), nil
}

// samlID is what a choice is called in a URL: the browser has the cookie as well.
func samlID(secret string) string { return identity.SecretID(secret) }

// choice is the response that waits for a browser.
func (h *Handler) choice(x *Call, id string) (*identity.SAMLChoice, error) {
	secret := x.Cookie(samlCookie)
	if secret == "" || samlID(secret) != id {
		return nil, noChoice()
	}
	c, err := h.Identities.SAMLChoice(x.r.Context(), secret)
	if err == nil && c == nil {
		err = noChoice()
	}
	return c, err
}

func noChoice() *awsapi.Error {
	return &awsapi.Error{Code: "NotFound", Status: http.StatusNotFound, Message: "There is nothing to choose any more. Sign in again."}
}

type samlRole struct {
	Account, AccountName string
	RoleARN              string `json:"RoleArn"`
	Name                 string
}

// samlChoice shows the roles that there are to choose from.
func (h *Handler) samlChoice(x *Call) (any, error) {
	c, err := h.choice(x, x.r.URL.Query().Get("id"))
	if err != nil {
		return nil, err
	}
	var out struct{ Roles []samlRole }
	for _, r := range c.Roles {
		out.Roles = append(out.Roles, samlRole{r.Account, r.AccountName, r.RoleARN, r.Name})
	}
	return out, nil
}

// chooseSAML signs in with the role that somebody has chosen.
func (h *Handler) chooseSAML(x *Call) (any, error) {
	var in struct {
		ID      string `json:"Id"`
		RoleARN string `json:"RoleArn"`
	}
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	c, err := h.choice(x, in.ID)
	if err != nil {
		return nil, err
	}
	for i := range c.Roles {
		if c.Roles[i].RoleARN != in.RoleARN {
			continue
		}
		to, err := h.enterWithSAML(x, c, &c.Roles[i])
		if err != nil {
			return nil, err
		}
		secret := x.Cookie(samlCookie)
		x.SetCookie(samlCookie, "", http.SameSiteStrictMode)
		return struct{ Location string }{to}, h.Identities.ForgetSAML(x.r.Context(), secret)
	}
	return nil, noChoice()
}

// enterWithSAML begins the session of a role, and returns where the browser goes.
func (h *Handler) enterWithSAML(x *Call, c *identity.SAMLChoice, role *identity.SAMLRole) (to string, err error) {
	key, token, err := h.assumeRoleWithSAML(x, c.Response, role)
	if err != nil {
		return "", err
	}
	signinToken, _, err := h.Identities.SigninToken(x.r.Context(), key, token, nil)
	if err != nil {
		return "", err
	}
	out, err := h.Identities.SignInWithToken(x.r.Context(), signinToken)
	if err != nil {
		return "", err
	}
	h.Enter(x, out.Token)
	h.logIn(x, "", out, true)
	return x.Destination(c.RelayState), nil
}

// assumeRoleWithSAML asks the server as the browser might itself: from the same address, and in the audit log as everybody's.
func (h *Handler) assumeRoleWithSAML(x *Call, response string, role *identity.SAMLRole) (key identity.AccessKey, token string, err error) {
	form := url.Values{"Action": {"AssumeRoleWithSAML"}, "Version": {"2011-06-15"}, "RoleArn": {role.RoleARN}, "PrincipalArn": {role.ProviderARN}, "SAMLAssertion": {response}}
	r, err := http.NewRequestWithContext(x.r.Context(), http.MethodPost, "/", strings.NewReader(form.Encode()))
	if err != nil {
		return key, "", err
	}
	r.Host, r.RemoteAddr, r.TLS, r.RequestURI = x.r.Host, x.r.RemoteAddr, x.r.TLS, "/"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, name := range []string{"User-Agent", "X-Forwarded-For", "X-Forwarded-Proto"} {
		if values := x.r.Header.Values(name); values != nil {
			r.Header[name] = values
		}
	}
	w := &answer{header: make(http.Header), status: http.StatusOK}
	h.API.ServeHTTP(w, r)
	var out struct {
		ID     string `xml:"AssumeRoleWithSAMLResult>Credentials>AccessKeyId"`
		Secret string `xml:"AssumeRoleWithSAMLResult>Credentials>SecretAccessKey"`
		Token  string `xml:"AssumeRoleWithSAMLResult>Credentials>SessionToken"`
		Error  struct{ Code, Message string }
	}
	if err := xml.Unmarshal(w.body.Bytes(), &out); err != nil {
		return key, "", err
	}
	if w.status >= http.StatusInternalServerError {
		return key, "", errors.New("AssumeRoleWithSAML: " + out.Error.Code)
	}
	if w.status != http.StatusOK {
		return key, "", &awsapi.Error{Code: out.Error.Code, Status: w.status, Message: out.Error.Message}
	}
	return identity.AccessKey{ID: out.ID, Secret: out.Secret}, out.Token, nil
}

// answer is what the server answers itself.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *answer) Header() http.Header         { return w.header }
func (w *answer) WriteHeader(status int)      { w.status = status }
func (w *answer) Write(b []byte) (int, error) { return w.body.Write(b) }
