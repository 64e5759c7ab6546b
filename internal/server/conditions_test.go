package server

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/policy"
)

// asking is an Auth that knows who sends every request.
type asking struct{ caller }

func (a *asking) authenticate(*http.Request, []byte, time.Time, []string) (caller, error) {
	return a.caller, nil
}

// needing is an operation with one need.
type needing struct{ need policy.Need }

func (n *needing) Needs() []policy.Need { return []policy.Need{n.need} }
func (n *needing) Run(_ context.Context, dst []byte) ([]byte, error) {
	return append(dst, "{}"...), nil
}

// ask says whether a policy with one condition allows a request.
func ask(t *testing.T, condition string, principal identity.Principal, service string, proxies []netip.Prefix, r *http.Request) bool {
	t.Helper()
	p, err := policy.Parse("p", []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":`+condition+`}}`))
	if err != nil {
		t.Fatal(err)
	}
	principal.Policies.Identity = []*policy.Policy{p}
	need := policy.Need{Action: service + ":GetItem", Resource: table, Conditions: policy.MapContext{"dynamodb:leadingkeys": {"u"}}}
	h := New(Options{
		Auth: &asking{caller{principal: &principal, region: "eu-west-1"}}, TrustedProxies: proxies,
		Now: func() time.Time { return time.Unix(1_795_303_017, 5e8) },
		Operations: []awsapi.Operation{{Service: service, Name: "GetItem",
			Decode: func(*awsapi.Request) (awsapi.Call, error) { return &needing{need}, nil }}},
	})
	if service == "dynamodb" {
		r.Header.Set("Content-Type", jsonAWS)
		r.Header.Set("X-Amz-Target", getItem)
	} else {
		r.URL.RawQuery = "Action=GetItem&Version=" + apiOf(service, "GetItem").version
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 200 && !strings.Contains(w.Body.String(), "AccessDenied") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	return w.Code == 200
}

func TestConditions(t *testing.T) {
	const account = "123456789012"
	user := identity.Principal{Principal: policy.Principal{Type: policy.User, Account: account, ARN: "arn:aws:iam::" + account + ":user/a:b/u", Name: "u", ID: "AIDAQ",
		Tags: []policy.Tag{{Key: "Team", Value: "Music"}}}}
	plain := func(*http.Request) {}
	for _, c := range []struct {
		condition string
		change    func(*http.Request)
		service   string
		want      bool
	}{
		{`{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::123456789012:user/a:b/u"}}`, plain, "dynamodb", true},
		{`{"StringEquals":{"aws:PrincipalAccount":"123456789012","aws:ResourceAccount":"123456789012"}}`, plain, "dynamodb", true},
		{`{"StringEquals":{"aws:PrincipalType":"User","AWS:UserName":"u","aws:userid":"AIDAQ"}}`, plain, "dynamodb", true},
		{`{"StringEquals":{"aws:PrincipalTag/team":"Music"}}`, plain, "dynamodb", true},
		{`{"Null":{"aws:PrincipalTag/other":"true","aws:MultiFactorAuthPresent":"true","aws:TokenIssueTime":"true","aws:CalledVia":"true","aws:Referer":"true"}}`, plain, "dynamodb", true},
		{`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"},"Bool":{"aws:ViaAWSService":"false"}}`, plain, "dynamodb", true},
		{`{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`, plain, "dynamodb", true},
		{`{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`, func(r *http.Request) { r.Header.Set("X-Forwarded-For", "10.0.0.1") }, "dynamodb", false},
		{`{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`, func(r *http.Request) { r.RemoteAddr = "[::ffff:10.0.0.1]:1" }, "dynamodb", true},
		{`{"IpAddress":{"aws:SourceIp":"fe80::/10"}}`, func(r *http.Request) { r.RemoteAddr = "[fe80::1%eth0]:1" }, "dynamodb", true},
		{`{"Null":{"aws:SourceIp":"true"}}`, func(r *http.Request) { r.RemoteAddr = "@" }, "dynamodb", true},
		{`{"Bool":{"aws:SecureTransport":"false"}}`, func(r *http.Request) { r.Header.Set("X-Forwarded-Proto", "https") }, "dynamodb", true},
		{`{"Bool":{"aws:SecureTransport":"true"}}`, func(r *http.Request) { r.TLS = &tls.ConnectionState{} }, "dynamodb", true},
		{`{"StringLike":{"aws:UserAgent":"aws-cli/*","aws:Referer":"https://here/"}}`, func(r *http.Request) {
			r.Header.Set("User-Agent", "aws-cli/2.0")
			r.Header.Set("Referer", "https://here/")
		}, "dynamodb", true},
		{`{"DateEquals":{"aws:CurrentTime":"2026-11-21T23:16:57Z"},"NumericEquals":{"aws:EpochTime":"1795303017"}}`, plain, "dynamodb", true},
		{`{"DateLessThan":{"aws:CurrentTime":"2026-11-21T23:16:57Z"}}`, plain, "dynamodb", false},
		{`{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}`, plain, "dynamodb", true},
		{`{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}`, plain, "sts", true},
		{`{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}`, plain, "iam", true},
		{`{"ForAllValues:StringEquals":{"dynamodb:leadingkeys":"${aws:username}"}}`, plain, "dynamodb", true},
		{`{"StringEquals":{"aws:SourceVpc":"vpc-1"}}`, plain, "dynamodb", false},
	} {
		r := httptest.NewRequest("POST", "/", strings.NewReader("{}"))
		if c.service != "dynamodb" {
			r = httptest.NewRequest("GET", "/", nil)
		}
		c.change(r)
		if got := ask(t, c.condition, user, c.service, nil, r); got != c.want {
			t.Errorf("%s of %s: %v", c.condition, c.service, got)
		}
	}
	root := identity.Principal{Principal: policy.Principal{Type: policy.Root, Account: account, ARN: "arn:aws:iam::" + account + ":root", ID: account}}
	r := httptest.NewRequest("POST", "/", strings.NewReader("{}"))
	if !ask(t, `{"StringEquals":{"aws:PrincipalType":"User"}}`, root, "dynamodb", nil, r) {
		t.Error("the root user needs a policy")
	}
}

// The keys that only requests with temporary credentials have.
func TestSessionConditions(t *testing.T) {
	issued := time.Unix(1_795_300_000, 0)
	for _, c := range []struct {
		condition string
		session   policy.Session
		want      bool
	}{
		{`{"DateEquals":{"aws:TokenIssueTime":"2026-11-21T22:26:40Z"}}`, policy.Session{Issued: issued}, true},
		{`{"DateLessThan":{"aws:TokenIssueTime":"2026-11-21T22:26:40Z"}}`, policy.Session{Issued: issued}, false},
		{`{"Bool":{"aws:MultiFactorAuthPresent":"false"},"Null":{"aws:MultiFactorAuthAge":"true"}}`, policy.Session{Issued: issued}, true},
		{`{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericEquals":{"aws:MultiFactorAuthAge":"17"}}`, policy.Session{MFA: time.Unix(1_795_303_000, 0)}, true},
		{`{"StringEquals":{"aws:SourceIdentity":"Ann","aws:FederatedProvider":"p","idp.example:sub":"s"}}`,
			policy.Session{SourceIdentity: "Ann", Keys: policy.MapContext{"aws:federatedprovider": {"p"}, "idp.example:sub": {"s"}}}, true},
	} {
		p := identity.Principal{Principal: policy.Principal{Type: policy.RoleSession, Account: "123456789012",
			ARN: "arn:aws:sts::123456789012:assumed-role/r/s", ID: "AROAR:s", Entity: "arn:aws:iam::123456789012:role/r", EntityID: "AROAR", Session: &c.session}}
		if got := ask(t, c.condition, p, "dynamodb", nil, httptest.NewRequest("POST", "/", strings.NewReader("{}"))); got != c.want {
			t.Errorf("%s: %v", c.condition, got)
		}
	}
}

func TestForwardedFor(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, c := range []struct {
		remote, forwarded, want string
	}{
		{"192.0.2.1:5", "203.0.113.9", "192.0.2.1"},
		{"10.0.0.1:5", "", "10.0.0.1"},
		{"10.0.0.1:5", "203.0.113.9", "203.0.113.9"},
		{"10.0.0.1:5", "198.51.100.7, 203.0.113.9", "203.0.113.9"},
		{"[::1]:5", "198.51.100.7,203.0.113.9 , 10.9.9.9", "203.0.113.9"},
		{"10.0.0.1:5", "203.0.113.9, nonsense", "10.0.0.1"},
		{"10.0.0.1:5", "2001:db8::1", "2001:db8::1"},
		{"10.0.0.1:5", "203.0.113.9:443", "203.0.113.9"},
		{"10.0.0.1:5", "[2001:db8::1]:443", "2001:db8::1"},
		{"10.0.0.1:5", "::ffff:203.0.113.9", "203.0.113.9"},
		{"", "203.0.113.9", ""},
	} {
		h := New(Options{Auth: Open("us-east-1"), TrustedProxies: proxies})
		r := httptest.NewRequest("POST", "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		r.Header.Set("X-Forwarded-Proto", "https")
		if got := addrText(h.source(r)); got != c.want {
			t.Errorf("%s for %q: %s", c.remote, c.forwarded, got)
		}
		if got, want := h.secure(r), strings.HasPrefix(c.remote, "10.") || strings.HasPrefix(c.remote, "[::1]"); got != want {
			t.Errorf("%s: secure %v", c.remote, got)
		}
	}
}
