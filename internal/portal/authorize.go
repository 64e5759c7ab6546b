package portal

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/server"
	"github.com/statordb/stator/internal/signin"
)

// The paths that browsers come to from elsewhere. They lead to pages of the console.
const (
	startPath          = "/start"
	authorizePath      = "/authorize"
	loginAuthorizePath = "/v1/authorize"
)

// Sites are the handlers of those paths.
func (p *Portal) Sites() map[string]http.Handler {
	return map[string]http.Handler{
		startPath:          http.HandlerFunc(p.start),
		authorizePath:      http.HandlerFunc(p.authorize),
		loginAuthorizePath: http.HandlerFunc(p.authorizeLogin),
	}
}

// start leads people to the access portal, and the AWS CLI to the name that a portal has on AWS. From version 2.35.13 the CLI signs
// nobody in whose start URL is neither such a name nor, asked with HEAD, leads to one, as the vanity URL of a company does. It does not
// go there: it takes the region from the name, and says it to StartDeviceAuthorization.
func (p *Portal) start(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		redirect(w, "/console/portal")
	case http.MethodHead:
		i, err := p.instance(r.Context())
		if err != nil {
			p.broken(w, r, err)
			return
		}
		if i == nil {
			http.NotFound(w, r)
			return
		}
		redirect(w, "https://"+i.ID+".portal."+i.Region+".app.aws"+startPath)
	default:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This can't be done here.", http.StatusMethodNotAllowed)
	}
}

func redirect(w http.ResponseWriter, to string) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Location", to)
	w.WriteHeader(http.StatusFound)
}

// requestLife is how long somebody may take to consent.
const requestLife = 10 * time.Minute

// maxState bounds the state of a request, which goes back to the tool as it came.
const maxState = 512

// challengeForm is a challenge of S256: 32 bytes in base64.
var challengeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// request is one for an authorization code. Anybody can make one, so that nothing is kept of it: it is in the id that the page
// has, sealed.
type request struct {
	Client    string    `json:"c"`
	Redirect  string    `json:"r"`
	State     string    `json:"s,omitempty"`
	Challenge string    `json:"h"`
	Scopes    []string  `json:"o,omitempty"`
	Expires   time.Time `json:"e"`
}

// authorize begins the authorization of a tool: GET /authorize, as the AWS CLI and the AWS toolkits open it (RFC 6749, section
// 4.1.1, and RFC 7636).
func (p *Portal) authorize(w http.ResponseWriter, r *http.Request) {
	q, ok := query(w, r)
	if !ok {
		return
	}
	c, err := p.anyClient(r.Context(), q.Get("client_id"))
	if err != nil {
		p.broken(w, r, err)
		return
	}
	to := q.Get("redirect_uri")
	// Who asks has to be known before a browser is sent anywhere.
	switch {
	case c == nil:
		refuse(w, "The tool that sent you here is not registered, or not any more. Begin again.")
		return
	case !c.takes(to):
		refuse(w, "The tool that sent you here wants an answer at an address that it has not registered.")
		return
	}
	scopes := strings.Fields(q.Get("scopes"))
	if len(scopes) == 0 {
		scopes = strings.Fields(q.Get("scope"))
	}
	if len(scopes) == 0 {
		scopes = c.Scopes
	}
	bad := ""
	switch {
	case q.Get("response_type") != "code":
		bad = "unsupported_response_type"
	case !c.may(codeGrant):
		bad = "unauthorized_client"
	case !c.challenges(q), len(q.Get("state")) > maxState:
		bad = "invalid_request"
	case slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(c.Scopes, s) }):
		bad = "invalid_scope"
	}
	if bad != "" {
		redirect(w, answerAt(to, "error", bad, "state", q.Get("state")))
		return
	}
	slices.Sort(scopes)
	id, err := p.sealed(sealedRequest, &request{c.id, to, q.Get("state"), q.Get("code_challenge"), slices.Compact(scopes), p.now().Add(requestLife)})
	if err != nil {
		p.broken(w, r, err)
		return
	}
	redirect(w, "/console/authorize?id="+id)
}

// challenges says whether a request has a challenge of S256. An application, which signs its request for tokens, may have none.
func (c *client) challenges(q url.Values) bool {
	if c.app != nil && !q.Has("code_challenge") && !q.Has("code_challenge_method") {
		return true
	}
	return q.Get("code_challenge_method") == "S256" && challengeForm.MatchString(q.Get("code_challenge"))
}

// query reads the parameters of a page that a tool has opened.
func query(w http.ResponseWriter, r *http.Request) (url.Values, bool) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", "GET")
		http.Error(w, "This can't be done here.", http.StatusMethodNotAllowed)
		return nil, false
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		refuse(w, "The address can't be read.")
		return nil, false
	}
	return q, true
}

// refuse tells a person why nothing comes of it.
func refuse(w http.ResponseWriter, why string) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write([]byte("<!doctype html><title>Sign in</title><p>" + html.EscapeString(why) + "</p>\n")) // an error means that the browser is gone
}

func (p *Portal) broken(w http.ResponseWriter, r *http.Request, err error) {
	p.Logger.Error("portal: request failed", "request", server.InfoOf(r).RequestID, "path", r.URL.Path, "error", err)
	http.Error(w, "Something went wrong. Try again.", http.StatusInternalServerError)
}

// answerAt is a redirect URI with parameters, which come in pairs; one that is "" is left out.
func answerAt(redirect string, pairs ...string) string {
	u, err := url.Parse(redirect)
	if err != nil {
		return redirect // it was read before
	}
	q := u.Query()
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// requestOf reads the id that a page has.
func (p *Portal) requestOf(ctx context.Context, id string) (*request, *client, error) {
	q := new(request)
	if !p.unsealed(sealedRequest, id, q) || !p.now().Before(q.Expires) {
		return nil, nil, gone()
	}
	c, err := p.anyClient(ctx, q.Client)
	if err == nil && c == nil {
		err = gone()
	}
	return q, c, err
}

// getAuthorization says what somebody is asked to consent to.
func (p *Portal) getAuthorization(x *signin.Call) (any, error) {
	q, c, err := p.requestOf(x.Request().Context(), x.Request().FormValue("id"))
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(q.Redirect)
	if err != nil {
		return nil, err
	}
	return struct {
		ClientName   string
		Scopes       []string
		RedirectHost string
	}{c.Name, allowing(q.Scopes, c.app != nil), u.Host}, nil
}

// texts is a list that is there in JSON if it is empty, too.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// allowing is what tokens of scopes allow, for who is asked to consent: a tool that asks for nothing gets what it could ask for.
func allowing(scopes []string, application bool) []string {
	if len(scopes) == 0 && !application {
		return []string{accountScope}
	}
	return texts(scopes)
}

// decideAuthorization takes what somebody says to it, and answers where the browser goes to tell the tool.
func (p *Portal) decideAuthorization(x *signin.Call) (any, error) {
	var in struct {
		ID    string `json:"Id"`
		Allow bool
	}
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	h, err := p.caller(x)
	if err != nil {
		return nil, err
	}
	q, c, err := p.requestOf(x.Request().Context(), in.ID)
	if err != nil {
		return nil, err
	}
	if !in.Allow {
		return location{answerAt(q.Redirect, "error", "access_denied", "state", q.State)}, nil
	}
	text, hash := newSecret()
	ctx := x.Request().Context()
	err = p.DB.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, recordKey(codeKind, hash)); err != nil {
			return err
		}
		if c.app != nil {
			if may, err := p.Center.MayUse(ctx, tx, c.app, h.ID); err != nil || !may {
				return or(err, noAccess())
			}
		}
		return p.add(ctx, tx, h.ID, codeKind, hash, &code{ending: ending{p.now().Add(codeLife)}, User: h.ID, Session: h.id, Client: digest(c.id), ClientName: c.Name,
			Scopes: q.Scopes, Redirect: q.Redirect, Challenge: q.Challenge}, maxCodes)
	})
	if err != nil {
		return nil, err
	}
	return location{answerAt(q.Redirect, "code", text, "state", q.State)}, nil
}

// location is where a browser goes.
type location struct{ Location string }
