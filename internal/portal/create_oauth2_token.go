package portal

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/jsonscan"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// login is a tool that has credentials of a session of the console, by the hash of its refresh token. The token is good as long as the
// session, for who has the key: asking with it again gives the same, as nobody else can (CreateOAuth2Token, AWS Sign-In API
// Reference: "Multiple calls with same refresh_token return consistent results").
type login struct {
	ending
	Console, Client string
	// Key is the thumbprint of the tool's key.
	Key string
	// Account and User are who had the session when it began, by the ids.
	Account, User string
	Began         time.Time
}

type createOAuth2TokenInput struct {
	ClientID     string  `json:"clientId"`
	GrantType    string  `json:"grantType"`
	Code         *string `json:"code"`
	RedirectURI  *string `json:"redirectUri"`
	CodeVerifier *string `json:"codeVerifier"`
	RefreshToken *string `json:"refreshToken"`
}

type createOAuth2TokenOutput struct {
	AccessToken  loginCredentials `json:"accessToken"`
	TokenType    string           `json:"tokenType"`
	ExpiresIn    int              `json:"expiresIn"`
	RefreshToken string           `json:"refreshToken"`
	IDToken      string           `json:"idToken,omitempty"`
}

type loginCredentials struct {
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
	SessionToken    string `json:"sessionToken"`
}

// loginError is an error of the sign-in service: reason is what the clients go by.
func loginError(code string, status int, reason, message string) *awsapi.Error {
	return &awsapi.Error{Code: code, Status: status, Message: message, Members: []awsapi.Member{{Name: "error", Append: func(dst []byte) []byte {
		return jsonscan.AppendString(dst, reason)
	}}}}
}

func badLogin(message string) *awsapi.Error {
	return loginError("ValidationException", http.StatusBadRequest, "INVALID_REQUEST", message)
}

func codeOver() *awsapi.Error {
	return loginError("AccessDeniedException", http.StatusUnauthorized, "AUTHCODE_EXPIRED", "The authorization code is not valid, or not any more.")
}

func loginOver() *awsapi.Error {
	return loginError("AccessDeniedException", http.StatusUnauthorized, "TOKEN_EXPIRED", "The session has ended.")
}

// createOAuth2Token decodes CreateOAuth2Token.
func (p *Portal) createOAuth2Token(req *awsapi.Request) (awsapi.Call, error) {
	in := new(createOAuth2TokenInput)
	if err := json.Unmarshal(req.Body, in); err != nil {
		return nil, badLogin("The request can't be read.")
	}
	if in.ClientID != sameDevice && in.ClientID != crossDevice {
		return nil, badLogin("The client is not known.")
	}
	var take func(ctx context.Context, key *proof) (*login, string, error)
	switch in.GrantType {
	case codeGrant:
		if in.Code == nil || in.RedirectURI == nil || in.CodeVerifier == nil {
			return nil, badLogin("An authorization code needs code, redirectUri and codeVerifier.")
		}
		take = func(ctx context.Context, key *proof) (*login, string, error) { return p.takeLoginCode(ctx, in, key) }
	case refreshGrant:
		if in.RefreshToken == nil {
			return nil, badLogin("A refresh needs refreshToken.")
		}
		take = func(ctx context.Context, key *proof) (*login, string, error) { return p.takeLogin(ctx, in, key) }
	default:
		return nil, badLogin("The grant type is not supported.")
	}
	call := &loginCall{p: p, req: req, in: in, take: take}
	return &unsigned{call.who, call.run}, nil
}

// loginCall is a request for credentials.
type loginCall struct {
	p       *Portal
	req     *awsapi.Request
	in      *createOAuth2TokenInput
	take    func(ctx context.Context, key *proof) (*login, string, error)
	login   *login
	refresh string
	console *identity.Console
}

// who takes what the tool has, and finds out whose session of the console it is of.
func (c *loginCall) who(ctx context.Context) (*policy.Principal, error) {
	key, ok := c.p.readProof(c.req, http.MethodPost, "/v1/token")
	if !ok {
		return nil, badLogin("The DPoP proof is not valid.")
	}
	var err error
	if c.login, c.refresh, err = c.take(ctx, key); err != nil {
		return nil, err
	}
	c.console, err = c.p.Identities.ConsoleByID(ctx, c.login.Console)
	if errors.Is(err, identity.ErrNoConsole) {
		err = c.p.ended(ctx, c.login)
	}
	if err != nil {
		return nil, err
	}
	return &c.console.Principal, nil
}

// ended says why the session is over that a login is of. Who has another password is told.
func (p *Portal) ended(ctx context.Context, l *login) error {
	changed, err := p.Identities.PasswordChanged(ctx, l.Account, l.User)
	switch {
	case err != nil:
		return err
	case changed.After(l.Began):
		return loginError("AccessDeniedException", http.StatusForbidden, "USER_CREDENTIALS_CHANGED", "The password has been changed. Sign in again.")
	}
	return loginOver()
}

// run makes the credentials. They end with the session.
func (c *loginCall) run(ctx context.Context) (any, error) {
	need := loginNeed("signin:CreateOAuth2Token", c.p.Region, c.console.Principal.Account, c.login.Client)
	d, err := c.p.Identities.ConsoleMay(ctx, c.login.Console, need, c.context())
	if err == nil && !d.Allowed {
		err = loginError("AccessDeniedException", http.StatusForbidden, "INSUFFICIENT_PERMISSIONS", d.Message(c.console.Principal.ARN, need.Action, need.Resource))
	}
	var made *identity.ConsoleCredentials
	if err == nil {
		made, err = c.p.Identities.ConsoleCredentialsByID(ctx, c.login.Console)
	}
	if errors.Is(err, identity.ErrNoConsole) {
		err = loginOver()
	}
	if err != nil {
		return nil, err
	}
	now := c.p.now()
	out := &createOAuth2TokenOutput{loginCredentials{made.ID, made.Secret, made.SessionToken}, "aws_sigv4", max(1, int(made.Expires.Sub(now)/time.Second)), c.refresh, ""}
	if c.in.GrantType == codeGrant {
		out.IDToken = idToken(*c.in.CodeVerifier, c.in.ClientID, c.console, now)
	}
	return out, nil
}

// context is the request as policies see it.
func (c *loginCall) context() policy.Context {
	keys := policy.MapContext{
		"aws:securetransport": {strconv.FormatBool(c.req.Secure)},
		"aws:useragent":       {c.req.HTTP.UserAgent()},
		"aws:currenttime":     {c.req.Now.UTC().Format(time.RFC3339)},
		"aws:epochtime":       {strconv.FormatInt(c.req.Now.Unix(), 10)},
	}
	if c.req.Source.IsValid() {
		keys["aws:sourceip"] = []string{c.req.Source.String()}
	}
	return keys
}

// maxProofs is how many proofs may be used that are good, for one session of the console.
const maxProofs = 500

// once notes that a proof is used, for a session of the console, and refuses a second use.
func (p *Portal) once(ctx context.Context, tx kv.Txn, key *proof, console string) error {
	id := digest(key.key + " " + key.id)
	if err := tx.Lock(ctx, recordKey(proofKind, id)); err != nil {
		return err
	}
	used, err := live[ending](ctx, tx, p.now(), proofKind, id)
	if err != nil {
		return err
	}
	if used != nil {
		return badLogin("The DPoP proof has been used.")
	}
	if full, err := p.full(ctx, tx, console, proofKind, maxProofs); err != nil || full {
		return or(err, loginError("TooManyRequestsError", http.StatusTooManyRequests, "INVALID_REQUEST", "Too many tokens were asked for. Try again in some minutes."))
	}
	return keep(tx, console, proofKind, id, ending{key.ends})
}

// takeLoginCode takes an authorization code, and returns what it is for with the refresh token. Like all codes it is good for one attempt.
func (p *Portal) takeLoginCode(ctx context.Context, in *createOAuth2TokenInput, key *proof) (out *login, refresh string, err error) {
	hash := digest(*in.Code)
	var refused error
	err = p.DB.Update(ctx, func(tx kv.Txn) error {
		out, refused = nil, nil
		if err := tx.Lock(ctx, recordKey(loginCodeKind, hash)); err != nil {
			return err
		}
		now := p.now()
		a, err := live[loginCode](ctx, tx, now, loginCodeKind, hash)
		switch {
		case err != nil:
			return err
		case a == nil || a.Client != in.ClientID:
			return codeOver()
		case a.Used:
			refused = codeOver()
			if a.Login == "" {
				return nil
			}
			return remove(tx, a.Console, loginKind, a.Login)
		}
		a.Used = true
		switch {
		case a.Redirect != *in.RedirectURI:
			refused = badLogin("The redirect URI is not the one that the code was asked for with.")
		case !verifies(*in.CodeVerifier, a.Challenge):
			refused = badLogin("The code verifier is not valid.")
		default:
			if err := p.once(ctx, tx, key, a.Console); err != nil {
				return err
			}
			refresh, a.Login = newSecret()
			out = &login{ending: ending{now.Add(identity.ConsoleSession)}, Console: a.Console, Client: a.Client, Key: key.key, Account: a.Account, User: a.User, Began: a.Began}
			if err := p.add(ctx, tx, a.Console, loginKind, a.Login, out, maxLogins); err != nil {
				return err
			}
		}
		return put(tx, recordKey(loginCodeKind, hash), a)
	})
	if err == nil {
		err = refused
	}
	return out, refresh, err
}

// takeLogin returns what a refresh token is for. It is bound to the key of the tool.
func (p *Portal) takeLogin(ctx context.Context, in *createOAuth2TokenInput, key *proof) (out *login, refresh string, err error) {
	err = p.DB.Update(ctx, func(tx kv.Txn) (err error) {
		out, err = live[login](ctx, tx, p.now(), loginKind, digest(*in.RefreshToken))
		switch {
		case err != nil:
			return err
		case out == nil || out.Client != in.ClientID:
			return loginOver()
		case out.Key != key.key:
			return badLogin("The DPoP proof is of another key than the refresh token.")
		}
		return p.once(ctx, tx, key, out.Console)
	})
	return out, *in.RefreshToken, err
}

// idToken says whose credentials they are, in its subject. It is signed with the one secret that the tool and the server share:
// the code verifier.
func idToken(verifier, client string, c *identity.Console, now time.Time) string {
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`))
	claims, err := json.Marshal(struct {
		Subject  string `json:"sub"`
		Audience string `json:"aud"`
		Issuer   string `json:"iss"`
		Issued   int64  `json:"iat"`
		Expires  int64  `json:"exp"`
	}{c.Principal.ARN, client, "arn:aws:signin:::server", now.Unix(), c.Expires.Unix()})
	if err != nil {
		panic(err) // texts and numbers
	}
	text := header + "." + base64.RawURLEncoding.EncodeToString(claims)
	mac := hmac.New(sha256.New, []byte(verifier))
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
