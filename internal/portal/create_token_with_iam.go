package portal

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/center"
	"github.com/statordb/stator/internal/federation"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// The grants that only applications have, and the types of tokens that they name.
const (
	bearerGrant       = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	accessTokenType   = "urn:ietf:params:oauth:token-type:access_token"
	applicationPrefix = "arn:aws:sso::"
)

type createTokenWithIAMInput struct {
	ClientID           *string  `json:"clientId"`
	GrantType          *string  `json:"grantType"`
	Code               *string  `json:"code"`
	RefreshToken       *string  `json:"refreshToken"`
	Assertion          *string  `json:"assertion"`
	Scope              []string `json:"scope"`
	RedirectURI        *string  `json:"redirectUri"`
	RequestedTokenType *string  `json:"requestedTokenType"`
	CodeVerifier       *string  `json:"codeVerifier"`
}

type createTokenWithIAMOutput struct {
	issued
	IssuedTokenType string   `json:"issuedTokenType"`
	Scope           []string `json:"scope"`
}

// applicationClient is an application as a client, by its ARN; nil if there is none that is enabled.
func (p *Portal) applicationClient(ctx context.Context, arn string) (*client, error) {
	var app *center.Application
	err := p.DB.View(ctx, func(r kv.Reader) (err error) {
		app, err = p.Center.Application(ctx, r, arn)
		return err
	})
	if err != nil || app == nil || !app.Enabled {
		return nil, err
	}
	return &client{Name: app.Name, Scopes: app.Scopes, Redirects: app.Grants[codeGrant].RedirectURIs, Grants: slices.Sorted(maps.Keys(app.Grants)), id: arn, app: app}, nil
}

// anyClient is a tool that has registered itself, or an application; nil if there is none.
func (p *Portal) anyClient(ctx context.Context, id string) (*client, error) {
	if strings.HasPrefix(id, applicationPrefix) {
		return p.applicationClient(ctx, id)
	}
	return p.clientOf(id), nil
}

// tokensCall is a request of an application, signed with credentials of AWS.
type tokensCall struct {
	p   *Portal
	in  *createTokenWithIAMInput
	app *client
	err error
	// asked says that the application has been looked for.
	asked bool
}

// createTokenWithIAM decodes CreateTokenWithIAM.
func (p *Portal) createTokenWithIAM(req *awsapi.Request) (awsapi.Call, error) {
	in := new(createTokenWithIAMInput)
	if err := readOAuth(req, in); err != nil {
		return nil, err
	}
	if in.ClientID == nil || in.GrantType == nil {
		return nil, invalidRequest("Missing client ID or grant type")
	}
	return &tokensCall{p: p, in: in}, nil
}

// Needs implements awsapi.Call: the application's own policy says who may speak for it, too.
func (c *tokensCall) Needs() []policy.Need {
	if !c.asked {
		c.asked = true
		ctx, cancel := context.WithTimeout(context.Background(), lookup)
		defer cancel()
		c.app, c.err = c.p.applicationClient(ctx, *c.in.ClientID)
	}
	need := policy.Need{Action: "sso-oauth:CreateTokenWithIAM", Resource: *c.in.ClientID}
	if c.app != nil {
		need.Policy = c.app.app.ActorPolicy
	}
	return []policy.Need{need}
}

// Run implements awsapi.Call.
func (c *tokensCall) Run(ctx context.Context, dst []byte) ([]byte, error) {
	c.Needs()
	switch {
	case c.err != nil:
		return dst, c.err
	case c.app == nil:
		return dst, oauthError("InvalidClientException", "Invalid client provided")
	case !slices.Contains([]string{codeGrant, bearerGrant, refreshGrant}, *c.in.GrantType):
		return dst, oauthError("UnsupportedGrantTypeException", "Unsupported grant type provided")
	case !c.app.may(*c.in.GrantType):
		return dst, oauthError("UnauthorizedClientException", "The application has no such grant")
	case c.in.RequestedTokenType != nil && *c.in.RequestedTokenType != accessTokenType:
		return dst, invalidRequest("Unsupported token type requested")
	case slices.ContainsFunc(c.in.Scope, func(s string) bool { return !slices.Contains(c.app.Scopes, s) }):
		return dst, oauthError("InvalidScopeException", "Invalid scope provided")
	}
	out, err := c.take(ctx)
	if err != nil {
		return dst, err
	}
	scopes := texts(c.app.Scopes)
	if len(c.in.Scope) > 0 {
		scopes = c.in.Scope
	}
	return appendJSON(dst, &createTokenWithIAMOutput{*out, accessTokenType, scopes})
}

func (c *tokensCall) take(ctx context.Context) (*issued, error) {
	for _, proof := range []struct {
		grant string
		text  *string
	}{{codeGrant, c.in.Code}, {refreshGrant, c.in.RefreshToken}, {bearerGrant, c.in.Assertion}} {
		if *c.in.GrantType == proof.grant && (proof.text == nil || *proof.text == "") {
			return nil, invalidRequest("Missing what the grant type needs")
		}
	}
	switch *c.in.GrantType {
	case codeGrant:
		return c.p.takeCode(ctx, c.app, *c.in.Code, c.in.RedirectURI, c.in.CodeVerifier)
	case refreshGrant:
		return c.p.refresh(ctx, c.app, *c.in.RefreshToken)
	}
	return c.p.takeAssertion(ctx, c.app, *c.in.Assertion, c.in.Scope)
}

// maxAssertions is how many tokens of others about a person an application may have used that are not over.
const maxAssertions = 1000

// takeAssertion gives an application tokens for who a token of a trusted token issuer is about. It begins a session of the person
// that is the application's alone. Each token is taken once ("Using applications with a trusted token issuer", IAM Identity Center
// User Guide).
func (p *Portal) takeAssertion(ctx context.Context, c *client, assertion string, scopes []string) (out *issued, err error) {
	refused := invalidGrant("Invalid assertion provided")
	name, err := federation.Peek(assertion)
	if err != nil {
		return nil, refused
	}
	issuer, audiences, err := p.issuerOf(ctx, c.app, name)
	if err != nil {
		return nil, err
	}
	if issuer == nil {
		return nil, refused
	}
	token, err := p.OIDC.Verify(ctx, federation.Provider{URL: issuer.URL, ClientIDs: audiences}, assertion)
	if err != nil {
		if bad, ok := errors.AsType[*federation.Error](err); ok {
			return nil, &awsapi.Error{Code: refused.Code, Status: refused.Status, Message: bad.Message, Cause: err}
		}
		return nil, err
	}
	if len(scopes) == 0 {
		scopes = c.Scopes
	}
	_, id := newSecret()
	payload := payloadOf(assertion)
	once := assertionID(payload)
	err = p.DB.Update(ctx, func(tx kv.Txn) error {
		out = nil
		if err := tx.Lock(ctx, recordKey(proofKind, once), recordKey(sessionKind, id)); err != nil {
			return err
		}
		now := p.now()
		used, err := live[ending](ctx, tx, now, proofKind, once)
		if err != nil {
			return err
		}
		if used != nil {
			return invalidGrant("The assertion has been used")
		}
		u, err := p.Center.UserOf(ctx, tx, issuer, claimOf(payload, issuer.Claim))
		if err != nil {
			return err
		}
		if u == nil || u.Disabled {
			return invalidGrant("There is no such user")
		}
		if may, err := p.Center.MayUse(ctx, tx, c.app, u.ID); err != nil {
			return err
		} else if !may {
			return oauthError("AccessDeniedException", "The user is not assigned to the application")
		}
		mine := owner(u.ID, c.app.ARN)
		if full, err := p.full(ctx, tx, mine, proofKind, maxAssertions); err != nil || full {
			return or(err, oauthError("SlowDownException", "Too many assertions about the user are good at once"))
		}
		if err := keep(tx, mine, proofKind, once, ending{token.Expiry}); err != nil {
			return err
		}
		i, err := p.Center.Instance(ctx, tx)
		if err != nil || i == nil {
			return or(err, noInstance())
		}
		s := &session{ending: ending{now.Add(i.Portal)}, User: u.ID, Source: bearerGrant, Began: now}
		if err := p.add(ctx, tx, mine, sessionKind, id, s, maxSessions); err != nil {
			return err
		}
		_, out, err = p.begin(ctx, tx, u.ID, id, c, scopes)
		return err
	})
	return out, err
}

// issuerOf is the trusted token issuer of an application with that URL, and the audiences that its tokens may be for; nil if there is
// none.
func (p *Portal) issuerOf(ctx context.Context, app *center.Application, url string) (issuer *center.TokenIssuer, audiences []string, err error) {
	err = p.DB.View(ctx, func(r kv.Reader) error {
		issuer = nil
		for _, i := range app.Grants[bearerGrant].Issuers {
			found, err := p.Center.TokenIssuer(ctx, r, i.ARN)
			if err != nil {
				return err
			}
			if found != nil && found.URL == url {
				issuer, audiences = found, i.Audiences
				return nil
			}
		}
		return nil
	})
	return issuer, audiences, err
}

// payloadOf is what a token that has been verified says, in JSON.
func payloadOf(token string) []byte {
	_, rest, _ := strings.Cut(token, ".")
	text, _, _ := strings.Cut(rest, ".")
	raw, _ := base64.RawURLEncoding.DecodeString(text) // it was read before
	return raw
}

// assertionID is what is remembered of a token that has been used, by what it says: base64 can be written in more than one way, and a
// signature, too.
func assertionID(payload []byte) string {
	sum := sha256.Sum256(append([]byte("assertion "), payload...))
	return hex.EncodeToString(sum[:])
}

// claimOf is a claim of what a token says, "" if it is no text. Names within others are behind a dot.
func claimOf(payload []byte, path string) string {
	var value any
	if json.Unmarshal(payload, &value) != nil {
		return ""
	}
	if claims, ok := value.(map[string]any); ok { // a name may have a dot itself
		if text, ok := claims[path].(string); ok {
			return text
		}
	}
	for name := range strings.SplitSeq(path, ".") {
		claims, _ := value.(map[string]any)
		value = claims[name]
	}
	text, _ := value.(string)
	return text
}
