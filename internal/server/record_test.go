package server

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// book is a Recorder that keeps what it is told, as text.
type book struct {
	noData bool
	mu     sync.Mutex
	lines  []string
	last   Record
}

func (b *book) Wants(data bool) bool { return !data || !b.noData }

func (b *book) Record(r *Record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	who, decision := "nobody", "undecided"
	if r.Principal != nil {
		who = r.Principal.ARN
	}
	if r.Decision != nil {
		decision = r.Decision.Reason
	}
	input := string(r.Body)
	if r.Form.Action() != "" {
		input = "form " + r.Form.Action()
	}
	b.lines = append(b.lines, fmt.Sprintf("%s:%s data=%v %s %s by %s key=%s on %v (%s) error=%q in=%s out=%s", r.Service, r.Operation, r.Data, r.Region,
		r.SourceIP, who, r.AccessKeyID, r.Resources, decision, r.ErrorCode, input, strings.ReplaceAll(string(r.Answer), r.RequestID, "ID")))
	b.last = *r
}

// take returns the lines since the last time. A record is made after the answer is read: it may come a moment later.
func (b *book) take(t *testing.T, n int) []string {
	t.Helper()
	for range 200 {
		b.mu.Lock()
		lines := b.lines
		if len(lines) >= n {
			b.lines = nil
			b.mu.Unlock()
			return lines
		}
		b.mu.Unlock()
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%d records expected: %q", n, b.lines)
	return nil
}

func startRecorded(t *testing.T, b *book, auth Auth) *fixture {
	t.Helper()
	h := New(Options{Auth: auth, Region: "eu-west-1", Recorder: b, Metrics: true, Logger: slog.New(slog.DiscardHandler),
		Operations: append(operations(nil),
			awsapi.Operation{Service: "iam", Name: "Say", Decode: func(r *awsapi.Request) (awsapi.Call, error) {
				say, _ := r.Form.Value("Say")
				return &said{r, say}, nil
			}},
			awsapi.Operation{Service: "sts", Name: "AssumeRoleWithSAML", Unsigned: true, Decode: func(r *awsapi.Request) (awsapi.Call, error) {
				return &claim{echo{r: r}, "foe"}, nil
			}})})
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return &fixture{Server: s, handler: h}
}

func TestRecords(t *testing.T) {
	const (
		user   = "arn:aws:iam::123456789012:user/u"
		allow  = "allowed by an identity-based policy"
		denied = "no identity-based policy allows it"
		say    = "Version=2010-05-08&Action=Say&Say="
		said   = "[arn:aws:iam::123456789012:user/u]"
		failed = `{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"The request could not be processed because of an internal server error"}`
	)
	b := &book{}
	f := startRecorded(t, b, IAM(one{t, `{"Statement":{"Effect":"Allow","Action":["dynamodb:*","iam:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:UserAgent":"no"}}}}`}))
	agent := func(name string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("User-Agent", name) }
	}
	for _, c := range []struct {
		name string
		send func()
		want string
	}{
		{"an item", func() { f.signed(t, keyID, secret, "", `{"a":1}`, nil) },
			"dynamodb:GetItem data=true us-east-1 127.0.0.1 by " + user + " key=" + keyID + " on [" + table + "] (" + allow + `) error="" in={"a":1} out={"a":1}`},
		{"packed", func() {
			f.signed(t, keyID, secret, "", zip(t, `{}`), func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") })
		}, "dynamodb:GetItem data=true us-east-1 127.0.0.1 by " + user + " key=" + keyID + " on [" + table + "] (" + allow + `) error="" in={} out={}`},
		{"not allowed", func() { f.signed(t, keyID, secret, "", `{}`, agent("no")) },
			"dynamodb:GetItem data=true us-east-1 127.0.0.1 by " + user + " key=" + keyID + " on [" + table + "] (" + denied + `) error="AccessDeniedException" in={} out={"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: ` + user + ` is not authorized to perform: dynamodb:GetItem on resource: ` + table + ` because no identity-based policy allows the dynamodb:GetItem action"}`},
		{"panic", func() { f.signed(t, keyID, secret, "", `"panic"`, nil) },
			"dynamodb:GetItem data=true us-east-1 127.0.0.1 by " + user + " key=" + keyID + " on [" + table + "] (" + allow + `) error="InternalServerError" in="panic" out=` + failed},
		{"wrong secret", func() { f.signed(t, keyID, "other", "", `{}`, nil) },
			"dynamodb:GetItem data=true us-east-1 127.0.0.1 by nobody key=" + keyID + ` on [] (undecided) error="InvalidSignatureException" in= out={"__type":"com.amazon.coral.service#InvalidSignatureException","message":"` + "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details." + `"}`},
		{"not signed", func() { f.post(t, "DynamoDBStreams_20120810.ListStreams", `{}`) },
			`dynamodb:ListStreams data=false eu-west-1 127.0.0.1 by nobody key= on [] (undecided) error="MissingAuthenticationTokenException" in= out={"__type":"com.amazon.coral.service#MissingAuthenticationTokenException","message":"Request is missing Authentication Token"}`},
		{"not there yet", func() { f.post(t, "DynamoDB_20120810.CreateBackup", `{}`) },
			`dynamodb:CreateBackup data=false eu-west-1 127.0.0.1 by nobody key= on [] (undecided) error="UnknownOperationException" in= out={"__type":"com.amazon.coral.service#UnknownOperationException","message":"Stator does not have the operation CreateBackup yet"}`},
		{"query", func() { f.form(t, "POST", "iam", keyID, secret, "", say+"hi", nil) },
			"iam:Say data=false us-east-1 127.0.0.1 by " + user + " key=" + keyID + " on " + said + " (" + allow + `) error="" in=form Say out=<Said>hi ID</Said>`},
		{"query in the URL", func() { f.form(t, "GET", "iam", keyID, secret, "", say+"hi", nil) },
			"iam:Say data=false us-east-1 127.0.0.1 by " + user + " key=" + keyID + " on " + said + " (" + allow + `) error="" in=form Say out=<Said>hi ID</Said>`},
		{"bad claim", func() {
			f.form(t, "POST", "sts", keyID, secret, "", "Version=2011-06-15&Action=AssumeRoleWithSAML", nil)
		},
			`sts:AssumeRoleWithSAML data=false eu-west-1 127.0.0.1 by  key= on [] (undecided) error="InvalidIdentityToken" in=form AssumeRoleWithSAML out=<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidIdentityToken</Code><Message>no friend</Message></Error><RequestId>ID</RequestId></ErrorResponse>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.send()
			if got := b.take(t, 1); !slices.Equal(got, []string{c.want}) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
	f.signed(t, "lower/case+secret", secret, "", `{}`, agent("me"))
	f.signed(t, "lowercase", secret, "", `{}`, agent("me"))
	for _, line := range b.take(t, 2) {
		if !strings.Contains(line, "by nobody key= on") {
			t.Errorf("what may be a secret is recorded: %s", line)
		}
	}
	if r := &b.last; r.UserAgent != "me" || r.Host != strings.TrimPrefix(f.URL, "http://") || r.TLS != nil || !idForm.MatchString(r.RequestID) ||
		time.Since(r.Time) > time.Minute || r.ErrorMessage != "The security token included in the request is invalid." {
		t.Errorf("%+v", r)
	}
	// The one that is throttled is recorded; what is no request to an operation is not.
	f.handler.failures = NewFailureLimiter(1, 1e-9, 1)
	f.signed(t, "AKIAUNKNOWN", secret, "", `{}`, nil)
	f.signed(t, "AKIAUNKNOWN", secret, "", `{}`, nil)
	if lines := b.take(t, 2); !strings.Contains(lines[1], `key=AKIAUNKNOWN on [] (undecided) error="ThrottlingException"`) {
		t.Error(lines)
	}
	for _, path := range []string{"/", "/healthz", "/readyz", "/metrics"} {
		res, err := http.Get(f.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	f.post(t, "DynamoDB_20120810.Unknown", `{}`)
	f.post(t, getItem, `{}`, "Content-Type", "text/plain")
	f.form(t, "POST", "iam", keyID, secret, "", "Action=Unknown&Version=2010-05-08", nil)
	time.Sleep(50 * time.Millisecond)
	if lines := b.take(t, 0); len(lines) > 0 {
		t.Error(lines)
	}
}

// Who does not want data does not get it.
func TestRecordsWithoutData(t *testing.T) {
	b := &book{noData: true}
	f := startRecorded(t, b, Open("us-east-1"))
	f.post(t, getItem, `{}`)
	f.post(t, "DynamoDBStreams_20120810.ListStreams", `{}`)
	lines := b.take(t, 1)
	want := "dynamodb:ListStreams data=false us-east-1 127.0.0.1 by arn:aws:iam::000000000000:root key= on [" + table + `] (undecided) error="" in={} out={}`
	if len(lines) != 1 || lines[0] != want {
		t.Errorf("%q", lines)
	}
}

// Of several decisions the one that refused counts, and else the first.
func TestRecordedDecision(t *testing.T) {
	var r Record
	r.decided(policy.Decision{Allowed: true, Reason: "first"})
	r.decided(policy.Decision{Allowed: true, Reason: "second"})
	if r.Decision.Reason != "first" {
		t.Error(r.Decision)
	}
	if r.decided(policy.Decision{Reason: "third"}); r.Decision.Reason != "third" {
		t.Error(r.Decision)
	}
}
