// Package portal signs in people as they do, with a browser played over HTTP, and gives the AWS CLI and the AWS SDKs what they get by
// it: profiles with an sso-session, and those of "aws login". The tools are the unchanged ones. The AWS CLI, which is not on every
// machine, logs in by itself in a test of its own; for the SDKs, what it does is done here with the AWS SDK for Go.
//
// What is expected comes from "IAM Identity Center credential provider" and "Login provider" in the AWS SDKs and Tools Reference
// Guide. It imports the AWS SDK and package harness, and nothing else of this module.
package portal

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	idtypes "github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"

	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

const (
	password = "Correct-Horse-1"
	role     = "Lister"
	// lists is what a role may do.
	lists = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:ListTables","Resource":"*"}]}`
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a server with an instance of IAM Identity Center.
type world struct {
	*testing.T
	*harness.Server
	// Endpoint is where people and their tools reach it, by transport.
	Endpoint        string
	transport       http.RoundTripper
	admin           *ssoadmin.Client
	ids             *identitystore.Client
	instance, store *string
	set             *string
}

// open makes an instance with a permission set.
func open(t *testing.T, args ...string) *world {
	t.Helper()
	s := harness.Start(t, args...)
	w := &world{T: t, Server: s, Endpoint: s.Endpoint, transport: http.DefaultTransport, admin: ssoadmin.NewFromConfig(s.Config), ids: identitystore.NewFromConfig(s.Config)}
	ctx := t.Context()
	made, err := w.admin.CreateInstance(ctx, &ssoadmin.CreateInstanceInput{Name: aws.String("people")})
	must(t, err)
	w.instance = made.InstanceArn
	all, err := w.admin.ListInstances(ctx, &ssoadmin.ListInstancesInput{})
	must(t, err)
	w.store = all.Instances[0].IdentityStoreId
	w.set = w.permissionSet(role, lists)
	return w
}

// permissionSet makes a permission set with a policy.
func (w *world) permissionSet(name, document string) (arn *string) {
	w.Helper()
	set, err := w.admin.CreatePermissionSet(w.Context(), &ssoadmin.CreatePermissionSetInput{InstanceArn: w.instance, Name: &name})
	must(w.T, err)
	arn = set.PermissionSet.PermissionSetArn
	_, err = w.admin.PutInlinePolicyToPermissionSet(w.Context(), &ssoadmin.PutInlinePolicyToPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: arn, InlinePolicy: &document})
	must(w.T, err)
	return arn
}

// person makes somebody who may list tables, and a password for once.
func (w *world) person(name string) (id, once string) {
	w.Helper()
	ctx := w.Context()
	u, err := w.ids.CreateUser(ctx, &identitystore.CreateUserInput{IdentityStoreId: w.store, UserName: &name, DisplayName: &name,
		Name: &idtypes.Name{GivenName: aws.String("G"), FamilyName: aws.String("F")}})
	must(w.T, err)
	w.assign(*u.UserId, w.set)
	return *u.UserId, w.directory("UpdatePassword", map[string]string{"IdentityStoreId": *w.store, "UserId": *u.UserId, "PasswordMode": "OTP"})["Password"].(string)
}

// assign gives a user a permission set in the account.
func (w *world) assign(user string, set *string) {
	w.Helper()
	_, err := w.admin.CreateAccountAssignment(w.Context(), &ssoadmin.CreateAccountAssignmentInput{InstanceArn: w.instance, PermissionSetArn: set, TargetId: &w.Account,
		TargetType: types.TargetTypeAwsAccount, PrincipalType: types.PrincipalTypeUser, PrincipalId: &user})
	must(w.T, err)
}

// directory asks the console's API of the directory, for which there is no SDK.
func (w *world) directory(operation string, in any) map[string]any {
	w.Helper()
	status, out := harness.Ask(w.T, w.Config, "sso-directory", "SWBUPService."+operation, in)
	if status != http.StatusOK {
		w.Fatalf("%s: %d %v", operation, status, out)
	}
	return out
}

// browser is a person with a browser.
type browser struct {
	*world
	http *http.Client
}

func (w *world) browser() *browser {
	w.Helper()
	jar, err := cookiejar.New(nil)
	must(w.T, err)
	return &browser{w, &http.Client{Transport: w.transport, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

type fields map[string]any

// ask sends what a page of the console does.
func (b *browser) ask(method, path string, in any) (out map[string]any) {
	b.Helper()
	body, err := json.Marshal(in)
	must(b.T, err)
	r, err := http.NewRequestWithContext(b.Context(), method, b.Endpoint+path, bytes.NewReader(body))
	must(b.T, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Stator-Console", "1")
	res, err := b.http.Do(r)
	must(b.T, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	must(b.T, err)
	if res.StatusCode != http.StatusOK {
		b.Fatalf("%s %s: %d %s", method, path, res.StatusCode, raw)
	}
	must(b.T, json.Unmarshal(raw, &out))
	return out
}

// open opens an address, and returns the parameter id of the page that it leads to.
func (b *browser) open(address string) string {
	b.Helper()
	res, err := b.http.Get(address)
	must(b.T, err)
	defer res.Body.Close()
	to, err := res.Location()
	if err != nil {
		raw, _ := io.ReadAll(res.Body)
		b.Fatalf("%s: %d %s", address, res.StatusCode, raw)
	}
	return to.Query().Get("id")
}

// signedIn is the browser of somebody who has signed in for the first time.
func (w *world) signedIn(name, once string) *browser {
	w.Helper()
	b := w.browser()
	if out := b.ask("POST", "/signin/people/session", fields{"UserName": name, "Password": once}); out["State"] != "NewPasswordRequired" {
		w.Fatal("signing in:", out)
	}
	if out := b.ask("POST", "/signin/people/session", fields{"UserName": name, "Password": once, "NewPassword": password}); out["State"] != "SignedIn" {
		w.Fatal("signing in:", out)
	}
	return b
}

// home is the home folder of a person, for tools.
type home struct {
	*testing.T
	dir string
	env []string
}

func (w *world) home() *home {
	w.Helper()
	h := &home{T: w.T, dir: w.TempDir()}
	must(w.T, os.MkdirAll(filepath.Join(h.dir, ".aws", "sso", "cache"), 0o700))
	must(w.T, os.MkdirAll(filepath.Join(h.dir, ".aws", "login", "cache"), 0o700))
	h.env = append(harness.CleanEnv(), "AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=", "HOME="+h.dir)
	if real, err := os.UserHomeDir(); err == nil && os.Getenv("PYTHONUSERBASE") == "" { // Python's own packages may be there
		h.env = append(h.env, "PYTHONUSERBASE="+filepath.Join(real, ".local"))
	}
	return h
}

func (h *home) write(path, text string) {
	h.Helper()
	must(h.T, os.WriteFile(filepath.Join(h.dir, ".aws", path), []byte(text), 0o600))
}

func (h *home) read(path string) (out map[string]any) {
	h.Helper()
	text, err := os.ReadFile(filepath.Join(h.dir, ".aws", path))
	must(h.T, err)
	must(h.T, json.Unmarshal(text, &out))
	return out
}

// given is the same home with what a script finds in STATOR_TEST.
func (h *home) given(v any) []string {
	h.Helper()
	text, err := json.Marshal(v)
	must(h.T, err)
	return append(h.env, "STATOR_TEST="+string(text))
}

// ssoCache is where tools keep the tokens of an sso-session, or, without one, of a start URL.
func ssoCache(name string) string {
	sum := sha1.Sum([]byte(name))
	return "sso/cache/" + hex.EncodeToString(sum[:]) + ".json"
}

// loginCache is where they keep those of a login session.
func loginCache(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "login/cache/" + hex.EncodeToString(sum[:]) + ".json"
}

// ssoLogin is what "aws sso login" does with a device code, with a person who allows it: the result is in the tools' cache. The
// access token is said to end soon, so that whoever uses it refreshes it before.
func (h *home) ssoLogin(b *browser, name, start string, scopes ...string) {
	h.Helper()
	ctx := h.Context()
	client := ssooidc.NewFromConfig(aws.Config{Region: b.Config.Region, BaseEndpoint: &b.Endpoint})
	c, err := client.RegisterClient(ctx, &ssooidc.RegisterClientInput{ClientName: aws.String("botocore-client-" + name), ClientType: aws.String("public"), Scopes: scopes})
	must(h.T, err)
	d, err := client.StartDeviceAuthorization(ctx, &ssooidc.StartDeviceAuthorizationInput{ClientId: c.ClientId, ClientSecret: c.ClientSecret, StartUrl: &start})
	must(h.T, err)
	code, err := url.Parse(*d.VerificationUriComplete)
	must(h.T, err)
	b.ask("POST", "/signin/people/device", fields{"UserCode": code.Query().Get("user_code"), "Allow": true})
	out, err := client.CreateToken(ctx, &ssooidc.CreateTokenInput{ClientId: c.ClientId, ClientSecret: c.ClientSecret, DeviceCode: d.DeviceCode,
		GrantType: aws.String("urn:ietf:params:oauth:grant-type:device_code")})
	must(h.T, err)
	cached := fields{"startUrl": start, "region": b.Config.Region, "accessToken": out.AccessToken, "clientId": c.ClientId, "clientSecret": c.ClientSecret,
		"expiresAt": time.Now().Add(2 * time.Minute).UTC().Format(time.RFC3339), "registrationExpiresAt": time.Unix(c.ClientSecretExpiresAt, 0).UTC().Format(time.RFC3339)}
	if out.RefreshToken != nil {
		cached["refreshToken"] = out.RefreshToken
	}
	text, err := json.Marshal(cached)
	must(h.T, err)
	h.write(ssoCache(name), string(text))
}

// settings is what a profile and an sso-session have besides to reach the server: nothing, if AWS_ENDPOINT_URL says where it is.
func (w *world) settings() string {
	return "endpoint_url = " + w.Endpoint + "\nservices = stator\n"
}

// services are the endpoints that credential providers ask. Not all of them look at endpoint_url.
func (w *world) services() string {
	text := "[services stator]\n"
	for _, name := range []string{"sso", "sso_oidc", "signin"} {
		text += name + " =\n  endpoint_url = " + w.Endpoint + "\n"
	}
	return text
}

// config are profiles of somebody: with an sso-session, without one as tools had it before, and of a login session.
func (w *world) config(settings, login string) string {
	return strings.NewReplacer("START", w.Endpoint+"/start", "REGION", w.Config.Region, "ACCOUNT", w.Account, "ROLE", role, "SETTINGS\n", settings, "LOGIN", login).Replace(`[sso-session people]
sso_start_url = START
sso_region = REGION
sso_registration_scopes = sso:account:access

[profile session]
sso_session = people
sso_account_id = ACCOUNT
sso_role_name = ROLE
region = REGION
SETTINGS

[profile legacy]
sso_start_url = START
sso_region = REGION
sso_account_id = ACCOUNT
sso_role_name = ROLE
region = REGION
SETTINGS

[profile login]
login_session = LOGIN
region = REGION
SETTINGS
`)
}

// developer is the browser of an IAM user who may use "aws login".
func (w *world) developer(name string) *browser {
	w.Helper()
	ctx, admin := w.Context(), iam.NewFromConfig(w.Config)
	_, err := admin.CreateUser(ctx, &iam.CreateUserInput{UserName: &name})
	must(w.T, err)
	_, err = admin.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: &name, Password: aws.String(password)})
	must(w.T, err)
	_, err = admin.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: &name, PolicyArn: aws.String("arn:aws:iam::aws:policy/SignInLocalDevelopmentAccess")})
	must(w.T, err)
	_, err = admin.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: &name, PolicyName: aws.String("lists"), PolicyDocument: aws.String(lists)})
	must(w.T, err)
	b := w.browser()
	if out := b.ask("POST", "/signin/session", fields{"Type": "user", "Account": w.Account, "UserName": name, "Password": password}); out["State"] != "SignedIn" {
		w.Fatal("signing in:", out)
	}
	return b
}

// challenge is that of a code verifier.
func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// inHome has the AWS SDK for Go in this process use a home.
func inHome(t *testing.T, h *home) context.Context {
	t.Helper()
	for _, pair := range h.env {
		name, value, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "AWS_") || name == "HOME" {
			t.Setenv(name, value)
		}
	}
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(h.dir, ".aws", "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	return t.Context()
}
