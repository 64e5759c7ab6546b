package portal_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/signin"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/statordb/stator"
	"github.com/statordb/stator/internal/audit"
	"github.com/statordb/stator/internal/center"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/federation"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/internal/portal"
	"github.com/statordb/stator/internal/server"
	pages "github.com/statordb/stator/internal/signin"
	"github.com/statordb/stator/tests/harness"
)

const (
	region    = "eu-west-1"
	masterKey = "c3RhdG9yIHRlc3RzIHVzZSB0aGlzIG1hc3RlciBrZXk="
	startURL  = "https://portal.example.com/start"
	callback  = "http://127.0.0.1:4321/oauth/callback"
)

// shared is an engine that no server closes.
type shared struct{ kv.DB }

func (shared) Close() error { return nil }

// clock is moved by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is a whole server, and beside it, over the same engine, a portal with a clock of its own.
type world struct {
	*testing.T
	clock  *clock
	portal *portal.Portal
	dir    *directory.Store
	ids    *identity.Store
	db     kv.DB
	url    string // of the portal with the clock
	other  string // of the whole server
	admin  *ssoadmin.Client
	conf   aws.Config // of the administrator, at the whole server

	account       string
	instance, set *string
	user          *directory.User
	source        portal.Source
	log           string // the file of the audit log
	logs          strings.Builder
	meanwhile     func() // what happens while the next password is hashed
}

// audited is the audit log, which has none of the secrets that the test has had.
func (w *world) audited() *audit.Log {
	w.Helper()
	w.log = filepath.Join(w.TempDir(), "audit.log")
	l, err := audit.New(audit.Options{Path: w.log, OnError: func(err error) { w.Error(err) }})
	must(w.T, err)
	w.Cleanup(func() { must(w.T, l.Close()) })
	return l
}

// all are the records that the portal has.
func (w *world) all() map[string][]byte {
	w.Helper()
	records := map[string][]byte{}
	start, end := keyspace.PeopleRange("portal")
	must(w.T, w.db.View(w.Context(), func(r kv.Reader) error {
		return r.Scan(w.Context(), kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
			records[string(key)] = slices.Clone(value)
			return true, nil
		})
	}))
	return records
}

// records are how many those are.
func (w *world) records() int { return len(w.all()) }

// events are those of a name in the audit log.
func (w *world) events(name string) (all []fields) {
	w.Helper()
	text, err := os.ReadFile(w.log)
	must(w.T, err)
	for line := range strings.Lines(string(text)) {
		e := fields{}
		must(w.T, json.Unmarshal([]byte(line), &e))
		if e["eventName"] == name {
			all = append(all, e)
		}
	}
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// open makes an instance, in which ann may be Reader in the management account.
func open(t *testing.T) *world {
	t.Helper()
	db, err := pebblekv.OpenMemory(pebblekv.Options{})
	must(t, err)
	t.Cleanup(func() {
		if _, err := stator.CheckOn(context.Background(), db, func(problem string) { t.Error(problem) }); err != nil {
			t.Error(err)
		}
		_ = db.Close()
	})
	w := &world{T: t, db: db, clock: &clock{at: time.Now()}, source: portal.Source{Kind: "directory"}}
	whole, err := stator.OpenOn(shared{db}, stator.Options{MasterKey: masterKey, Region: region})
	must(t, err)
	front := httptest.NewServer(whole)
	t.Cleanup(func() {
		front.Close()
		must(t, whole.Close())
	})
	key, _ := whole.Credentials()
	w.other, w.account = front.URL, key.Account
	w.conf = aws.Config{BaseEndpoint: &w.other, Region: region, RetryMaxAttempts: 1, Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, "")}
	w.admin = ssoadmin.NewFromConfig(w.conf)

	keys, err := identity.ParseMasterKeys(masterKey)
	must(t, err)
	var known *center.Store
	w.ids, err = identity.Open(t.Context(), db, identity.Options{MasterKey: keys[0], Now: w.clock.now, Person: func(ctx context.Context, r kv.Reader, p identity.PersonRef) (bool, error) {
		if p.Portal != "" {
			if alive, err := w.portal.Alive(ctx, r, p.Portal); err != nil || !alive {
				return false, err
			}
		}
		return known.Allowed(ctx, r, p)
	}})
	must(t, err)
	w.dir, err = directory.Open(t.Context(), db, directory.Options{Change: w.ids.Change, Seal: w.ids.Seal, Unseal: w.ids.Unseal, Hash: w.hash, Now: w.clock.now})
	must(t, err)
	known, err = center.Open(t.Context(), db, center.Options{Identities: w.ids, Directory: w.dir, Now: w.clock.now})
	must(t, err)
	door := pages.New(pages.Options{Identities: w.ids, Region: region})
	w.portal = portal.New(portal.Options{DB: db, Identities: w.ids, Directory: w.dir, Center: known, Change: w.ids.Change, Seal: w.ids.Seal, Unseal: w.ids.Unseal,
		SignIn: door, Region: region, OIDC: federation.NewOIDC(federation.Options{Now: w.clock.now, AllowLoopbackHTTP: true}), Now: w.clock.now, Audit: w.audited(), Logger: slog.New(slog.NewTextHandler(&w.logs, nil)), Source: func(context.Context) (portal.Source, error) { return w.source, nil }})
	sites := w.portal.Sites()
	sites["/signin"] = door
	side := httptest.NewServer(server.New(server.Options{Operations: slices.Concat(w.portal.Operations(), w.ids.Operations(), w.ids.TokenOperations()), Auth: server.IAM(w.ids), Region: region, Sites: sites, Now: w.clock.now}))
	t.Cleanup(side.Close)
	w.url = side.URL

	made, err := w.admin.CreateInstance(t.Context(), &ssoadmin.CreateInstanceInput{Name: aws.String("people")})
	must(t, err)
	w.instance = made.InstanceArn
	set, err := w.admin.CreatePermissionSet(t.Context(), &ssoadmin.CreatePermissionSetInput{InstanceArn: w.instance, Name: aws.String("Reader")})
	must(t, err)
	w.set = set.PermissionSet.PermissionSetArn
	w.user = w.person("ann")
	w.assign(w.user)
	return w
}

// hash hashes a password, and then does what a test wants to happen meanwhile.
func (w *world) hash(ctx context.Context, fn func() error) error {
	err := w.ids.Hash(ctx, fn)
	if meanwhile := w.meanwhile; meanwhile != nil {
		w.meanwhile = nil
		meanwhile()
	}
	return err
}

func (w *world) person(name string) *directory.User {
	w.Helper()
	u := &directory.User{UserName: name, DisplayName: name, Name: directory.Name{FamilyName: "F", GivenName: "G"}}
	must(w.T, w.dir.Change(w.Context(), func(tx kv.Txn) error {
		v := *u
		defer func() { *u = v }()
		return w.dir.PutUser(w.Context(), tx, &v)
	}))
	return u
}

func (w *world) assign(u *directory.User) {
	w.Helper()
	_, err := w.admin.CreateAccountAssignment(w.Context(), &ssoadmin.CreateAccountAssignmentInput{InstanceArn: w.instance, PermissionSetArn: w.set,
		TargetId: &w.account, TargetType: types.TargetTypeAwsAccount, PrincipalType: types.PrincipalTypeUser, PrincipalId: &u.ID})
	must(w.T, err)
}

func (w *world) unassign(u *directory.User) {
	w.Helper()
	_, err := w.admin.DeleteAccountAssignment(w.Context(), &ssoadmin.DeleteAccountAssignmentInput{InstanceArn: w.instance, PermissionSetArn: w.set,
		TargetId: &w.account, TargetType: types.TargetTypeAwsAccount, PrincipalType: types.PrincipalTypeUser, PrincipalId: &u.ID})
	must(w.T, err)
}

func (w *world) config() aws.Config {
	return aws.Config{BaseEndpoint: &w.url, Region: region, Retryer: func() aws.Retryer { return aws.NopRetryer{} }}
}

func (w *world) oidc() *ssooidc.Client { return ssooidc.NewFromConfig(w.config()) }

func (w *world) sso() *sso.Client { return sso.NewFromConfig(w.config()) }

func (w *world) login() *signin.Client { return signin.NewFromConfig(w.config()) }

// whoIs asks the portal's server who credentials are of.
func (w *world) whoIs(id, secret, token string) (string, error) {
	conf := w.config()
	conf.Credentials = credentials.NewStaticCredentialsProvider(id, secret, token)
	out, err := sts.NewFromConfig(conf).GetCallerIdentity(w.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return *out.Arn, nil
}

// setting has the administrator set something of the instance, as the console does.
func (w *world) setting(operation string, in fields) {
	w.Helper()
	in["InstanceArn"] = *w.instance
	if status, out := harness.Ask(w.T, w.conf, "sso", "SWBExternalService."+operation, in); status != http.StatusOK {
		w.Fatal(operation, status, out)
	}
}

// browser is somebody who is signed in to the access portal.
type browser struct {
	*world
	http *http.Client
}

func (w *world) browser() *browser {
	w.Helper()
	jar, err := cookiejar.New(nil)
	must(w.T, err)
	return &browser{w, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// signedIn is a browser with a session of u.
func (w *world) signedIn(u *directory.User) *browser {
	w.Helper()
	token, _, err := w.portal.Begin(w.Context(), portal.Proof{User: u.ID, Source: "directory"})
	must(w.T, err)
	b := w.browser()
	b.has("stator-people", token)
	return b
}

// has gives the browser a cookie.
func (b *browser) has(name, value string) {
	at, err := url.Parse(b.url)
	must(b.T, err)
	b.http.Jar.SetCookies(at, []*http.Cookie{{Name: name + "-" + at.Port(), Value: value, Path: "/"}})
}

type fields map[string]any

func (f fields) text(name string) string {
	text, _ := f[name].(string)
	return text
}

// ask sends what a page of the console does, and expects a status.
func (b *browser) ask(status int, method, path string, in any) fields {
	b.Helper()
	body, err := json.Marshal(in)
	must(b.T, err)
	r, err := http.NewRequestWithContext(b.Context(), method, b.url+path, bytes.NewReader(body))
	must(b.T, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Stator-Console", "1")
	res, err := b.http.Do(r)
	must(b.T, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	must(b.T, err)
	out := fields{}
	_ = json.Unmarshal(raw, &out)
	if res.StatusCode != status {
		b.Fatalf("%s %s: %d %s, want %d", method, path, res.StatusCode, raw, status)
	}
	return out
}

// open opens an address as a link, and returns where it leads.
func (b *browser) open(status int, address string) *url.URL {
	b.Helper()
	res, err := b.http.Get(b.url + address)
	must(b.T, err)
	defer res.Body.Close()
	if res.StatusCode != status {
		raw, _ := io.ReadAll(res.Body)
		b.Fatalf("GET %s: %d %s, want %d", address, res.StatusCode, raw, status)
	}
	to, err := url.Parse(res.Header.Get("Location"))
	must(b.T, err)
	return to
}

// code is the code of an error of the SDK, "" for none.
func code(err error) string {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// fails expects an error.
func fails[Out any](t *testing.T, want string) func(Out, error) {
	t.Helper()
	return func(_ Out, err error) {
		t.Helper()
		if code(err) != want {
			t.Errorf("it answers %v, want %s", err, want)
		}
	}
}

// registered is a client that has registered itself.
func (w *world) registered(scopes, grants []string, redirects ...string) *ssooidc.RegisterClientOutput {
	w.Helper()
	c, err := w.oidc().RegisterClient(w.Context(), &ssooidc.RegisterClientInput{ClientName: aws.String("tool"), ClientType: aws.String("public"),
		Scopes: scopes, GrantTypes: grants, RedirectUris: redirects})
	must(w.T, err)
	return c
}

const verifier = "abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// authorization is the query of a request for a code.
func authorization(client, redirect string) url.Values {
	return url.Values{"response_type": {"code"}, "client_id": {client}, "redirect_uri": {redirect}, "state": {"s 1"}, "code_challenge_method": {"S256"},
		"code_challenge": {challenge(verifier)}, "scopes": {"sso:account:access"}}
}

// consent has somebody allow a request for a code, and returns it.
func (b *browser) consent(q url.Values) string {
	b.Helper()
	page := b.open(http.StatusFound, "/authorize?"+q.Encode())
	id := page.Query().Get("id")
	if page.Path != "/console/authorize" || id == "" {
		b.Fatal("it leads to", page)
	}
	to, err := url.Parse(b.ask(http.StatusOK, "POST", "/signin/people/authorization", fields{"Id": id, "Allow": true}).text("Location"))
	must(b.T, err)
	if !strings.HasPrefix(to.String(), q.Get("redirect_uri")+"?") || to.Query().Get("state") != q.Get("state") {
		b.Fatal("it leads to", to)
	}
	return to.Query().Get("code")
}

// tokens gets a client and its tokens by a code.
func (b *browser) tokens() (*ssooidc.RegisterClientOutput, *ssooidc.CreateTokenOutput) {
	b.Helper()
	c := b.registered([]string{"sso:account:access"}, []string{"authorization_code", "refresh_token"}, "http://127.0.0.1/oauth/callback")
	out, err := b.oidc().CreateToken(b.Context(), byCode(c, b.consent(authorization(*c.ClientId, callback))))
	must(b.T, err)
	return c, out
}

func byCode(c *ssooidc.RegisterClientOutput, code string) *ssooidc.CreateTokenInput {
	return &ssooidc.CreateTokenInput{ClientId: c.ClientId, ClientSecret: c.ClientSecret, GrantType: aws.String("authorization_code"), Code: &code,
		RedirectUri: aws.String(callback), CodeVerifier: aws.String(verifier)}
}

func byRefresh(c *ssooidc.RegisterClientOutput, token *string) *ssooidc.CreateTokenInput {
	return &ssooidc.CreateTokenInput{ClientId: c.ClientId, ClientSecret: c.ClientSecret, GrantType: aws.String("refresh_token"), RefreshToken: token}
}

func byDevice(c *ssooidc.RegisterClientOutput, device *string) *ssooidc.CreateTokenInput {
	return &ssooidc.CreateTokenInput{ClientId: c.ClientId, ClientSecret: c.ClientSecret, GrantType: aws.String("urn:ietf:params:oauth:grant-type:device_code"), DeviceCode: device}
}

// works says whether an access token lets somebody see accounts.
func (w *world) works(token *string) bool {
	w.Helper()
	_, err := w.sso().ListAccounts(w.Context(), &sso.ListAccountsInput{AccessToken: token})
	if got := code(err); got != "" && got != "UnauthorizedException" {
		w.Error("listing accounts:", err)
	}
	return err == nil
}
