// Package sources has people come from where an organization has them: a SAML identity provider, an OpenID Connect provider and an LDAP
// directory that the tests start themselves, into the access portal and the console of a whole server.
//
// It imports package stator, the AWS SDK, and of this module's internals the LDAP server for tests. The main rule: each test has its own
// server.
package sources

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/statordb/stator"
	"github.com/statordb/stator/tests/harness"
)

const (
	account = "111122223333"
	region  = "eu-central-1"
)

// site is a server of one test, with an instance of IAM Identity Center.
type site struct {
	t         *testing.T
	url       string
	admin     aws.Credentials
	instance  *string
	store     *string
	set       *string // a permission set
	directory *identitystore.Client
	log       *logBook
}

type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func start(t *testing.T) *site {
	t.Helper()
	front := httptest.NewUnstartedServer(nil)
	s := &site{t: t, url: "http://" + front.Listener.Addr().String(), log: new(logBook)}
	server, err := stator.Open(stator.Options{Account: account, Region: region, PublicURL: s.url, Logger: slog.New(slog.NewTextHandler(s.log, nil))})
	must(t, err)
	front.Config.Handler = server
	front.Start()
	t.Cleanup(func() {
		front.Close()
		must(t, server.Close())
		if t.Failed() {
			t.Logf("the log:\n%s", s.log)
		}
	})
	key, _ := server.Credentials()
	s.admin = aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}
	center := ssoadmin.NewFromConfig(s.config(s.admin))
	made, err := center.CreateInstance(t.Context(), &ssoadmin.CreateInstanceInput{})
	must(t, err)
	s.instance = made.InstanceArn
	all, err := center.ListInstances(t.Context(), &ssoadmin.ListInstancesInput{})
	must(t, err)
	s.store = all.Instances[0].IdentityStoreId
	set, err := center.CreatePermissionSet(t.Context(), &ssoadmin.CreatePermissionSetInput{InstanceArn: s.instance, Name: aws.String("Reader")})
	must(t, err)
	s.set = set.PermissionSet.PermissionSetArn
	s.directory = identitystore.NewFromConfig(s.config(s.admin))
	return s
}

func (s *site) config(c aws.Credentials) aws.Config {
	return aws.Config{Region: region, BaseEndpoint: &s.url, Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return c, nil })}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// group is a group of the directory whose members may be Reader in the account.
func (s *site) group(name string) {
	s.t.Helper()
	g, err := s.directory.CreateGroup(s.t.Context(), &identitystore.CreateGroupInput{IdentityStoreId: s.store, DisplayName: &name})
	must(s.t, err)
	_, err = ssoadmin.NewFromConfig(s.config(s.admin)).CreateAccountAssignment(s.t.Context(), &ssoadmin.CreateAccountAssignmentInput{InstanceArn: s.instance,
		PermissionSetArn: s.set, PrincipalId: g.GroupId, PrincipalType: types.PrincipalTypeGroup, TargetId: aws.String(account), TargetType: types.TargetTypeAwsAccount})
	must(s.t, err)
}

// call calls an operation of the API that AWS's console alone has, signed by somebody.
func (s *site) call(c aws.Credentials, name string, in map[string]any) (map[string]any, error) {
	s.t.Helper()
	in["IdentityStoreId"] = *s.store
	status, out := harness.Ask(s.t, s.config(c), "sso-directory", "SWBUPService."+name, in)
	if status != http.StatusOK {
		return nil, &smithy.GenericAPIError{Code: fmt.Sprint(out["__type"]), Message: fmt.Sprint(out["Message"], out["message"])}
	}
	return out, nil
}

func (s *site) use(in map[string]any) (id string) {
	s.t.Helper()
	out, err := s.call(s.admin, "CreateExternalIdPConfigurationForDirectory", in)
	must(s.t, err)
	id = out["ConfigurationId"].(string)
	_, err = s.call(s.admin, "EnableExternalIdPConfigurationForDirectory", map[string]any{"ConfigurationId": id})
	must(s.t, err)
	return id
}

// browser is a person's.
type browser struct {
	s    *site
	http *http.Client
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	must(s.t, err)
	return &browser{s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

type answer struct {
	status  int
	to      string
	body    map[string]any
	text    string
	cookies []*http.Cookie
}

func (a answer) str(name string) string { s, _ := a.body[name].(string); return s }

func (b *browser) do(r *http.Request, cookies bool) answer {
	b.s.t.Helper()
	client := b.http
	if !cookies {
		client = &http.Client{CheckRedirect: b.http.CheckRedirect}
	}
	a := read(b.s.t, client, r)
	if !cookies {
		b.http.Jar.SetCookies(r.URL, a.cookies)
	}
	return a
}

// read makes a request, and reads the answer.
func read(t *testing.T, client *http.Client, r *http.Request) answer {
	t.Helper()
	resp, err := client.Do(r)
	must(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(t, err)
	a := answer{status: resp.StatusCode, to: resp.Header.Get("Location"), text: string(text), cookies: resp.Cookies()}
	_ = json.Unmarshal(text, &a.body) // pages are no JSON
	return a
}

// ask is a request of the console's pages.
func (b *browser) ask(method, path string, in any) answer {
	b.s.t.Helper()
	body, err := json.Marshal(in)
	must(b.s.t, err)
	if strings.HasPrefix(path, "/") {
		path = b.s.url + path
	}
	r, err := http.NewRequest(method, path, bytes.NewReader(body))
	must(b.s.t, err)
	r.Header.Set("X-Stator-Console", "1")
	r.Header.Set("Content-Type", "application/json")
	return b.do(r, true)
}

// post is a form that another site has the browser send: without cookies.
func (b *browser) post(path string, form url.Values) answer {
	b.s.t.Helper()
	r, err := http.NewRequest(http.MethodPost, b.s.url+path, strings.NewReader(form.Encode()))
	must(b.s.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r, false)
}

// credentials are those of the role Reader, as the access portal gives them.
func (b *browser) credentials() (aws.Credentials, answer) {
	b.s.t.Helper()
	a := b.ask("POST", "/signin/people/credentials", map[string]string{"AccountId": account, "RoleName": "Reader"})
	return aws.Credentials{AccessKeyID: a.str("AccessKeyId"), SecretAccessKey: a.str("SecretAccessKey"), SessionToken: a.str("SessionToken")}, a
}

// whoIs asks who credentials are of.
func (s *site) whoIs(c aws.Credentials) (string, error) {
	out, err := sts.NewFromConfig(s.config(c)).GetCallerIdentity(s.t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return *out.Arn, nil
}

// patience is how long a person's access may go on once it has ended: the two seconds that are promised, and one of a slow machine.
const patience = 3 * time.Second

// end waits until credentials are refused, which takes two seconds at the most.
func (s *site) end(what string, c aws.Credentials) {
	s.t.Helper()
	began := time.Now()
	for {
		if _, err := s.whoIs(c); err != nil {
			return
		}
		if time.Since(began) > patience {
			s.t.Errorf("%s: the credentials go on", what)
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (s *site) iam() *iam.Client { return iam.NewFromConfig(s.config(s.admin)) }
