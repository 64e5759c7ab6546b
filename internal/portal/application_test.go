package portal_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/document"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	"github.com/go-jose/go-jose/v4"

	"github.com/statordb/stator/internal/portal"
)

// issuer is an OpenID Connect provider with a key.
type issuer struct {
	*testing.T
	url string
	key *rsa.PrivateKey
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	i := &issuer{T: t, key: key}
	mux := http.NewServeMux()
	answer := func(path string, v func() any) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(v())
		})
	}
	answer("/.well-known/openid-configuration", func() any { return map[string]string{"issuer": i.url, "jwks_uri": i.url + "/keys"} })
	answer("/keys", func() any {
		return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k", Algorithm: "RS256", Use: "sig"}}}
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	i.url = s.URL
	return i
}

// token is one of the issuer, with other claims than it would have.
func (i *issuer) token(now time.Time, claims map[string]any) *string {
	i.Helper()
	all := map[string]any{"iss": i.url, "sub": "1", "aud": "db", "exp": now.Add(5 * time.Minute).Unix(), "iat": now.Unix(), "user": map[string]string{"name": "ann"}, "jti": rand.Text()}
	for name, value := range claims {
		all[name] = value
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: i.key}, (&jose.SignerOptions{}).WithHeader("kid", "k"))
	must(i.T, err)
	raw, err := json.Marshal(all)
	must(i.T, err)
	signed, err := s.Sign(raw)
	must(i.T, err)
	text, err := signed.CompactSerialize()
	must(i.T, err)
	return &text
}

// base64url are the characters of tokens, in their order.
const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// TestApplication gives an application tokens for its users: for those of another issuer, and with codes.
func TestApplication(t *testing.T) {
	w, ctx, provider := open(t), t.Context(), newIssuer(t)
	trusted, err := w.admin.CreateTrustedTokenIssuer(ctx, &ssoadmin.CreateTrustedTokenIssuerInput{InstanceArn: w.instance, Name: aws.String("corp"), TrustedTokenIssuerType: types.TrustedTokenIssuerTypeOidcJwt,
		TrustedTokenIssuerConfiguration: &types.TrustedTokenIssuerConfigurationMemberOidcJwtConfiguration{Value: types.OidcJwtConfiguration{IssuerUrl: &provider.url,
			ClaimAttributePath: aws.String("user.name"), IdentityStoreAttributePath: aws.String("userName"), JwksRetrievalOption: types.JwksRetrievalOptionOpenIdDiscovery}}})
	must(t, err)
	made, err := w.admin.CreateApplication(ctx, &ssoadmin.CreateApplicationInput{InstanceArn: w.instance, Name: aws.String("app"), ApplicationProviderArn: aws.String("arn:aws:sso::aws:applicationProvider/custom")})
	must(t, err)
	app := made.ApplicationArn
	done := func(_ any, err error) { t.Helper(); must(t, err) }
	const redirect = "https://app.example.com/callback"
	grant := func(typ types.GrantType, g types.Grant) {
		t.Helper()
		done(w.admin.PutApplicationGrant(ctx, &ssoadmin.PutApplicationGrantInput{ApplicationArn: app, GrantType: typ, Grant: g}))
	}
	grant(types.GrantTypeJwtBearer, &types.GrantMemberJwtBearer{Value: types.JwtBearerGrant{AuthorizedTokenIssuers: []types.AuthorizedTokenIssuer{{TrustedTokenIssuerArn: trusted.TrustedTokenIssuerArn, AuthorizedAudiences: []string{"db"}}}}})
	grant(types.GrantTypeRefreshToken, &types.GrantMemberRefreshToken{})
	grant(types.GrantTypeAuthorizationCode, &types.GrantMemberAuthorizationCode{Value: types.AuthorizationCodeGrant{RedirectUris: []string{redirect}}})
	done(w.admin.PutApplicationAccessScope(ctx, &ssoadmin.PutApplicationAccessScopeInput{ApplicationArn: app, Scope: aws.String("sso:account:access")}))

	// Its own policy lets one user speak for it, who has no permission of its own.
	admin := iam.NewFromConfig(w.conf)
	user, err := admin.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("app")})
	must(t, err)
	key, err := admin.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("app")})
	must(t, err)
	conf := w.config()
	conf.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: *key.AccessKey.AccessKeyId, SecretAccessKey: *key.AccessKey.SecretAccessKey}, nil
	})
	oidc := ssooidc.NewFromConfig(conf)
	ask := func(in *ssooidc.CreateTokenWithIAMInput) (*ssooidc.CreateTokenWithIAMOutput, error) {
		in.ClientId = app
		return oidc.CreateTokenWithIAM(ctx, in)
	}
	bearer := func(token *string) *ssooidc.CreateTokenWithIAMInput {
		return &ssooidc.CreateTokenWithIAMInput{GrantType: aws.String("urn:ietf:params:oauth:grant-type:jwt-bearer"), Assertion: token}
	}
	if _, err := ask(bearer(provider.token(w.clock.now(), nil))); code(err) != "AccessDeniedException" {
		t.Error("nobody has let it:", err)
	}
	actors := map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Principal": map[string]string{"AWS": *user.User.Arn}, "Action": "sso-oauth:CreateTokenWithIAM", "Resource": *app}}}
	done(w.admin.PutApplicationAuthenticationMethod(ctx, &ssoadmin.PutApplicationAuthenticationMethodInput{ApplicationArn: app, AuthenticationMethodType: types.AuthenticationMethodTypeIam,
		AuthenticationMethod: &types.AuthenticationMethodMemberIam{Value: types.IamAuthenticationMethod{ActorPolicy: document.NewLazyDocument(actors)}}}))

	if _, err := ask(bearer(provider.token(w.clock.now(), nil))); code(err) != "AccessDeniedException" {
		t.Error("ann is not assigned:", err)
	}
	done(w.admin.CreateApplicationAssignment(ctx, &ssoadmin.CreateApplicationAssignmentInput{ApplicationArn: app, PrincipalType: types.PrincipalTypeUser, PrincipalId: &w.user.ID}))
	token := provider.token(w.clock.now(), nil)
	out, err := ask(bearer(token))
	must(t, err)
	if !w.works(out.AccessToken) || out.ExpiresIn != 3600 || len(out.Scope) != 1 || *out.IssuedTokenType != "urn:ietf:params:oauth:token-type:access_token" {
		t.Errorf("the tokens are %+v", out)
	}
	now := w.clock.now()
	// The last character of the signature has bits that count for nothing, and line breaks are skipped.
	last := strings.IndexByte(base64url, (*token)[len(*token)-1])
	respelled := (*token)[:len(*token)-1] + base64url[last^1:last^1+1]
	stranger := newIssuer(t)
	forged := &issuer{T: t, url: provider.url, key: stranger.key}
	for name, in := range map[string]*string{
		"used before": token, "used before, and spelled differently": &respelled, "used before, and broken": aws.String(*token + "\n"), "altered": aws.String(*token + "x"), "of another issuer": stranger.token(now, nil), "of another key": forged.token(now, nil),
		"for another audience": provider.token(now, map[string]any{"aud": "web"}), "over": provider.token(now, map[string]any{"exp": now.Unix() - 1}),
		"of nobody": provider.token(now, map[string]any{"user": map[string]string{"name": "bob"}}), "without its claim": provider.token(now, map[string]any{"user": "ann"}), "no token": aws.String("x"),
	} {
		if _, err := ask(bearer(in)); code(err) != "InvalidGrantException" {
			t.Errorf("an assertion that is %s: %v", name, err)
		}
	}
	in := bearer(provider.token(now, nil))
	in.Scope = []string{"all"}
	fails[*ssooidc.CreateTokenWithIAMOutput](t, "InvalidScopeException")(ask(in))

	b := w.signedIn(w.user)
	w.clock.pass(time.Second)
	for range 101 {
		done(ask(bearer(provider.token(now, nil))))
	}
	b.ask(http.StatusOK, "GET", "/signin/people/accounts", nil) // what an application does ends no session of the person
	q := authorization(*app, redirect)
	q.Del("code_challenge")
	q.Del("code_challenge_method")
	byCode, err := ask(&ssooidc.CreateTokenWithIAMInput{GrantType: aws.String("authorization_code"), Code: aws.String(b.consent(q)), RedirectUri: aws.String(redirect)})
	must(t, err)
	if !w.works(byCode.AccessToken) {
		t.Error("a code leads to nothing")
	}
	fails[*ssooidc.CreateTokenWithIAMOutput](t, "InvalidGrantException")(ask(&ssooidc.CreateTokenWithIAMInput{GrantType: aws.String("authorization_code"), Code: aws.String(b.consent(authorization(*app, redirect))), RedirectUri: aws.String(redirect)}))
	for _, to := range []string{redirect + "/x", "http://127.0.0.1/oauth/callback"} {
		b.open(http.StatusBadRequest, "/authorize?"+url.Values{"client_id": {*app}, "redirect_uri": {to}, "response_type": {"code"}}.Encode())
	}

	again := func(token *string) (*ssooidc.CreateTokenWithIAMOutput, error) {
		return ask(&ssooidc.CreateTokenWithIAMInput{GrantType: aws.String("refresh_token"), RefreshToken: token})
	}
	must(t, w.portal.Use(ctx, portal.MaxAssertions, w.user.ID, *app))
	fails[*ssooidc.CreateTokenWithIAMOutput](t, "SlowDownException")(ask(bearer(provider.token(w.clock.now(), nil))))
	next, err := again(byCode.RefreshToken)
	must(t, err)
	pending := b.consent(authorization(*app, redirect))
	assigned := func(want bool) {
		t.Helper()
		if w.works(next.AccessToken) != want || w.works(byCode.AccessToken) != want {
			t.Errorf("a token of an application, for who may use it or not: want %v", want)
		}
	}
	assigned(true)
	done(w.admin.DeleteApplicationAssignment(ctx, &ssoadmin.DeleteApplicationAssignmentInput{ApplicationArn: app, PrincipalType: types.PrincipalTypeUser, PrincipalId: &w.user.ID}))
	assigned(false)
	fails[*ssooidc.CreateTokenWithIAMOutput](t, "InvalidGrantException")(again(next.RefreshToken))
	fails[*ssooidc.CreateTokenWithIAMOutput](t, "InvalidGrantException")(ask(&ssooidc.CreateTokenWithIAMInput{GrantType: aws.String("authorization_code"), Code: &pending, RedirectUri: aws.String(redirect), CodeVerifier: aws.String(verifier)}))
	done(w.admin.CreateApplicationAssignment(ctx, &ssoadmin.CreateApplicationAssignmentInput{ApplicationArn: app, PrincipalType: types.PrincipalTypeUser, PrincipalId: &w.user.ID}))
	assigned(true)
	done(w.admin.UpdateApplication(ctx, &ssoadmin.UpdateApplicationInput{ApplicationArn: app, Status: types.ApplicationStatusDisabled}))
	assigned(false)
	if _, err := again(next.RefreshToken); err == nil {
		t.Error("the application is disabled")
	}
}
