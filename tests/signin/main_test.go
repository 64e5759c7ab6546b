// Package signin signs in to the console as a browser does: over HTTP, with a cookie jar, against a server in this process. With the
// credentials that the console gets it asks the APIs, through the AWS SDK for Go.
//
// What is expected comes from the IAM User Guide, the CloudTrail User Guide and the AWS Sign-In User Guide. It imports the
// AWS SDK and package stator, and nothing else of this module but what chooses its engine. The main rule: each test has its own
// server, as limits of guesses count for a whole server.
package signin

import (
	"bytes"
	"context"
	"encoding/base32"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/pquerna/otp/totp"

	"github.com/statordb/stator"
	"github.com/statordb/stator/tests/engine"
	"github.com/statordb/stator/tests/harness"
)

const (
	account  = "111122223333"
	region   = "us-east-1"
	rootMail = "owner@example.com"
	password = "Correct-Horse-1"
)

func TestMain(m *testing.M) { harness.Main(m) }

// site is a server of one test.
type site struct {
	url, data string
	server    *stator.Server
	admin     aws.Credentials
	log       *logBook
}

// logBook is what the server logs, and what it would mail.
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

// start starts a server, changed as the test needs it.
func start(t *testing.T, change ...func(*stator.Options)) *site {
	t.Helper()
	s := &site{data: t.TempDir(), log: new(logBook)}
	opts := stator.Options{
		Data: s.data, Engine: stator.EngineMemory, Account: account, Region: region, SignUp: true,
		Audit: stator.AuditOptions{Path: filepath.Join(s.data, "audit.log")}, Logger: slog.New(slog.NewTextHandler(s.log, nil)),
	}
	for _, c := range change {
		c(&opts)
	}
	err := engine.Choose(&opts)
	must(t, err)
	if s.server, err = stator.Open(opts); err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(s.server)
	t.Cleanup(func() {
		front.Close()
		if err := s.server.Close(); err != nil {
			t.Error(err)
		}
	})
	s.url = front.URL
	key, _ := s.server.Credentials()
	s.admin = aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}
	return s
}

func (s *site) config(c aws.Credentials) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(s.url),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return c, nil }),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}
}

func (s *site) iam(c aws.Credentials) *iam.Client { return iam.NewFromConfig(s.config(c)) }
func (s *site) sts(c aws.Credentials) *sts.Client { return sts.NewFromConfig(s.config(c)) }

// whoIs asks who credentials are of.
func (s *site) whoIs(c aws.Credentials) (string, error) {
	out, err := s.sts(c).GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return *out.Arn, nil
}

// user makes a user of a name who may do everything and has a password.
func (s *site) user(t *testing.T, name, password string, reset bool) {
	t.Helper()
	ctx, admin := context.Background(), s.iam(s.admin)
	_, err := admin.CreateUser(ctx, &iam.CreateUserInput{UserName: &name})
	must(t, err)
	_, err = admin.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: aws.String("Administrators"), UserName: &name})
	must(t, err)
	_, err = admin.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: &name, Password: &password, PasswordResetRequired: reset})
	must(t, err)
}

// device gives a user a virtual MFA device, and returns its seed.
func (s *site) device(t *testing.T, c aws.Credentials, user *string, name string) string {
	t.Helper()
	ctx := context.Background()
	made, err := s.iam(c).CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: &name})
	must(t, err)
	seed := string(made.VirtualMFADevice.Base32StringSeed)
	now := time.Now()
	_, err = s.iam(c).EnableMFADevice(ctx, &iam.EnableMFADeviceInput{UserName: user, SerialNumber: made.VirtualMFADevice.SerialNumber,
		AuthenticationCode1: aws.String(codeAt(t, seed, now.Add(-60*time.Second))), AuthenticationCode2: aws.String(codeAt(t, seed, now.Add(-30*time.Second)))}, func(o *iam.Options) {
		// The root user enables a device for itself by naming nobody, which this SDK alone thinks is a mistake.
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			_, err := stack.Initialize.Remove("OperationInputValidation")
			return err
		})
	})
	must(t, err)
	return seed
}

// codeAt is what a device shows at a time.
func codeAt(t *testing.T, seed string, at time.Time) string {
	t.Helper()
	if _, err := base32.StdEncoding.DecodeString(seed); err != nil {
		t.Fatalf("the seed %q: %v", seed, err)
	}
	code, err := totp.GenerateCode(seed, at)
	must(t, err)
	return code
}

// browser is a person with a browser.
type browser struct {
	t    *testing.T
	site *site
	http *http.Client
}

func (s *site) browser(t *testing.T) *browser {
	jar, err := cookiejar.New(nil)
	must(t, err)
	return &browser{t, s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what a browser gets.
type answer struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

func (a answer) text(name string) string {
	text, _ := a.body[name].(string)
	return text
}

// ask sends a request as the console's pages do. Headers come in pairs; one that is "" is left out.
func (b *browser) ask(method, path string, in any, headers ...string) answer {
	b.t.Helper()
	var body io.Reader
	if in != nil {
		text, ok := in.(string)
		if !ok {
			j, err := json.Marshal(in)
			must(b.t, err)
			text = string(j)
		}
		body = strings.NewReader(text)
	}
	r, err := http.NewRequest(method, b.site.url+path, body)
	must(b.t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Stator-Console", "1")
	r.Header.Set("Origin", b.site.url)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		} else if r.Header.Set(headers[i], headers[i+1]); headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}
	res, err := b.http.Do(r)
	must(b.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	must(b.t, err)
	a := answer{status: res.StatusCode, header: res.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &a.body) // pages have none
	return a
}

type fields map[string]any

// signIn expects what comes of an attempt: a state, or the code of an error.
func (b *browser) signIn(want string, in fields) answer {
	b.t.Helper()
	a := b.ask("POST", "/signin/session", in)
	if got := a.text("State") + a.text("Code"); got != want {
		b.t.Errorf("signing in: %d %s, want %s", a.status, a.raw, want)
	}
	return a
}

func asRoot(password string) fields {
	return fields{"Type": "root", "Email": rootMail, "Password": password}
}

func asUser(name, password string) fields {
	return fields{"Type": "user", "Account": account, "UserName": name, "Password": password}
}

// with is fields and one more.
func (f fields) with(name string, value any) fields {
	all := fields{name: value}
	for k, v := range f {
		if k != name {
			all[k] = v
		}
	}
	return all
}

// claim claims the root user.
func (b *browser) claim() {
	b.t.Helper()
	token, err := os.ReadFile(filepath.Join(b.site.data, "setup-token"))
	must(b.t, err)
	a := b.ask("POST", "/signin/claim", fields{"SetupToken": strings.TrimSpace(string(token)), "Email": rootMail, "AccountName": "Example", "Password": password})
	if a.text("State") != "SignedIn" {
		b.t.Fatalf("claiming: %d %s", a.status, a.raw)
	}
}

// credentials gets credentials as the console does.
func (b *browser) credentials() aws.Credentials {
	b.t.Helper()
	a := b.ask("GET", "/signin/credentials", nil)
	if a.status != http.StatusOK {
		b.t.Fatalf("credentials: %d %s", a.status, a.raw)
	}
	return aws.Credentials{AccessKeyID: a.text("AccessKeyId"), SecretAccessKey: a.text("SecretAccessKey"), SessionToken: a.text("SessionToken")}
}

// signedIn says whether the browser is signed in.
func (b *browser) signedIn() bool {
	b.t.Helper()
	a := b.ask("GET", "/signin/session", nil)
	in, ok := a.body["SignedIn"].(bool)
	if !ok {
		b.t.Fatalf("the session: %d %s", a.status, a.raw)
	}
	return in
}

// ends expects that credentials stop working within two seconds.
func (s *site) ends(t *testing.T, what string, c aws.Credentials) {
	t.Helper()
	const within = 2 * time.Second
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		_, err := s.whoIs(c)
		if e, ok := errors.AsType[smithy.APIError](err); ok && e.ErrorCode() == "ExpiredToken" || ok && e.ErrorCode() == "InvalidClientTokenId" {
			return
		}
		if time.Since(begun) > within {
			t.Errorf("%s: the credentials still work: %v", what, err)
			return
		}
	}
}

// events are the lines of the audit log of a name.
func (s *site) events(t *testing.T, name string) (all []map[string]any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.data, "audit.log"))
	must(t, err)
	for line := range strings.Lines(string(text)) {
		var e map[string]any
		must(t, json.Unmarshal([]byte(line), &e))
		if e["eventName"] == name {
			all = append(all, e)
		}
	}
	return all
}

// mailed waits for a mail to somebody, and returns what a pattern finds in it.
func (s *site) mailed(t *testing.T, to, pattern string) string {
	t.Helper()
	find := regexp.MustCompile(`to=` + regexp.QuoteMeta(to) + ` .*` + pattern)
	for begun := time.Now(); time.Since(begun) < 10*time.Second; time.Sleep(10 * time.Millisecond) {
		all := find.FindAllStringSubmatch(s.log.String(), -1)
		if all != nil {
			return all[len(all)-1][1]
		}
	}
	t.Fatalf("nothing like %s was mailed to %s:\n%s", pattern, to, s.log)
	return ""
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
