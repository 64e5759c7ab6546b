package portal_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/portal"
)

// TestDevice gets tokens for a tool without a browser, and credentials with them.
func TestDevice(t *testing.T) {
	w := open(t)
	c := w.registered(nil, nil)
	start := func() *ssooidc.StartDeviceAuthorizationOutput {
		t.Helper()
		d, err := w.oidc().StartDeviceAuthorization(t.Context(), &ssooidc.StartDeviceAuthorizationInput{ClientId: c.ClientId, ClientSecret: c.ClientSecret, StartUrl: aws.String(startURL)})
		must(t, err)
		return d
	}
	d := start()
	if d.ExpiresIn != 600 || d.Interval != 1 || *d.VerificationUri != w.url+"/console/device" || *d.VerificationUriComplete != *d.VerificationUri+"?user_code="+*d.UserCode {
		t.Errorf("the authorization is %+v", d)
	}
	fails[*ssooidc.CreateTokenOutput](t, "AuthorizationPendingException")(w.oidc().CreateToken(t.Context(), byDevice(c, d.DeviceCode)))
	fails[*ssooidc.CreateTokenOutput](t, "AuthorizationPendingException")(w.oidc().CreateToken(t.Context(), byDevice(c, d.DeviceCode)))
	fails[*ssooidc.CreateTokenOutput](t, "SlowDownException")(w.oidc().CreateToken(t.Context(), byDevice(c, d.DeviceCode)))
	w.clock.pass(time.Second)
	fails[*ssooidc.CreateTokenOutput](t, "AuthorizationPendingException")(w.oidc().CreateToken(t.Context(), byDevice(c, d.DeviceCode)))
	w.clock.pass(2 * time.Second)

	w.browser().ask(http.StatusUnauthorized, "GET", "/signin/people/device?user_code="+*d.UserCode, nil)
	b := w.signedIn(w.user)
	b.ask(http.StatusBadRequest, "GET", "/signin/people/device?user_code=BBBB-BBBB", nil)
	if shown := b.ask(http.StatusOK, "GET", "/signin/people/device?user_code="+strings.ToLower(*d.UserCode), nil); shown.text("ClientName") != "tool" || shown.text("State") != "Pending" || fmt.Sprint(shown["Scopes"]) != "[sso:account:access]" {
		t.Error("of a tool that may see accounts, the page shows", shown)
	}
	b.ask(http.StatusOK, "POST", "/signin/people/device", fields{"UserCode": *d.UserCode, "Allow": true})
	other := w.registered(nil, nil)
	fails[*ssooidc.CreateTokenOutput](t, "InvalidGrantException")(w.oidc().CreateToken(t.Context(), byDevice(other, d.DeviceCode)))
	out, err := w.oidc().CreateToken(t.Context(), byDevice(c, d.DeviceCode))
	must(t, err)
	if out.RefreshToken != nil || *out.TokenType != "Bearer" || time.Duration(out.ExpiresIn)*time.Second > 8*time.Hour || out.ExpiresIn < 7*3600 {
		t.Errorf("without scopes the token is %+v", out)
	}
	fails[*ssooidc.CreateTokenOutput](t, "InvalidGrantException")(w.oidc().CreateToken(t.Context(), byDevice(c, d.DeviceCode)))
	if shown := b.ask(http.StatusOK, "GET", "/signin/people/device?user_code="+*d.UserCode, nil); shown.text("State") != "Allowed" {
		t.Error("afterwards the page shows", shown)
	}

	accounts, err := w.sso().ListAccounts(t.Context(), &sso.ListAccountsInput{AccessToken: out.AccessToken})
	must(t, err)
	if len(accounts.AccountList) != 1 || *accounts.AccountList[0].AccountId != w.account || accounts.NextToken != nil {
		t.Errorf("the accounts are %+v", accounts.AccountList)
	}
	roles, err := w.sso().ListAccountRoles(t.Context(), &sso.ListAccountRolesInput{AccessToken: out.AccessToken, AccountId: &w.account})
	must(t, err)
	if len(roles.RoleList) != 1 || *roles.RoleList[0].RoleName != "Reader" || *roles.RoleList[0].AccountId != w.account {
		t.Errorf("the roles are %+v", roles.RoleList)
	}
	fails[*sso.ListAccountRolesOutput](t, "ForbiddenException")(w.sso().ListAccountRoles(t.Context(), &sso.ListAccountRolesInput{AccessToken: out.AccessToken, AccountId: aws.String("999999999999")}))
	key, err := w.sso().GetRoleCredentials(t.Context(), &sso.GetRoleCredentialsInput{AccessToken: out.AccessToken, AccountId: &w.account, RoleName: aws.String("Reader")})
	must(t, err)
	rc := key.RoleCredentials
	who, err := w.whoIs(*rc.AccessKeyId, *rc.SecretAccessKey, *rc.SessionToken)
	must(t, err)
	if !strings.HasPrefix(who, "arn:aws:sts::"+w.account+":assumed-role/AWSReservedSSO_Reader_") || !strings.HasSuffix(who, "/ann") {
		t.Error("the credentials are of", who)
	}
	if left := time.UnixMilli(rc.Expiration).Sub(w.clock.now()); left <= 0 || left > time.Hour {
		t.Error("the credentials last", left)
	}
	fails[*sso.GetRoleCredentialsOutput](t, "ForbiddenException")(w.sso().GetRoleCredentials(t.Context(), &sso.GetRoleCredentialsInput{AccessToken: out.AccessToken, AccountId: &w.account, RoleName: aws.String("Writer")}))

	denied := start()
	b.ask(http.StatusOK, "POST", "/signin/people/device", fields{"UserCode": *denied.UserCode, "Allow": false})
	fails[*ssooidc.CreateTokenOutput](t, "AccessDeniedException")(w.oidc().CreateToken(t.Context(), byDevice(c, denied.DeviceCode)))
	late := start()
	w.clock.pass(10 * time.Minute)
	fails[*ssooidc.CreateTokenOutput](t, "ExpiredTokenException")(w.oidc().CreateToken(t.Context(), byDevice(c, late.DeviceCode)))
	if shown := b.ask(http.StatusOK, "POST", "/signin/people/device", fields{"UserCode": *late.UserCode, "Allow": true}); shown.text("State") != "Expired" {
		t.Error("it is too late, and the answer", shown)
	}
	w.clock.pass(8 * time.Hour)
	if w.works(out.AccessToken) {
		t.Error("the token outlives the session")
	}
}

// TestRegistration is what clients may register with.
func TestRegistration(t *testing.T) {
	w := open(t)
	codes := []string{"authorization_code", "refresh_token"}
	for _, c := range []struct {
		want string
		in   ssooidc.RegisterClientInput
	}{
		{"InvalidClientMetadataException", ssooidc.RegisterClientInput{ClientName: aws.String("x"), ClientType: aws.String("confidential")}},
		{"InvalidClientMetadataException", ssooidc.RegisterClientInput{ClientName: aws.String(strings.Repeat("x", 257)), ClientType: aws.String("public")}},
		{"InvalidScopeException", ssooidc.RegisterClientInput{ClientName: aws.String("x"), ClientType: aws.String("public"), Scopes: []string{"all"}}},
		{"UnsupportedGrantTypeException", ssooidc.RegisterClientInput{ClientName: aws.String("x"), ClientType: aws.String("public"), GrantTypes: []string{"password"}}},
		{"InvalidRedirectUriException", ssooidc.RegisterClientInput{ClientName: aws.String("x"), ClientType: aws.String("public"), GrantTypes: codes}},
		{"InvalidRedirectUriException", ssooidc.RegisterClientInput{ClientName: aws.String("x"), ClientType: aws.String("public"), GrantTypes: codes, RedirectUris: []string{"https://evil.example.com/"}}},
	} {
		fails[*ssooidc.RegisterClientOutput](t, c.want)(w.oidc().RegisterClient(t.Context(), &c.in))
	}
	c := w.registered(nil, nil)
	if lasts := time.Duration(c.ClientSecretExpiresAt-c.ClientIdIssuedAt) * time.Second; lasts != 90*24*time.Hour {
		t.Error("the secret lasts", lasts)
	}
	start := func(id, secret, at string) error {
		_, err := w.oidc().StartDeviceAuthorization(t.Context(), &ssooidc.StartDeviceAuthorizationInput{ClientId: &id, ClientSecret: &secret, StartUrl: &at})
		return err
	}
	other := w.registered(nil, nil)
	for name, err := range map[string]error{
		"of another": start(*c.ClientId, *other.ClientSecret, startURL), "altered": start(*c.ClientId, "x"+*c.ClientSecret, startURL),
		"the id": start(*c.ClientId, *c.ClientId, startURL), "an altered id": start(*c.ClientId+"AAAA", *c.ClientSecret, startURL),
	} {
		if code(err) != "InvalidClientException" {
			t.Errorf("a secret that is %s: %v", name, err)
		}
	}
	if got := code(start(*c.ClientId, *c.ClientSecret, "https://example.com/elsewhere")); got != "InvalidRequestException" {
		t.Error("another start URL:", got)
	}
	onlyCodes := w.registered([]string{"sso:account:access"}, codes, "http://127.0.0.1/oauth/callback")
	if got := code(start(*onlyCodes.ClientId, *onlyCodes.ClientSecret, startURL)); got != "UnauthorizedClientException" {
		t.Error("a client that has registered for codes only:", got)
	}
	w.clock.pass(90 * 24 * time.Hour)
	if got := code(start(*c.ClientId, *c.ClientSecret, startURL)); got != "InvalidClientException" {
		t.Error("after 90 days:", got)
	}
	begun := 0
	c = w.registered(nil, nil)
	for range 40 {
		if got := code(start(*c.ClientId, *c.ClientSecret, startURL)); got == "" {
			begun++
		} else if got != "SlowDownException" {
			t.Fatal("too many:", got)
		}
	}
	if begun != 30 {
		t.Errorf("%d authorizations were begun at once, want 30", begun)
	}
}

// TestCode gets tokens with a code, and refuses all others.
func TestCode(t *testing.T) {
	w := open(t)
	b := w.signedIn(w.user)
	c, out := b.tokens()
	if out.RefreshToken == nil || out.ExpiresIn != 3600 || !w.works(out.AccessToken) {
		t.Errorf("the tokens are %+v", out)
	}
	if w.works(out.RefreshToken) || w.works(aws.String(*out.AccessToken+"x")) || w.works(aws.String("x")) {
		t.Error("what is no access token works as one")
	}

	q := authorization(*c.ClientId, callback)
	page := b.open(http.StatusFound, "/authorize?"+q.Encode())
	id := page.Query().Get("id")
	if shown := b.ask(http.StatusOK, "GET", "/signin/people/authorization?id="+id, nil); shown.text("ClientName") != "tool" || shown.text("RedirectHost") != "127.0.0.1:4321" {
		t.Error("the page shows", shown)
	}
	b.ask(http.StatusBadRequest, "GET", "/signin/people/authorization?id=x"+id, nil)
	w.browser().ask(http.StatusUnauthorized, "POST", "/signin/people/authorization", fields{"Id": id, "Allow": true})
	if to := b.ask(http.StatusOK, "POST", "/signin/people/authorization", fields{"Id": id, "Allow": false}).text("Location"); to != callback+"?error=access_denied&state=s+1" {
		t.Error("who denies is sent to", to)
	}

	old := w.registered(nil, []string{"authorization_code"}, "http://127.0.0.1/oauth/callback")
	unscoped := authorization(*old.ClientId, callback)
	unscoped.Del("scopes")
	id = b.open(http.StatusFound, "/authorize?"+unscoped.Encode()).Query().Get("id")
	if shown := b.ask(http.StatusOK, "GET", "/signin/people/authorization?id="+id, nil); fmt.Sprint(shown["Scopes"]) != "[sso:account:access]" {
		t.Error("of a tool that may see accounts, the page shows", shown)
	}

	for name, change := range map[string]func(*ssooidc.CreateTokenInput){
		"another verifier":     func(in *ssooidc.CreateTokenInput) { in.CodeVerifier = aws.String("x" + verifier) },
		"the challenge":        func(in *ssooidc.CreateTokenInput) { in.CodeVerifier = aws.String(challenge(verifier)) },
		"another redirect URI": func(in *ssooidc.CreateTokenInput) { in.RedirectUri = aws.String("http://127.0.0.1:1/oauth/callback") },
	} {
		text := b.consent(q)
		in := byCode(c, text)
		change(in)
		if _, err := w.oidc().CreateToken(t.Context(), in); code(err) != "InvalidGrantException" {
			t.Errorf("with %s: %v", name, err)
		}
		if _, err := w.oidc().CreateToken(t.Context(), byCode(c, text)); code(err) != "InvalidGrantException" {
			t.Errorf("after %s the code still works: %v", name, err)
		}
	}
	text := b.consent(q)
	stranger := w.registered([]string{"sso:account:access"}, []string{"authorization_code"}, "http://127.0.0.1/oauth/callback")
	fails[*ssooidc.CreateTokenOutput](t, "InvalidGrantException")(w.oidc().CreateToken(t.Context(), byCode(stranger, text)))
	wrong := byCode(c, text)
	wrong.ClientSecret = stranger.ClientSecret
	fails[*ssooidc.CreateTokenOutput](t, "InvalidClientException")(w.oidc().CreateToken(t.Context(), wrong))
	out, err := w.oidc().CreateToken(t.Context(), byCode(c, text))
	must(t, err)
	fails[*ssooidc.CreateTokenOutput](t, "InvalidGrantException")(w.oidc().CreateToken(t.Context(), byCode(c, text)))
	if w.works(out.AccessToken) {
		t.Error("the code was used again, and its tokens still work")
	}
	text = b.consent(q)
	w.clock.pass(5 * time.Minute)
	fails[*ssooidc.CreateTokenOutput](t, "InvalidGrantException")(w.oidc().CreateToken(t.Context(), byCode(c, text)))
	page = b.open(http.StatusFound, "/authorize?"+q.Encode())
	w.clock.pass(10 * time.Minute)
	b.ask(http.StatusBadRequest, "POST", "/signin/people/authorization", fields{"Id": page.Query().Get("id"), "Allow": true})
}

// TestRedirects sends a browser only where a client may have its answer.
func TestRedirects(t *testing.T) {
	w := open(t)
	b := w.signedIn(w.user)
	c := w.registered([]string{"sso:account:access"}, []string{"authorization_code"}, "http://127.0.0.1/oauth/callback", "http://[::1]:7/x")
	for _, to := range []string{"http://127.0.0.1/oauth/callback", "http://127.0.0.1:65535/oauth/callback", "http://[::1]:1234/x"} {
		b.consent(authorization(*c.ClientId, to))
	}
	for _, to := range []string{"http://127.0.0.1:1/oauth/other", "http://127.0.0.1:1/oauth/callback?x=1", "http://127.0.0.1:1/oauth/callback#x", "https://127.0.0.1:1/oauth/callback",
		"http://localhost:1/oauth/callback", "http://127.0.0.1.example.com/oauth/callback", "http://127.0.0.1:1@example.com/oauth/callback", "http://127.0.0.2/oauth/callback", "javascript:alert(1)", ""} {
		b.open(http.StatusBadRequest, "/authorize?"+authorization(*c.ClientId, to).Encode())
	}
	b.open(http.StatusBadRequest, "/authorize?"+authorization("x"+*c.ClientId, callback).Encode())
	for name, want := range map[string]string{"response_type": "unsupported_response_type", "code_challenge_method": "invalid_request", "code_challenge": "invalid_request", "scopes": "invalid_scope"} {
		q := authorization(*c.ClientId, callback)
		q.Set(name, "plain")
		if to := b.open(http.StatusFound, "/authorize?"+q.Encode()); to.Host != "127.0.0.1:4321" || to.Query().Get("error") != want || to.Query().Get("state") != "s 1" {
			t.Errorf("with another %s it leads to %s", name, to)
		}
	}
	devices := w.registered([]string{"sso:account:access"}, []string{"refresh_token"}, "http://127.0.0.1/oauth/callback")
	if to := b.open(http.StatusFound, "/authorize?"+authorization(*devices.ClientId, callback).Encode()); to.Query().Get("error") != "unauthorized_client" {
		t.Error("a client that has not registered for codes:", to)
	}
	if to := b.open(http.StatusFound, "/start/"); to.String() != "/console/portal" {
		t.Error("the start URL leads to", to)
	}
}

// TestRefresh takes each refresh token once.
func TestRefresh(t *testing.T) {
	w := open(t)
	b := w.signedIn(w.user)
	c, first := b.tokens()
	kept := w.records()
	w.clock.pass(time.Hour)
	if w.works(first.AccessToken) {
		t.Error("an access token lasts longer than an hour")
	}
	second, err := w.oidc().CreateToken(t.Context(), byRefresh(c, first.RefreshToken))
	must(t, err)
	if n := w.records(); n != kept {
		t.Errorf("a refresh makes %d records of %d", n, kept)
	}
	if !w.works(second.AccessToken) || *second.RefreshToken == *first.RefreshToken {
		t.Error("the tokens are not new ones")
	}
	// A second process of the same tool is refused, and nothing else happens.
	fails[*ssooidc.CreateTokenOutput](t, "InvalidGrantException")(w.oidc().CreateToken(t.Context(), byRefresh(c, first.RefreshToken)))
	if !w.works(second.AccessToken) {
		t.Error("two at once end the family")
	}
	stranger := w.registered([]string{"sso:account:access"}, nil)
	for name, in := range map[string]*ssooidc.CreateTokenInput{"of another client": byRefresh(stranger, second.RefreshToken), "altered": byRefresh(c, aws.String(*second.RefreshToken+"x")),
		"an access token": byRefresh(c, second.AccessToken)} {
		if _, err := w.oidc().CreateToken(t.Context(), in); code(err) != "InvalidGrantException" {
			t.Errorf("a refresh token that is %s: %v", name, err)
		}
	}
	third, err := w.oidc().CreateToken(t.Context(), byRefresh(c, second.RefreshToken))
	must(t, err)
	w.clock.pass(time.Minute)
	fails[*ssooidc.CreateTokenOutput](t, "InvalidGrantException")(w.oidc().CreateToken(t.Context(), byRefresh(c, first.RefreshToken)))
	if w.works(third.AccessToken) || w.works(second.AccessToken) {
		t.Error("a refresh token was used again, and the family still lives")
	}
	fails[*ssooidc.CreateTokenOutput](t, "InvalidGrantException")(w.oidc().CreateToken(t.Context(), byRefresh(c, third.RefreshToken)))
}

// TestEnds ends tokens, codes and sessions with what they came of, on another server within two seconds.
func TestEnds(t *testing.T) {
	ends := map[string]func(w *world, b *browser){
		"sign-out": func(_ *world, b *browser) { b.ask(http.StatusOK, "DELETE", "/signin/people/session", nil) },
		"disabled": func(w *world, _ *browser) {
			w.disable(true)
		},
		"disabled for a while": func(w *world, _ *browser) {
			w.clock.pass(time.Second)
			w.disable(true)
			w.disable(false)
		},
		"another password": func(w *world, _ *browser) {
			w.clock.pass(time.Second)
			_, err := w.dir.NewOncePassword(w.Context(), w.user.ID)
			must(w.T, err)
		},
		"deleted": func(w *world, _ *browser) {
			must(w.T, w.dir.Change(w.Context(), func(tx kv.Txn) error { return w.dir.DeleteUser(w.Context(), tx, w.user.ID) }))
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			b := w.signedIn(w.user)
			c, out := b.tokens()
			text := b.consent(authorization(*c.ClientId, callback))
			tool := w.registered(nil, nil)
			d, err := w.oidc().StartDeviceAuthorization(t.Context(), &ssooidc.StartDeviceAuthorizationInput{ClientId: tool.ClientId, ClientSecret: tool.ClientSecret, StartUrl: aws.String(startURL)})
			must(t, err)
			b.ask(http.StatusOK, "POST", "/signin/people/device", fields{"UserCode": *d.UserCode, "Allow": true})
			b.ask(http.StatusOK, "POST", "/signin/people/console", fields{"AccountId": w.account, "RoleName": "Reader"})
			b.ask(http.StatusOK, "GET", "/signin/credentials", nil)
			key := b.ask(http.StatusOK, "POST", "/signin/people/credentials", fields{"AccountId": w.account, "RoleName": "Reader"})

			end(w, b)
			if w.works(out.AccessToken) {
				t.Error("the access token still works")
			}
			fails[*ssooidc.CreateTokenOutput](t, "InvalidGrantException")(w.oidc().CreateToken(t.Context(), byRefresh(c, out.RefreshToken)))
			fails[*ssooidc.CreateTokenOutput](t, "InvalidGrantException")(w.oidc().CreateToken(t.Context(), byCode(c, text)))
			fails[*ssooidc.CreateTokenOutput](t, "InvalidGrantException")(w.oidc().CreateToken(t.Context(), byDevice(tool, d.DeviceCode)))
			b.ask(http.StatusUnauthorized, "GET", "/signin/people/accounts", nil)
			b.ask(http.StatusUnauthorized, "GET", "/signin/credentials", nil) // of the console
			w.clock.pass(2 * time.Second)
			_, err = w.whoIs(key.text("AccessKeyId"), key.text("SecretAccessKey"), key.text("SessionToken"))
			if ended := code(err) == "ExpiredToken"; ended == (name == "sign-out") {
				t.Error("the credentials of the role:", err)
			}
			if name != "disabled for a while" {
				return
			}
			again := w.signedIn(w.user).ask(http.StatusOK, "POST", "/signin/people/credentials", fields{"AccountId": w.account, "RoleName": "Reader"})
			if _, err := w.whoIs(again.text("AccessKeyId"), again.text("SecretAccessKey"), again.text("SessionToken")); err != nil {
				t.Error("the credentials of another sign-in:", err)
			}
		})
	}
}

// TestTime ends what hangs on a session of the portal with it when its time is over, though nobody notices.
func TestTime(t *testing.T) {
	w := open(t)
	set, err := w.admin.CreatePermissionSet(t.Context(), &ssoadmin.CreatePermissionSetInput{InstanceArn: w.instance, Name: aws.String("Long"), SessionDuration: aws.String("PT12H")})
	must(t, err)
	_, err = w.admin.PutInlinePolicyToPermissionSet(t.Context(), &ssoadmin.PutInlinePolicyToPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set.PermissionSet.PermissionSetArn,
		InlinePolicy: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`)})
	must(t, err)
	w.set = set.PermissionSet.PermissionSetArn
	w.assign(w.user)
	role, err := iam.NewFromConfig(w.conf).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("next"), AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + w.account + `"},"Action":"sts:AssumeRole"}]}`)})
	must(t, err)

	const all, left = 8 * time.Hour, 5 * time.Minute
	w.clock.pass(left - all) // the clock of the SDK, which signs, can't be moved
	b := w.signedIn(w.user)
	w.clock.pass(all - left)
	b.ask(http.StatusOK, "POST", "/signin/people/console", fields{"AccountId": w.account, "RoleName": "Long"})
	keys := b.ask(http.StatusOK, "POST", "/signin/people/credentials", fields{"AccountId": w.account, "RoleName": "Long"})
	key := b.ask(http.StatusOK, "GET", "/signin/credentials", nil)
	conf := w.config()
	conf.Credentials = credentials.NewStaticCredentialsProvider(key.text("AccessKeyId"), key.text("SecretAccessKey"), key.text("SessionToken"))
	next, err := sts.NewFromConfig(conf).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: role.Role.Arn, RoleSessionName: aws.String("next")})
	must(t, err)
	use := func(want string) {
		t.Helper()
		for what, key := range map[string][3]string{"the console": {key.text("AccessKeyId"), key.text("SecretAccessKey"), key.text("SessionToken")},
			"the next role": {*next.Credentials.AccessKeyId, *next.Credentials.SecretAccessKey, *next.Credentials.SessionToken}} {
			if _, err := w.whoIs(key[0], key[1], key[2]); code(err) != want {
				t.Errorf("the credentials of %s: %v, want %q", what, err, want)
			}
		}
	}
	use("")
	w.clock.pass(left)
	use("ExpiredToken")
	if _, err := w.whoIs(keys.text("AccessKeyId"), keys.text("SecretAccessKey"), keys.text("SessionToken")); err != nil {
		t.Error("access keys end with the session:", err)
	}
}

// TestUnassigned ends what somebody may be no longer.
func TestUnassigned(t *testing.T) {
	w := open(t)
	b := w.signedIn(w.user)
	_, out := b.tokens()
	key := b.ask(http.StatusOK, "POST", "/signin/people/credentials", fields{"AccountId": w.account, "RoleName": "Reader"})
	b.ask(http.StatusOK, "POST", "/signin/people/console", fields{"AccountId": w.account, "RoleName": "Reader"})
	if _, err := w.whoIs(key.text("AccessKeyId"), key.text("SecretAccessKey"), key.text("SessionToken")); err != nil {
		t.Fatal(err)
	}
	w.unassign(w.user)
	w.clock.pass(2 * time.Second)
	if _, err := w.whoIs(key.text("AccessKeyId"), key.text("SecretAccessKey"), key.text("SessionToken")); code(err) != "ExpiredToken" {
		t.Error("the credentials still work:", err)
	}
	b.ask(http.StatusUnauthorized, "GET", "/signin/credentials", nil)
	b.ask(http.StatusForbidden, "POST", "/signin/people/credentials", fields{"AccountId": w.account, "RoleName": "Reader"})
	b.ask(http.StatusForbidden, "POST", "/signin/people/console", fields{"AccountId": w.account, "RoleName": "Reader"})
	fails[*sso.GetRoleCredentialsOutput](t, "ForbiddenException")(w.sso().GetRoleCredentials(t.Context(), &sso.GetRoleCredentialsInput{AccessToken: out.AccessToken, AccountId: &w.account, RoleName: aws.String("Reader")}))
	accounts, err := w.sso().ListAccounts(t.Context(), &sso.ListAccountsInput{AccessToken: out.AccessToken})
	must(t, err)
	if len(accounts.AccountList) != 0 {
		t.Error("the accounts are", accounts.AccountList)
	}
}

// TestLogout ends the tokens of one tool.
func TestLogout(t *testing.T) {
	w := open(t)
	b := w.signedIn(w.user)
	c, out := b.tokens()
	_, other := b.tokens()
	_, err := w.sso().Logout(t.Context(), &sso.LogoutInput{AccessToken: out.AccessToken})
	must(t, err)
	fails[*sso.LogoutOutput](t, "UnauthorizedException")(w.sso().Logout(t.Context(), &sso.LogoutInput{AccessToken: out.AccessToken}))
	fails[*ssooidc.CreateTokenOutput](t, "InvalidGrantException")(w.oidc().CreateToken(t.Context(), byRefresh(c, out.RefreshToken)))
	if w.works(out.AccessToken) || !w.works(other.AccessToken) {
		t.Error("the tokens of another tool end, or its own do not")
	}
	b.ask(http.StatusOK, "GET", "/signin/people/accounts", nil)
}

// TestSweep leaves nothing of what is over, and all that is not.
func TestSweep(t *testing.T) {
	w := open(t)
	b := w.signedIn(w.user)
	c, out := b.tokens()
	b.consent(authorization(*c.ClientId, callback))
	tool := w.registered(nil, nil)
	_, err := w.oidc().StartDeviceAuthorization(t.Context(), &ssooidc.StartDeviceAuthorizationInput{ClientId: tool.ClientId, ClientSecret: tool.ClientSecret, StartUrl: aws.String(startURL)})
	must(t, err)
	must(t, w.portal.Sweep(t.Context()))
	if !w.works(out.AccessToken) {
		t.Error("a token that is not over was removed")
	}
	if n := w.records(); n < 8 {
		t.Errorf("%d records before", n)
	}
	w.clock.pass(9 * time.Hour)
	must(t, w.portal.Sweep(t.Context()))
	if n := w.records(); n != 0 {
		t.Errorf("%d records are left", n)
	}
}

// TestCheck finds what can't be read, and what leads nowhere.
func TestCheck(t *testing.T) {
	w := open(t)
	b := w.signedIn(w.user)
	c, _ := b.tokens()
	b.consent(authorization(*c.ClientId, callback))
	tool := w.registered(nil, nil)
	_, err := w.oidc().StartDeviceAuthorization(t.Context(), &ssooidc.StartDeviceAuthorizationInput{ClientId: tool.ClientId, ClientSecret: tool.ClientSecret, StartUrl: aws.String(startURL)})
	must(t, err)
	problems := func() (n int) {
		t.Helper()
		records, err := portal.Check(t.Context(), w.db, func(string) { n++ })
		must(t, err)
		if int(records) > w.records() {
			t.Errorf("%d records of %d", records, w.records())
		}
		return n
	}
	if n := problems(); n != 0 {
		t.Errorf("%d problems", n)
	}
	for key, value := range w.all() {
		set := func(value []byte) {
			t.Helper()
			must(t, w.db.Update(t.Context(), func(tx kv.Txn) error {
				if value == nil {
					return tx.Delete([]byte(key))
				}
				return tx.Set([]byte(key), value)
			}))
		}
		for name, damaged := range map[string][]byte{"gone": nil, "unreadable": []byte("x")} {
			set(damaged)
			if n := problems(); n == 0 {
				t.Errorf("nothing is found of %q, which is %s", key, name)
			}
		}
		set(value)
	}
	unknown := keyspace.People("portal", "x", "y")
	must(t, w.db.Update(t.Context(), func(tx kv.Txn) error { return tx.Set(unknown, []byte("{}")) }))
	if n := problems(); n != 1 {
		t.Errorf("%d problems with a record of no kind", n)
	}
	must(t, w.db.Update(t.Context(), func(tx kv.Txn) error { return tx.Delete(unknown) }))
}

// TestStarts bounds how many device authorizations all sources begin: whoever has a network has many addresses.
func TestStarts(t *testing.T) {
	w := open(t)
	now, begun := w.clock.now(), 0
	for i := range 20_000 {
		if w.portal.MayStart(netip.AddrFrom16([16]byte{0x20, 1, 4: byte(i >> 8), 5: byte(i)}), now) {
			begun++
		}
	}
	if begun == 0 || begun >= 20_000 {
		t.Errorf("%d may begin at once", begun)
	}
	if n := strings.Count(w.logs.String(), "device authorizations"); n != 1 {
		t.Errorf("the log says %d times that others may not", n)
	}
	if !w.portal.MayStart(netip.AddrFrom4([4]byte{192, 0, 2, 1}), now.Add(time.Minute)) {
		t.Error("nobody may begin one any more")
	}
}

// TestPages is what the pages are told.
func TestPages(t *testing.T) {
	w := open(t)
	nobody := w.browser().ask(http.StatusOK, "GET", "/signin/people/session", nil)
	if nobody["SignedIn"] != false || nobody["Enabled"] != true || nobody.text("StartURL") != w.url+"/start" || nobody.text("InstanceName") != "people" || nobody.text("Region") != region || nobody["UserId"] != nil {
		t.Error("before anybody has signed in:", nobody)
	}
	b := w.signedIn(w.user)
	if in := b.ask(http.StatusOK, "GET", "/signin/people/session", nil); in["SignedIn"] != true || in.text("UserId") != w.user.ID || in.text("UserName") != "ann" {
		t.Error("the session is", in)
	}
	all := b.ask(http.StatusOK, "GET", "/signin/people/accounts", nil)
	if list, _ := all["Accounts"].([]any); len(list) != 1 || list[0].(map[string]any)["AccountId"] != w.account {
		t.Error("the accounts are", all)
	}
	for to, want := range map[string]string{"": "/console/", "/console/tables": "/console/tables", "https://example.com/": "/console/"} {
		if out := b.ask(http.StatusOK, "POST", "/signin/people/console", fields{"AccountId": w.account, "RoleName": "Reader", "Destination": to}); out.text("Location") != want {
			t.Errorf("to %q it leads to %s", to, out.text("Location"))
		}
	}
	w.clock.pass(8 * time.Hour)
	b.ask(http.StatusUnauthorized, "GET", "/signin/people/accounts", nil)
	if _, _, err := w.portal.Begin(t.Context(), portal.Proof{User: "nobody", Source: "directory"}); code(err) == "" {
		t.Error("nobody signs in")
	}
}

// disable disables the user, or enables it.
func (w *world) disable(disabled bool) {
	w.Helper()
	must(w.T, w.dir.Change(w.Context(), func(tx kv.Txn) error {
		u, err := w.dir.User(w.Context(), tx, w.user.ID)
		if err != nil {
			return err
		}
		u.Disabled = disabled
		return w.dir.PutUser(w.Context(), tx, u)
	}))
}
