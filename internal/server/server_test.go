package server

import (
	"bytes"
	"context"
	"errors"
	"hash/crc32"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"crypto/sha256"
	"encoding/hex"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/policy"
)

// echo is an operation that answers with its body, and does as the body says.
type echo struct {
	r     *awsapi.Request
	block chan struct{}
}

const table = "arn:aws:dynamodb:us-east-1:123456789012:table/T"

func (e *echo) Needs() []policy.Need {
	return []policy.Need{{Action: "dynamodb:GetItem", Resource: table}}
}

func (e *echo) Run(ctx context.Context, dst []byte) ([]byte, error) {
	switch string(e.r.Body) {
	case `"panic"`:
		panic("a panic in an operation")
	case `"validation"`:
		return nil, awsapi.Validation("bad")
	case `"unmapped"`:
		return append(dst, "half an answer"...), errors.New("the disk is on fire")
	case `"wait"`:
		select {
		case <-e.block:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	case `"account"`:
		return append(dst, `"`+e.r.Caller.Account+" "+e.r.Region+" "+e.r.Caller.ARN+`"`...), nil
	}
	return append(dst, e.r.Body...), nil
}

type fixture struct {
	*httptest.Server
	handler *Handler
	log     *logBuffer
	block   chan struct{}
}

type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func operations(block chan struct{}) []awsapi.Operation {
	return []awsapi.Operation{
		{Service: "dynamodb", Name: "GetItem", Decode: func(r *awsapi.Request) (awsapi.Call, error) {
			if len(r.Body) == 0 || r.Body[0] == 'h' {
				return nil, awsapi.Serialization("")
			}
			return &echo{r, block}, nil
		}},
		{Service: "dynamodb", Name: "CreateBackup"},
		{Service: "dynamodb", Name: "ListStreams", Decode: func(r *awsapi.Request) (awsapi.Call, error) {
			return &echo{r, block}, nil
		}},
	}
}

func newHandler(t testing.TB, auth Auth) (*Handler, *logBuffer, chan struct{}) {
	t.Helper()
	if auth == nil {
		auth = Open("us-east-1")
	}
	log, block := &logBuffer{}, make(chan struct{})
	h := New(Options{
		Operations: operations(block), Auth: auth, Region: "us-east-1", Metrics: true,
		Logger: slog.New(slog.NewTextHandler(log, nil)),
	})
	return h, log, block
}

func start(t testing.TB, auth Auth) *fixture {
	t.Helper()
	h, log, block := newHandler(t, auth)
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return &fixture{s, h, log, block}
}

// post sends a request of the JSON protocol, with more headers as name, value pairs.
func (f *fixture) post(t testing.TB, target, body string, more ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest("POST", f.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", jsonAWS)
	if target != "" {
		req.Header.Set("X-Amz-Target", target)
	}
	for i := 0; i < len(more); i += 2 {
		req.Header.Set(more[i], more[i+1])
	}
	return do(t, req)
}

func do(t testing.TB, req *http.Request) (*http.Response, string) {
	t.Helper()
	c := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true, ExpectContinueTimeout: time.Minute}}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

const getItem = "DynamoDB_20120810.GetItem"

var idForm = regexp.MustCompile(`^[0-9A-Z]{52}$`)

func TestAnswer(t *testing.T) {
	f := start(t, nil)
	res, body := f.post(t, getItem, `{"a":1}`)
	if res.StatusCode != 200 || body != `{"a":1}` {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	if id := res.Header.Get("x-amzn-RequestId"); !idForm.MatchString(id) {
		t.Errorf("request id %q", id)
	}
	want := map[string]string{
		"Content-Type": jsonAWS, "Content-Length": "7", "Server": "Server",
		"X-Amz-Crc32": strconv.Itoa(int(crc32.ChecksumIEEE([]byte(body)))),
	}
	for name, value := range want {
		if got := res.Header.Get(name); got != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
	if res.Header.Get("Date") == "" {
		t.Error("no Date")
	}
}

// The bodies and checksums in this test are those recorded from DynamoDB.
func TestBeforeTheOperation(t *testing.T) {
	const (
		unknownOp = `{"__type":"com.amazon.coral.service#UnknownOperationException"}`
		notJSON   = `{"__type":"com.amazon.coral.service#SerializationException"}`
		missing   = `{"__type":"com.amazon.coral.service#MissingAuthenticationTokenException","message":"Request is missing Authentication Token"}`
		page      = "<UnknownOperationException/>\n"
	)
	f := start(t, IAM(nobody{}))
	for _, c := range []struct {
		name, method, target, contentType, body string
		status                                  int
		want, crc, wantType                     string
	}{
		{"no target", "POST", "", "", "", 400, unknownOp, "1368724161", jsonPlain},
		{"no target, aws json", "POST", "", jsonAWS, "{}", 400, unknownOp, "1368724161", jsonAWS},
		{"charset", "POST", "", "application/json;charset=x", "{}", 400, unknownOp, "1368724161", jsonPlain},
		{"odd target", "POST", "whatever", "", "", 400, unknownOp, "1368724161", jsonPlain},
		{"unknown operation", "POST", "DynamoDB_20120810.ListTable", "", "", 400, unknownOp, "1368724161", jsonPlain},
		{"streams operation, wrong target", "POST", "DynamoDB_20120810.ListStreams", "", "", 400, unknownOp, "1368724161", jsonPlain},
		{"not JSON, no target", "POST", "", jsonPlain, "hi", 400, notJSON, "3948637019", jsonPlain},
		{"not JSON, not signed", "POST", getItem, jsonAWS, "hi", 400, notJSON, "3948637019", jsonAWS},
		{"not signed", "POST", getItem, "", "", 400, missing, "2088342776", jsonPlain},
		{"no content type", "POST", getItem, "", "hi", 404, page, "3552371480", ""},
		{"wrong content type", "POST", getItem, "application/x-amz-json-1.1", "{}", 404, page, "3552371480", ""},
		{"PUT", "PUT", "", "", "", 404, page, "3552371480", ""},
		{"DELETE", "DELETE", "", "", "", 404, page, "3552371480", ""},
		{"OPTIONS", "OPTIONS", "", "", "", 404, page, "3552371480", ""},
		{"health", "GET", "", "", "", 200, "healthy: dynamodb.us-east-1.amazonaws.com ", "3128867991", "text/plain"},
		{"not there yet", "POST", "DynamoDB_20120810.CreateBackup", jsonAWS, "{}", 400,
			`{"__type":"com.amazon.coral.service#UnknownOperationException","message":"Stator does not have the operation CreateBackup yet"}`, "", jsonAWS},
	} {
		t.Run(c.name, func(t *testing.T) {
			req, _ := http.NewRequest(c.method, f.URL, strings.NewReader(c.body))
			if c.contentType != "" {
				req.Header.Set("Content-Type", c.contentType)
			}
			if c.target != "" {
				req.Header.Set("X-Amz-Target", c.target)
			}
			res, body := do(t, req)
			if res.StatusCode != c.status || body != c.want {
				t.Errorf("%d %s", res.StatusCode, body)
			}
			if got := res.Header.Get("X-Amz-Crc32"); c.crc != "" && got != c.crc {
				t.Errorf("crc32 %s, want %s", got, c.crc)
			}
			if got := res.Header.Get("Content-Type"); got != c.wantType {
				t.Errorf("content type %q, want %q", got, c.wantType)
			}
			if !idForm.MatchString(res.Header.Get("X-Amzn-Requestid")) {
				t.Error("no request id")
			}
		})
	}
}

func TestErrors(t *testing.T) {
	f := start(t, nil)
	res, body := f.post(t, getItem, `"validation"`)
	if res.StatusCode != 400 || body != `{"__type":"com.amazon.coral.validate#ValidationException","message":"bad"}` {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	for _, cause := range []string{"unmapped", "panic"} {
		res, body = f.post(t, getItem, `"`+cause+`"`)
		if res.StatusCode != 500 || !strings.Contains(body, "#InternalServerError") || strings.Contains(body, "fire") {
			t.Errorf("%s: %d %s", cause, res.StatusCode, body)
		}
		if log := f.log.String(); !strings.Contains(log, res.Header.Get("X-Amzn-Requestid")) {
			t.Errorf("%s: not in the log: %s", cause, log)
		}
	}
	if res, body = f.post(t, getItem, `{}`); body != `{}` {
		t.Errorf("after a panic: %d %s", res.StatusCode, body)
	}
	if res, body = f.post(t, "DynamoDBStreams_20120810.ListStreams", `{}`); body != `{}` {
		t.Errorf("streams: %d %s", res.StatusCode, body)
	}
}

func TestOpen(t *testing.T) {
	f := start(t, nil)
	_, body := f.post(t, getItem, `"account"`)
	if body != `"000000000000 us-east-1 arn:aws:iam::000000000000:root"` {
		t.Errorf("no signature: %s", body)
	}
	_, body = f.post(t, getItem, `"account"`, "Authorization",
		"AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0", "X-Amz-Date", "20260101T000000Z")
	if !strings.Contains(body, " eu-west-1 ") {
		t.Errorf("region of the scope: %s", body)
	}
	_, body = f.post(t, getItem, `"account"`, "Authorization",
		`AWS4-HMAC-SHA256 Credential=x/20260101/eu:"west/dynamodb/aws4_request, SignedHeaders=host, Signature=0`, "X-Amz-Date", "20260101T000000Z")
	if !strings.Contains(body, " us-east-1 ") {
		t.Errorf("impossible region: %s", body)
	}
}

// nobody knows no key.
type nobody struct{}

func (nobody) Lookup(context.Context, string, string) (string, *identity.Principal, error) {
	return "", nil, identity.ErrUnknownKey
}

// one is a directory of one key whose user has one policy.
type one struct {
	t        testing.TB
	document string
}

const keyID, secret = "AKIAQAAAAAAAAAAAAAAA", "secret"

func (o one) Lookup(_ context.Context, id, token string) (string, *identity.Principal, error) {
	if id != keyID {
		return "", nil, identity.ErrUnknownKey
	}
	if token != "" {
		return "", nil, identity.ErrInvalidToken
	}
	p, err := policy.Parse("p", []byte(o.document))
	if err != nil {
		o.t.Error(err)
	}
	return secret, &identity.Principal{Principal: policy.Principal{Type: policy.User, Account: "123456789012", ARN: "arn:aws:iam::123456789012:user/u", Name: "u", ID: "AIDAQ"},
		Policies: policy.Policies{Identity: []*policy.Policy{p}}}, nil
}

// signed sends a request signed by the SDK's signer, after change.
func (f *fixture) signed(t testing.TB, id, secret, token, body string, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest("POST", f.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", jsonAWS)
	req.Header.Set("X-Amz-Target", getItem)
	sum := sha256.Sum256([]byte(body))
	err = v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: token},
		req, hex.EncodeToString(sum[:]), "dynamodb", "us-east-1", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(req)
	}
	return do(t, req)
}

func TestIAM(t *testing.T) {
	const denied = `{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: arn:aws:iam::123456789012:user/u is not authorized to perform: dynamodb:GetItem on resource: ` + table
	for _, c := range []struct{ name, document, want string }{
		{"allowed", `{"Statement":{"Effect":"Allow","Action":"dynamodb:Get*","Resource":"` + table + `"}}`, `{}`},
		{"not allowed", `{"Statement":{"Effect":"Allow","Action":"dynamodb:Put*","Resource":"*"}}`,
			denied + ` because no identity-based policy allows the dynamodb:GetItem action"}`},
		{"denied", `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"dynamodb:GetItem","Resource":"*"}]}`,
			denied + ` with an explicit deny in an identity-based policy"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := start(t, IAM(one{t, c.document}))
			if _, body := f.signed(t, keyID, secret, "", `{}`, nil); body != c.want {
				t.Error(body)
			}
		})
	}

	f := start(t, IAM(one{t, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`}))
	for _, c := range []struct {
		name, id, secret, token string
		change                  func(*http.Request)
		want                    string
	}{
		{"unknown key", "AKIAQAAAAAAAAAAAAAAB", secret, "", nil, "UnrecognizedClientException"},
		{"wrong secret", keyID, "other", "", nil, "InvalidSignatureException"},
		{"token of a long-term key", keyID, secret, "token", nil, "UnrecognizedClientException"},
		{"changed body", keyID, secret, "", func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("[]")) }, "InvalidSignatureException"},
		{"changed target", keyID, secret, "", func(r *http.Request) {
			r.Header.Set("X-Amz-Target", "DynamoDBStreams_20120810.ListStreams")
		}, "InvalidSignatureException"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, body := f.signed(t, c.id, c.secret, c.token, `{}`, c.change)
			if res.StatusCode != 400 || !strings.Contains(body, "#"+c.want+`"`) {
				t.Errorf("%d %s", res.StatusCode, body)
			}
		})
	}
	if _, body := f.signed(t, keyID, secret, "", `"account"`, nil); body != `"123456789012 us-east-1 arn:aws:iam::123456789012:user/u"` {
		t.Error(body)
	}
	// What is not JSON is said so after the signature, too.
	if _, body := f.signed(t, keyID, secret, "", `hi`, nil); !strings.Contains(body, "#SerializationException") {
		t.Error(body)
	}
}
