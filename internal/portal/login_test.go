package portal_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/signin"
	"github.com/aws/aws-sdk-go-v2/service/signin/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/uuid"

	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/portal"
)

const (
	sameDevice  = "arn:aws:signin:::devtools/same-device"
	crossDevice = "arn:aws:signin:::devtools/cross-device"
	password    = "Correct-Horse-1"
)

// tool is one that has a key.
type tool struct {
	*browser
	key *ecdsa.PrivateKey
	// change makes the proof another one; it may be nil.
	change func(header, jwk, claims map[string]any)
	id     string // of the proof, "" for a new one each time
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return key
}

// console is somebody with a session of the console: an IAM user with that policy, "" for none.
func (w *world) console(name, managed string) *browser {
	w.Helper()
	admin := iam.NewFromConfig(w.conf)
	_, err := admin.CreateUser(w.Context(), &iam.CreateUserInput{UserName: &name})
	must(w.T, err)
	_, err = admin.CreateLoginProfile(w.Context(), &iam.CreateLoginProfileInput{UserName: &name, Password: aws.String(password)})
	must(w.T, err)
	if managed != "" {
		_, err = admin.AttachUserPolicy(w.Context(), &iam.AttachUserPolicyInput{UserName: &name, PolicyArn: aws.String("arn:aws:iam::aws:policy/" + managed)})
		must(w.T, err)
	}
	b := w.browser()
	if out := b.ask(http.StatusOK, "POST", "/signin/session", fields{"Type": "user", "Account": w.account, "UserName": name, "Password": password}); out.text("State") != "SignedIn" {
		w.Fatal("signing in:", out)
	}
	return b
}

func loginQuery(client, redirect string) url.Values {
	return url.Values{"response_type": {"code"}, "client_id": {client}, "redirect_uri": {redirect}, "state": {"s1"}, "code_challenge_method": {"SHA-256"},
		"code_challenge": {challenge(verifier)}, "scope": {"openid"}}
}

// loginCode has somebody allow a tool to log in, and returns its code.
func (b *browser) loginCode(q url.Values) string {
	b.Helper()
	page := b.open(http.StatusFound, "/v1/authorize?"+q.Encode())
	if page.Path != "/console/login" {
		b.Fatal("it leads to", page)
	}
	out := b.ask(http.StatusOK, "POST", "/signin/login", fields{"Id": page.Query().Get("id"), "Allow": true})
	if q.Get("client_id") == crossDevice {
		raw, err := base64.StdEncoding.DecodeString(out.text("Code"))
		must(b.T, err)
		both, err := url.ParseQuery(string(raw))
		must(b.T, err)
		if both.Get("state") != "s1" {
			b.Error("the code has", both)
		}
		return both.Get("code")
	}
	to, err := url.Parse(out.text("Location"))
	must(b.T, err)
	if !strings.HasPrefix(to.String(), callback+"?") || to.Query().Get("state") != "s1" {
		b.Fatal("it leads to", to)
	}
	return to.Query().Get("code")
}

// token sends a request with a proof.
func (o *tool) token(in *types.CreateOAuth2TokenRequestBody) (*types.CreateOAuth2TokenResponseBody, error) {
	o.Helper()
	out, err := o.login().CreateOAuth2Token(o.Context(), &signin.CreateOAuth2TokenInput{TokenInput: in}, signin.WithAPIOptions(func(stack *middleware.Stack) error {
		return stack.Finalize.Add(middleware.FinalizeMiddlewareFunc("proof", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			r := in.Request.(*smithyhttp.Request)
			if o.key != nil {
				r.Header.Set("DPoP", o.proof(r.URL.String()))
			}
			return next.HandleFinalize(ctx, in)
		}), middleware.After)
	}))
	if err != nil {
		return nil, err
	}
	return out.TokenOutput, nil
}

func (o *tool) proof(at string) string {
	o.Helper()
	e := base64.RawURLEncoding
	x, y := o.key.X.FillBytes(make([]byte, 32)), o.key.Y.FillBytes(make([]byte, 32))
	jwk := map[string]any{"kty": "EC", "crv": "P-256", "x": e.EncodeToString(x), "y": e.EncodeToString(y)}
	header := map[string]any{"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}
	id := o.id
	if id == "" {
		id = uuid.NewString()
	}
	claims := map[string]any{"htm": "POST", "htu": at, "iat": o.clock.now().Unix(), "jti": id}
	if o.change != nil {
		o.change(header, jwk, claims)
	}
	parts := make([]string, 2)
	for i, part := range []map[string]any{header, claims} {
		raw, err := json.Marshal(part)
		must(o.T, err)
		parts[i] = e.EncodeToString(raw)
	}
	text := strings.Join(parts, ".")
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, o.key, sum[:])
	must(o.T, err)
	return text + "." + e.EncodeToString(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
}

func byLoginCode(client, code, redirect string) *types.CreateOAuth2TokenRequestBody {
	return &types.CreateOAuth2TokenRequestBody{ClientId: &client, GrantType: aws.String("authorization_code"), Code: &code, RedirectUri: &redirect, CodeVerifier: aws.String(verifier)}
}

func byLogin(client string, token *string) *types.CreateOAuth2TokenRequestBody {
	return &types.CreateOAuth2TokenRequestBody{ClientId: &client, GrantType: aws.String("refresh_token"), RefreshToken: token}
}

// reason is what clients of the sign-in service go by.
func reason(err error) string {
	if e, ok := errors.AsType[*types.AccessDeniedException](err); ok {
		return string(e.Error_)
	}
	if e, ok := errors.AsType[*types.ValidationException](err); ok {
		return string(e.Error_)
	}
	return ""
}

// TestLogin gives tools here and elsewhere credentials of the console's session.
func TestLogin(t *testing.T) {
	w := open(t)
	b := w.console("dev", "SignInLocalDevelopmentAccess")
	for client, redirect := range map[string]string{sameDevice: callback, crossDevice: w.url + "/v1/sessions/confirmation"} {
		page := b.open(http.StatusFound, "/v1/authorize?"+loginQuery(client, redirect).Encode())
		shown := b.ask(http.StatusOK, "GET", "/signin/login?id="+page.Query().Get("id"), nil)
		if shown.text("Account") != w.account || shown.text("Name") != "dev" || shown["CrossDevice"] != (client == crossDevice) {
			t.Error("the page shows", shown)
		}
		o := &tool{browser: b, key: newKey(t)}
		out, err := o.token(byLoginCode(client, b.loginCode(loginQuery(client, redirect)), redirect))
		must(t, err)
		arn := "arn:aws:iam::" + w.account + ":user/dev"
		claims, err := base64.RawURLEncoding.DecodeString(strings.Split(*out.IdToken, ".")[1])
		must(t, err)
		if !strings.Contains(string(claims), `"sub":"`+arn+`"`) || *out.TokenType != "aws_sigv4" || *out.ExpiresIn < 1 || *out.ExpiresIn > 900 {
			t.Errorf("%s: the token is of %s: %+v", client, claims, out)
		}
		for range 2 { // it is the same each time
			again, err := o.token(byLogin(client, out.RefreshToken))
			must(t, err)
			if *again.RefreshToken != *out.RefreshToken || again.IdToken != nil {
				t.Errorf("%s: refreshing: %+v", client, again)
			}
			if who, err := w.whoIs(*again.AccessToken.AccessKeyId, *again.AccessToken.SecretAccessKey, *again.AccessToken.SessionToken); err != nil || who != arn {
				t.Error(client, who, err)
			}
		}
		stolen := &tool{browser: b, key: newKey(t)}
		if _, err := stolen.token(byLogin(client, out.RefreshToken)); reason(err) != "INVALID_REQUEST" {
			t.Errorf("%s: with another key: %v", client, err)
		}
		if _, err := o.token(byLogin(client, aws.String("x"+*out.RefreshToken))); reason(err) != "TOKEN_EXPIRED" {
			t.Errorf("%s: altered: %v", client, err)
		}
		other := map[string]string{sameDevice: crossDevice, crossDevice: sameDevice}[client]
		if _, err := o.token(byLogin(other, out.RefreshToken)); reason(err) != "TOKEN_EXPIRED" {
			t.Errorf("%s: as another client: %v", client, err)
		}
	}
}

// TestLoginCodes takes each code once.
func TestLoginCodes(t *testing.T) {
	w := open(t)
	b := w.console("dev", "SignInLocalDevelopmentAccess")
	o, q := &tool{browser: b, key: newKey(t)}, loginQuery(sameDevice, callback)
	for name, change := range map[string]func(*types.CreateOAuth2TokenRequestBody){
		"another verifier":     func(in *types.CreateOAuth2TokenRequestBody) { in.CodeVerifier = aws.String("x" + verifier) },
		"another redirect URI": func(in *types.CreateOAuth2TokenRequestBody) { in.RedirectUri = aws.String("http://127.0.0.1:1/") },
	} {
		text := b.loginCode(q)
		in := byLoginCode(sameDevice, text, callback)
		change(in)
		if _, err := o.token(in); reason(err) != "INVALID_REQUEST" {
			t.Errorf("with %s: %v", name, err)
		}
		if _, err := o.token(byLoginCode(sameDevice, text, callback)); reason(err) != "AUTHCODE_EXPIRED" {
			t.Errorf("after %s: %v", name, err)
		}
	}
	text := b.loginCode(q)
	if _, err := o.token(byLoginCode(crossDevice, text, callback)); reason(err) != "AUTHCODE_EXPIRED" {
		t.Error("as another client:", err)
	}
	out, err := o.token(byLoginCode(sameDevice, text, callback))
	must(t, err)
	if _, err := o.token(byLoginCode(sameDevice, text, callback)); reason(err) != "AUTHCODE_EXPIRED" {
		t.Error("a second time:", err)
	}
	if _, err := o.token(byLogin(sameDevice, out.RefreshToken)); reason(err) != "TOKEN_EXPIRED" {
		t.Error("the code was used again, and its tokens still work:", err)
	}
	text = b.loginCode(q)
	w.clock.pass(5 * time.Minute)
	if _, err := o.token(byLoginCode(sameDevice, text, callback)); reason(err) != "AUTHCODE_EXPIRED" {
		t.Error("late:", err)
	}
	for _, to := range []string{"http://localhost:1/oauth/callback", "https://example.com/oauth/callback", "http://example.com/v1/sessions/confirmation"} {
		b.open(http.StatusBadRequest, "/v1/authorize?"+loginQuery(sameDevice, to).Encode())
	}
	for name, value := range map[string]string{"client_id": "x", "response_type": "token", "code_challenge_method": "plain", "code_challenge": "x", "scope": "all"} {
		bad := loginQuery(sameDevice, callback)
		bad.Set(name, value)
		b.open(http.StatusBadRequest, "/v1/authorize?"+bad.Encode())
	}
	page := b.open(http.StatusFound, "/v1/authorize?"+q.Encode())
	if to := b.ask(http.StatusOK, "POST", "/signin/login", fields{"Id": page.Query().Get("id"), "Allow": false}).text("Location"); to != callback+"?error=access_denied&state=s1" {
		t.Error("who denies is sent to", to)
	}
	w.browser().ask(http.StatusUnauthorized, "POST", "/signin/login", fields{"Id": page.Query().Get("id"), "Allow": true})
}

// TestProofs refuses what does not prove that a tool has its key.
func TestProofs(t *testing.T) {
	w := open(t)
	b := w.console("dev", "SignInLocalDevelopmentAccess")
	good := &tool{browser: b, key: newKey(t)}
	out, err := good.token(byLoginCode(sameDevice, b.loginCode(loginQuery(sameDevice, callback)), callback))
	must(t, err)
	set := func(which int, name string, value any) func(header, jwk, claims map[string]any) {
		return func(header, jwk, claims map[string]any) { []map[string]any{header, jwk, claims}[which][name] = value }
	}
	const header, jwk, claims = 0, 1, 2
	now := w.clock.now()
	for name, change := range map[string]func(header, jwk, claims map[string]any){
		"another type":      set(header, "typ", "jwt"),
		"no algorithm":      set(header, "alg", "none"),
		"a shared secret":   set(header, "alg", "HS256"),
		"critical headers":  set(header, "crit", []string{"b64"}),
		"the private key":   set(jwk, "d", "AA"),
		"another curve":     set(jwk, "crv", "P-384"),
		"another key":       set(jwk, "x", base64.RawURLEncoding.EncodeToString(newKey(t).X.FillBytes(make([]byte, 32)))),
		"a point elsewhere": set(jwk, "y", "AA"),
		"another method":    set(claims, "htm", "GET"),
		"another path":      set(claims, "htu", w.url+"/token"),
		"another server":    set(claims, "htu", "https://example.com/v1/token"),
		"no address":        set(claims, "htu", ""),
		"an old one":        set(claims, "iat", now.Add(-6*time.Minute).Unix()),
		"one of tomorrow":   set(claims, "iat", now.Add(6*time.Minute).Unix()),
		"no time":           set(claims, "iat", nil),
		"no id":             set(claims, "jti", ""),
	} {
		bad := &tool{browser: b, key: good.key, change: change}
		if _, err := bad.token(byLogin(sameDevice, out.RefreshToken)); reason(err) != "INVALID_REQUEST" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (&tool{browser: b}).token(byLogin(sameDevice, out.RefreshToken)); reason(err) != "INVALID_REQUEST" {
		t.Error("none:", err)
	}
	once := &tool{browser: b, key: good.key, id: "same"}
	_, err = once.token(byLogin(sameDevice, out.RefreshToken))
	must(t, err)
	if _, err := once.token(byLogin(sameDevice, out.RefreshToken)); reason(err) != "INVALID_REQUEST" {
		t.Error("again:", err)
	}
	at, err := url.Parse(w.url)
	must(t, err)
	for _, cookie := range b.http.Jar.Cookies(at) {
		c, err := w.ids.Console(t.Context(), cookie.Value)
		must(t, err)
		must(t, w.portal.Use(t.Context(), portal.MaxProofs, c.ID, ""))
	}
	if _, err := good.token(byLogin(sameDevice, out.RefreshToken)); code(err) != "TooManyRequestsError" {
		t.Error("without end:", err)
	}
	w.clock.pass(time.Minute)
	_, err = good.token(byLogin(sameDevice, out.RefreshToken))
	must(t, err)
	// The AWS SDK for Go leaves the zeros at the beginning of a coordinate out.
	short := newKey(t)
	for short.X.BitLen() > 248 {
		short = newKey(t)
	}
	o := &tool{browser: b, key: short, change: set(jwk, "x", base64.RawURLEncoding.EncodeToString(short.X.Bytes()))}
	_, err = o.token(byLoginCode(sameDevice, b.loginCode(loginQuery(sameDevice, callback)), callback))
	must(t, err)
}

// TestLoginEnds ends credentials with the session of the console.
func TestLoginEnds(t *testing.T) {
	for name, end := range map[string]func(w *world, b *browser){
		"TOKEN_EXPIRED": func(_ *world, b *browser) { b.ask(http.StatusOK, "DELETE", "/signin/session", nil) },
		"USER_CREDENTIALS_CHANGED": func(w *world, _ *browser) {
			w.clock.pass(2 * time.Second) // times of passwords have seconds
			conf := w.config()
			conf.Credentials = w.conf.Credentials
			_, err := iam.NewFromConfig(conf).UpdateLoginProfile(w.Context(), &iam.UpdateLoginProfileInput{UserName: aws.String("dev"), Password: aws.String(password + "x")})
			must(w.T, err)
		},
		"TOKEN_EXPIRED, unused": func(w *world, _ *browser) { w.clock.pass(identity.ConsoleIdle) },
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			b := w.console("dev", "SignInLocalDevelopmentAccess")
			o := &tool{browser: b, key: newKey(t)}
			out, err := o.token(byLoginCode(sameDevice, b.loginCode(loginQuery(sameDevice, callback)), callback))
			must(t, err)
			text := b.loginCode(loginQuery(sameDevice, callback))
			_, err = w.whoIs(*out.AccessToken.AccessKeyId, *out.AccessToken.SecretAccessKey, *out.AccessToken.SessionToken)
			must(t, err)
			end(w, b)
			w.clock.pass(2 * time.Second)
			want, _, _ := strings.Cut(name, ",")
			if _, err := o.token(byLogin(sameDevice, out.RefreshToken)); reason(err) != want {
				t.Error("refreshing:", err)
			}
			if _, err := o.token(byLoginCode(sameDevice, text, callback)); reason(err) != want && reason(err) != "AUTHCODE_EXPIRED" {
				t.Error("a code of before:", err)
			}
			if _, err := w.whoIs(*out.AccessToken.AccessKeyId, *out.AccessToken.SecretAccessKey, *out.AccessToken.SessionToken); err == nil {
				t.Error("the credentials still work")
			}
		})
	}
}

// TestLoginNeedsPermission of whoever is not the root user.
func TestLoginNeedsPermission(t *testing.T) {
	w := open(t)
	b := w.console("plain", "")
	page := b.open(http.StatusFound, "/v1/authorize?"+loginQuery(sameDevice, callback).Encode())
	b.ask(http.StatusForbidden, "POST", "/signin/login", fields{"Id": page.Query().Get("id"), "Allow": true})
	b = w.console("once", "SignInLocalDevelopmentAccess")
	text := b.loginCode(loginQuery(sameDevice, callback))
	_, err := iam.NewFromConfig(w.conf).DetachUserPolicy(t.Context(), &iam.DetachUserPolicyInput{UserName: aws.String("once"), PolicyArn: aws.String("arn:aws:iam::aws:policy/SignInLocalDevelopmentAccess")})
	must(t, err)
	o := &tool{browser: b, key: newKey(t)}
	if _, err := o.token(byLoginCode(sameDevice, text, callback)); reason(err) != "INSUFFICIENT_PERMISSIONS" {
		t.Error("without permission:", err)
	}
}
