package signin

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// role makes a role that may do everything and that the account may assume.
func (s *site) role(t *testing.T, name string) string {
	t.Helper()
	ctx, admin := context.Background(), s.iam(s.admin)
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + account + `"},"Action":"sts:AssumeRole"}]}`
	made, err := admin.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
	must(t, err)
	_, err = admin.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: &name, PolicyName: aws.String("all"), PolicyDocument: aws.String(everything)})
	must(t, err)
	return *made.Role.Arn
}

// assume assumes a role as the session called broker.
func (s *site) assume(c aws.Credentials, role string, seconds int32) (aws.Credentials, error) {
	in := &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("broker")}
	if seconds > 0 {
		in.DurationSeconds = &seconds
	}
	out, err := s.sts(c).AssumeRole(context.Background(), in)
	if err != nil {
		return aws.Credentials{}, err
	}
	return of(out.Credentials), nil
}

func of(c *types.Credentials) aws.Credentials {
	return aws.Credentials{AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, SessionToken: *c.SessionToken}
}

// tokenFor asks the federation endpoint as brokers do: without anything that a browser sends.
func (b *browser) tokenFor(method string, c aws.Credentials, extra ...string) answer {
	b.t.Helper()
	session, err := json.Marshal(map[string]string{"sessionId": c.AccessKeyID, "sessionKey": c.SecretAccessKey, "sessionToken": c.SessionToken})
	must(b.t, err)
	form := url.Values{"Action": {"getSigninToken"}, "Session": {string(session)}}
	for i := 0; i < len(extra); i += 2 {
		form.Set(extra[i], extra[i+1])
	}
	plain := []string{"X-Stator-Console", "", "Origin", "", "Sec-Fetch-Site", "", "Content-Type", "application/x-www-form-urlencoded"}
	if method == "POST" {
		return b.ask("POST", "/federation", form.Encode(), plain...)
	}
	return b.ask("GET", "/federation?"+form.Encode(), nil, plain...)
}

func (b *browser) login(token, destination string) answer {
	b.t.Helper()
	form := url.Values{"Action": {"login"}, "Issuer": {"https://broker.example.com"}, "Destination": {destination}, "SigninToken": {token}}
	return b.ask("GET", "/federation?"+form.Encode(), nil, "X-Stator-Console", "", "Origin", "", "Sec-Fetch-Site", "cross-site", "Content-Type", "")
}

func TestFederation(t *testing.T) {
	s := start(t)
	arn := s.role(t, "broker-role")
	broker, b := s.browser(t), s.browser(t)
	creds, err := s.assume(s.admin, arn, 0)
	must(t, err)
	for _, method := range []string{"GET", "POST"} {
		a := broker.tokenFor(method, creds, "SessionDuration", "43200")
		token := a.text("SigninToken")
		if token == "" {
			t.Fatalf("%s: %d %s", method, a.status, a.raw)
		}
		if a := b.login(token, "https://console.aws.amazon.com/"); a.status != http.StatusFound || a.header.Get("Location") != "/console/" {
			t.Fatalf("%s: login: %d %v", method, a.status, a.header)
		}
		if a := s.browser(t).login(token, ""); a.status != 400 || a.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: a token used again: %d %s", method, a.status, a.raw)
		}
	}
	who := b.ask("GET", "/signin/session", nil)
	want := "arn:aws:sts::" + account + ":assumed-role/broker-role/broker"
	if who.text("PrincipalType") != "AssumedRole" || who.text("Arn") != want || who.text("Name") != "broker-role/broker" {
		t.Errorf("the session: %s", who.raw)
	}
	console := b.credentials()
	if arn, err := s.whoIs(console); err != nil || arn != want {
		t.Errorf("the credentials are of %s (%v)", arn, err)
	}
	if a := broker.tokenFor("GET", console); a.status != 400 || a.text("Code") != "InvalidParameterValue" {
		t.Errorf("a session of the console makes itself longer: %d %s", a.status, a.raw)
	}
	// What revokes the sessions of a role revokes those in the console, however new their credentials are ("Revoke IAM role
	// temporary security credentials").
	time.Sleep(1100 * time.Millisecond) // times of sessions are in seconds
	revoke := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"` +
		time.Now().UTC().Format(time.RFC3339) + `"}}}]}`
	_, err = s.iam(s.admin).PutRolePolicy(context.Background(), &iam.PutRolePolicyInput{RoleName: aws.String("broker-role"), PolicyName: aws.String("AWSRevokeOlderSessions"), PolicyDocument: &revoke})
	must(t, err)
	if _, err := s.iam(b.credentials()).ListUsers(context.Background(), &iam.ListUsersInput{}); err == nil {
		t.Error("a revoked session goes on in the console")
	}
	ctx := context.Background()
	for _, policy := range []string{"all", "AWSRevokeOlderSessions"} {
		_, err = s.iam(s.admin).DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: aws.String("broker-role"), PolicyName: &policy})
		must(t, err)
	}
	_, err = s.iam(s.admin).DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: aws.String("broker-role")})
	must(t, err)
	s.ends(t, "the role was deleted", console)
	if b.signedIn() {
		t.Error("a role that is gone is signed in")
	}
}

func TestFederatedUser(t *testing.T) {
	s := start(t)
	ctx := context.Background()
	out, err := s.sts(s.admin).GetFederationToken(ctx, &sts.GetFederationTokenInput{Name: aws.String("fred"), Policy: aws.String(everything)})
	must(t, err)
	fred := of(out.Credentials)
	if _, err := s.iam(fred).ListUsers(ctx, &iam.ListUsersInput{}); err == nil {
		t.Error("a federated user calls IAM outside of the console")
	}
	b := s.browser(t)
	if a := b.tokenFor("GET", fred, "SessionDuration", "3600"); a.status != 400 {
		t.Errorf("with SessionDuration: %d %s", a.status, a.raw)
	}
	b.login(b.tokenFor("GET", fred).text("SigninToken"), "")
	who := b.ask("GET", "/signin/session", nil)
	if who.text("PrincipalType") != "FederatedUser" || who.text("Name") != "fred" || who.text("Arn") != "arn:aws:sts::"+account+":federated-user/fred" {
		t.Errorf("the session: %s", who.raw)
	}
	// "You cannot call any IAM operations using the AWS CLI or the AWS API. This limitation does not apply to console
	// sessions." (GetFederationToken)
	if _, err := s.iam(b.credentials()).ListUsers(ctx, &iam.ListUsersInput{}); err != nil {
		t.Errorf("in the console: %v", err)
	}
}

// The rules of SessionDuration, and whose credentials do.
func TestFederationRules(t *testing.T) {
	s := start(t)
	role, other := s.role(t, "broker-role"), s.role(t, "chained-role")
	b := s.browser(t)
	creds, err := s.assume(s.admin, role, 0)
	must(t, err)
	chained, err := s.assume(creds, other, 0)
	must(t, err)
	own, err := s.sts(s.admin).GetSessionToken(context.Background(), &sts.GetSessionTokenInput{})
	must(t, err)
	forged := creds
	forged.SecretAccessKey = strings.Repeat("A", 40)
	for what, c := range map[string]struct {
		creds aws.Credentials
		extra []string
		code  string
	}{
		"a quarter of an hour":    {creds, []string{"SessionDuration", "900"}, ""},
		"less":                    {creds, []string{"SessionDuration", "899"}, "InvalidParameterValue"},
		"more than twelve hours":  {creds, []string{"SessionDuration", "43201"}, "InvalidParameterValue"},
		"no number":               {creds, []string{"SessionDuration", "long"}, "InvalidParameterValue"},
		"a chained role":          {chained, nil, ""},
		"a chained role, so long": {chained, []string{"SessionDuration", "3600"}, "InvalidParameterValue"},
		"GetSessionToken":         {of(own.Credentials), nil, "InvalidParameterValue"},
		"long-term credentials":   {s.admin, nil, "InvalidClientTokenId"},
		"another secret":          {forged, nil, "InvalidClientTokenId"},
		"no credentials":          {aws.Credentials{}, nil, "InvalidClientTokenId"},
		"no session":              {creds, []string{"Session", "x"}, "InvalidParameterValue"},
		"another action":          {creds, []string{"Action", "x"}, "InvalidParameterValue"},
	} {
		a := b.tokenFor("POST", c.creds, c.extra...)
		if a.text("Code") != c.code || (a.text("SigninToken") == "") != (c.code != "") {
			t.Errorf("%s: %d %s, want %q", what, a.status, a.raw, c.code)
		}
	}
	// How long the session is.
	lasts := func(extra ...string) time.Duration {
		b.login(b.tokenFor("GET", creds, extra...).text("SigninToken"), "")
		a := b.ask("GET", "/signin/session", nil)
		end, err := time.Parse(time.RFC3339, a.text("Expires"))
		must(t, err)
		return time.Until(end).Round(time.Minute)
	}
	if d := lasts("SessionDuration", "900"); d != 15*time.Minute {
		t.Errorf("900 seconds last %v", d)
	}
	if d := lasts(); d != time.Hour {
		t.Errorf("without SessionDuration: %v", d)
	}
	for _, bad := range []string{"", "x", strings.Repeat("A", 100), b.tokenFor("GET", creds).text("SigninToken") + "A"} {
		if a := s.browser(t).login(bad, ""); a.status != 400 || a.header.Get("Set-Cookie") != "" {
			t.Errorf("the token %.20q: %d %s", bad, a.status, a.raw)
		}
	}
}

// The endpoint sends nobody to another site.
func TestDestination(t *testing.T) {
	s := start(t)
	creds, err := s.assume(s.admin, s.role(t, "broker-role"), 0)
	must(t, err)
	b := s.browser(t)
	for asked, want := range map[string]string{
		"":                         "/console/",
		"/console/tables?name=a#b": "/console/tables?name=a#b",
		s.url + "/console/tables":  "/console/tables",
		"https://console.aws.amazon.com/console/": "/console/",
		"//evil.example.com/console/":             "/console/",
		"https:evil.example.com/console/":         "/console/",
		"///evil.example.com/console/":            "/console/",
		`/\evil.example.com/console/`:             "/console/",
		`/console/\..\..//evil.example.com`:       "/console/",
		"/console/..//evil.example.com":           "/console/",
		"/console/%2e%2e/%2e%2e/evil":             "/console/",
		"/console//evil.example.com":              "/console/",
		"/signin/session":                         "/console/",
		"javascript:alert(1)":                     "/console/",
		"http://user@" + s.url[7:] + "/console/":  "/console/",
		"/console/\r\nSet-Cookie: a=b":            "/console/",
	} {
		token := b.tokenFor("GET", creds).text("SigninToken")
		if a := b.login(token, asked); a.status != http.StatusFound || a.header.Get("Location") != want || a.header.Get("A") != "" {
			t.Errorf("%q leads to %q, want %q", asked, a.header.Get("Location"), want)
		}
	}
}
