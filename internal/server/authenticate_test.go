package server

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/policy"
)

// counted counts what is looked up.
type counted struct {
	one
	n atomic.Int64
}

func (c *counted) Lookup(ctx context.Context, id, token string) (string, *identity.Principal, error) {
	c.n.Add(1)
	if token == "old" {
		return "", nil, identity.ErrExpiredToken
	}
	return c.one.Lookup(ctx, id, token)
}

const allowAll = `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`

// claim is a call that proves who it is from by its word alone.
type claim struct {
	echo
	word string
}

func (c *claim) Authenticate(context.Context) (*policy.Principal, error) {
	switch c.word {
	case "friend":
		return &policy.Principal{Type: policy.WebOrSAML, Account: "123456789012"}, nil
	case "down":
		return nil, errors.New("the provider is down")
	}
	return nil, &awsapi.Error{Code: "InvalidIdentityToken", Status: 400, Message: "no friend"}
}

func startThrottled(t *testing.T, burst int) (*fixture, *counted) {
	t.Helper()
	d := &counted{one: one{t: t, document: allowAll}}
	h := New(Options{Auth: IAM(d), TrustedProxies: prefixes("127.0.0.0/8"), Operations: append(operations(nil), awsapi.Operation{
		Service: "sts", Name: "AssumeRoleWithWebIdentity", Unsigned: true, Decode: func(r *awsapi.Request) (awsapi.Call, error) {
			word, _ := r.Form.Value("Word")
			return &claim{echo{r: r}, word}, nil
		}})})
	h.failures = NewFailureLimiter(burst, 1e-9, failingSourceMax)
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return &fixture{Server: s, handler: h}, d
}

// from makes a request one of a source: the test is a proxy.
func from(source string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("X-Forwarded-For", source) }
}

func TestThrottledSource(t *testing.T) {
	const refused = `{"__type":"com.amazon.coral.availability#ThrottlingException","message":"Rate exceeded: too many requests from your network address failed to prove who they are from"}`
	f, d := startThrottled(t, 3)
	bad, other := from("192.0.2.1"), from("192.0.2.2")
	for range 3 {
		if _, body := f.signed(t, keyID, "other", "", `{}`, bad); !strings.Contains(body, "InvalidSignatureException") {
			t.Fatal(body)
		}
	}
	n := d.n.Load()
	if res, body := f.signed(t, "AKIAUNKNOWN", secret, "", `{}`, bad); res.StatusCode != 400 || body != refused {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if _, body := f.signed(t, keyID, secret, "", `{}`, bad); body != refused {
		t.Errorf("a key that has not been good from there: %s", body)
	}
	if d.n.Load() != n {
		t.Error("a key was looked up")
	}
	res, body := f.form(t, "POST", "iam", keyID, secret, "", "Action=Say&Version=2010-05-08", bad)
	if got := parseFault(t, res, body); got.Error.Code != "InvalidAction" {
		t.Error(body) // it is none of a known operation
	}
	if res, body := f.signed(t, keyID, secret, "", `{}`, other); res.StatusCode != 200 {
		t.Errorf("another source: %s", body)
	}
	page := metricsPage(f.handler)
	for _, line := range []string{
		`stator_authentication_failures_total{reason="bad_signature"} 3`, "stator_throttled_requests_total 2", "stator_failing_sources 1",
	} {
		if !strings.Contains(page, line+"\n") {
			t.Errorf("no %s", line)
		}
	}
}

// Who has been good since the first failure stays so, whatever others of the same source do.
func TestGoodNeighbour(t *testing.T) {
	f, _ := startThrottled(t, 3)
	f.signed(t, "AKIAUNKNOWN", secret, "", `{}`, nil)
	if res, body := f.signed(t, keyID, secret, "", `{}`, nil); res.StatusCode != 200 {
		t.Fatal(body)
	}
	for range 4 {
		f.signed(t, "AKIAUNKNOWN", secret, "", `{}`, nil)
	}
	if _, body := f.signed(t, "AKIAUNKNOWN", secret, "", `{}`, nil); !strings.Contains(body, "ThrottlingException") {
		t.Errorf("the bad one: %s", body)
	}
	if res, body := f.signed(t, keyID, secret, "", `{}`, nil); res.StatusCode != 200 {
		t.Errorf("the good one: %s", body)
	}
	if _, body := f.signed(t, keyID, "other", "", `{}`, nil); !strings.Contains(body, "InvalidSignatureException") {
		t.Errorf("who names a good key still has to sign with it: %s", body)
	}
	const claimed = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&Word=friend"
	if res, body := f.form(t, "POST", "sts", keyID, secret, "", claimed, nil); parseFault(t, res, body).Error.Code != "Throttling" {
		t.Errorf("a signature says nothing where none is checked: %s", body)
	}
}

func TestReasons(t *testing.T) {
	f, d := startThrottled(t, 100)
	const word = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&Word="
	for _, c := range []struct {
		why  failure
		free bool // it costs the source nothing
		send func()
	}{
		{unknownKey, false, func() { f.signed(t, "AKIAUNKNOWN", secret, "", `{}`, nil) }},
		{badToken, false, func() { f.signed(t, keyID, secret, "token", `{}`, nil) }},
		{expiredToken, false, func() { f.signed(t, keyID, secret, "old", `{}`, nil) }},
		{badSignature, false, func() { f.signed(t, keyID, "other", "", `{}`, nil) }},
		{badClaim, false, func() { f.form(t, "POST", "sts", keyID, secret, "", word+"foe", nil) }},
		{notSigned, true, func() { f.post(t, getItem, `{}`) }},
		{malformed, true, func() {
			f.signed(t, keyID, secret, "", `{}`, func(r *http.Request) { r.Header.Set("X-Amz-Date", "20150101T000000Z") })
		}},
	} {
		f.handler.failures = NewFailureLimiter(1, 1e-9, 10)
		c.send()
		if line := `stator_authentication_failures_total{reason="` + string(c.why) + `"} 1`; !strings.Contains(metricsPage(f.handler), line) {
			t.Errorf("no %s", line)
		}
		if f.handler.failures.Idle() != c.free {
			t.Errorf("%s: free %v", c.why, !c.free)
		}
		n := d.n.Load()
		if c.free {
			continue
		}
		// Of a source that is throttled nothing is looked up, in any protocol.
		res, body := f.form(t, "POST", "sts", keyID, secret, "", word+"friend", nil)
		if got := parseFault(t, res, body); res.StatusCode != 400 || got.Error.Code != "Throttling" || d.n.Load() != n {
			t.Errorf("%s: %d %s", c.why, res.StatusCode, body)
		}
	}
	f.handler.failures = NewFailureLimiter(1, 1e-9, 10)
	for w, status := range map[string]int{"friend": 403, "down": 500} { // a friend may not do it
		if res, body := f.form(t, "POST", "sts", keyID, secret, "", word+w, nil); res.StatusCode != status || !f.handler.failures.Idle() {
			t.Errorf("%s: %d %s", w, res.StatusCode, body)
		}
	}
}
