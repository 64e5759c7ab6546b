package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// said is an operation of the query protocol that answers with its parameter Say, and does as that says.
type said struct {
	r   *awsapi.Request
	say string
}

func (s *said) Needs() []policy.Need {
	return []policy.Need{{Action: "iam:Say", Resource: "arn:aws:iam::123456789012:user/u"}}
}

func (s *said) Run(_ context.Context, dst []byte) ([]byte, error) {
	switch s.say {
	case "panic":
		panic("a panic in an operation")
	case "unmapped":
		return append(dst, "half an answer"...), errors.New("the disk is on fire")
	case "who":
		return append(dst, strings.Join([]string{s.r.Caller.Account, s.r.Region, s.r.Caller.ARN, s.r.Caller.ID}, " ")...), nil
	}
	return append(dst, "<Said>"+s.say+" "+s.r.ID+"</Said>"...), nil
}

func startQuery(t *testing.T, auth Auth) *fixture {
	t.Helper()
	h := New(Options{Auth: auth, Operations: []awsapi.Operation{
		{Service: "iam", Name: "Say", Decode: func(r *awsapi.Request) (awsapi.Call, error) {
			say, _ := r.Form.Value("Say")
			if say == "invalid" {
				return nil, awsapi.Validation("it is")
			}
			return &said{r, say}, nil
		}},
		{Service: "iam", Name: "Sing"},
		{Service: "sts", Name: "Same", Decode: func(r *awsapi.Request) (awsapi.Call, error) { return &said{r, "sts"}, nil }},
		{Service: "dynamodb", Name: "GetItem", Decode: func(r *awsapi.Request) (awsapi.Call, error) { return &echo{r, nil}, nil }},
	}})
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return &fixture{Server: s, handler: h}
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// fault is an error of the query protocol.
type fault struct {
	XMLName xml.Name `xml:"ErrorResponse"`
	Error   struct{ Type, Code, Message string }
	ID      string `xml:"RequestId"`
}

func parseFault(t *testing.T, res *http.Response, body string) fault {
	t.Helper()
	var f fault
	if err := xml.Unmarshal([]byte(body), &f); err != nil {
		t.Fatalf("%d %s: %v", res.StatusCode, body, err)
	}
	id := res.Header.Get("X-Amzn-Requestid")
	if !uuidForm.MatchString(id) || id != f.ID || res.Header.Get("Content-Type") != "text/xml" || res.Header.Get("X-Amz-Crc32") != "" {
		t.Errorf("header %v, request id in the body %s", res.Header, f.ID)
	}
	return f
}

const iamVersion = "&Version=2010-05-08"

// What has a version or an action that nothing has is in AWS's own namespace, as STS has it.
func TestQueryErrors(t *testing.T) {
	const missing = "Request is missing Authentication Token"
	for _, c := range []struct {
		name, method, url, contentType, body string
		iam                                  bool // with IAM; otherwise open
		status                               int
		namespace, code, message             string
	}{
		{"unknown action", "POST", "/", formType, "Action=Shout" + iamVersion, true, 400, "", "InvalidAction", "Could not find operation Shout for version 2010-05-08"},
		{"of another service", "POST", "/", formType, "Action=Same" + iamVersion, true, 400, "", "InvalidAction", "Could not find operation Same for version 2010-05-08"},
		{"of another protocol", "POST", "/", formType, "Action=GetItem&Version=2012-08-10", true, 400, "", "InvalidAction", "Could not find operation GetItem for version 2012-08-10"},
		{"unknown version", "GET", "/?Action=Say&Version=2000-01-01", "", "", true, 400, "", "InvalidAction", "Could not find operation Say for version 2000-01-01"},
		{"no version", "POST", "/", formType, "Action=Say", true, 400, "", "InvalidAction", "Could not find operation Say for version NO_VERSION_SPECIFIED"},
		{"empty version", "POST", "/", formType, "Action=Say&Version=", true, 400, "", "InvalidAction", "Could not find operation Say for version "},
		{"empty action", "POST", "/", formType, "Action=" + iamVersion, true, 400, "", "InvalidAction", "Could not find operation  for version 2010-05-08"},
		{"the first action counts", "POST", "/?Action=Shout" + iamVersion, formType, "Action=Say" + iamVersion, true, 400, "", "InvalidAction", "Could not find operation Shout for version 2010-05-08"},
		{"no action", "POST", "/", formType, "Version=2010-05-08", true, 400, "", "MissingAction", "The request is missing an action or a required parameter."},
		{"no form", "POST", "/", formType, "", true, 400, "", "MissingAction", "The request is missing an action or a required parameter."},
		{"bad form", "POST", "/", formType, "Action=Say&x=%zz", true, 404, "", "MalformedQueryString", "The query string contains a syntax error."},
		{"not there yet", "POST", "/", formType, "Action=Sing" + iamVersion, true, 501, "iam", "NotImplemented", "Stator does not have the operation Sing yet"},
		{"not signed", "POST", "/", formType, "Action=Say" + iamVersion, true, 403, "iam", "MissingAuthenticationToken", missing},
		{"not signed, sts", "POST", "/", formType + "; charset=utf-8", "Action=Same&Version=2011-06-15", true, 403, "sts", "MissingAuthenticationToken", missing},
		{"not signed, GET", "GET", "/?Action=Say" + iamVersion, "", "", true, 403, "iam", "MissingAuthenticationToken", missing},
		{"invalid", "POST", "/", formType, "Action=Say&Say=invalid" + iamVersion, false, 400, "iam", "ValidationError", "it is"},
		{"unmapped", "POST", "/", formType, "Action=Say&Say=unmapped" + iamVersion, false, 500, "iam", "InternalFailure", awsapi.Internal(nil).Message},
		{"panic", "POST", "/", formType, "Action=Say&Say=panic" + iamVersion, false, 500, "iam", "InternalFailure", awsapi.Internal(nil).Message},
		{"too large", "POST", "/", formType, "Action=Say" + iamVersion + "&Say=" + strings.Repeat("x", MaxForm), false, 413, "", "RequestEntityTooLarge", "Request body is larger than 4194304 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			auth := Open("us-east-1")
			if c.iam {
				auth = IAM(nobody{})
			}
			f := startQuery(t, auth)
			req, err := http.NewRequest(c.method, f.URL+c.url, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.contentType != "" {
				req.Header.Set("Content-Type", c.contentType)
			}
			if len(c.body) > MaxForm {
				req.Header.Set("Expect", "100-continue") // so that the answer comes before the body is sent
			}
			res, body := do(t, req)
			got := parseFault(t, res, body)
			namespace := awsapi.FaultNamespace
			if c.namespace != "" {
				namespace = apiOf(c.namespace, "").namespace
			}
			sender := "Sender"
			if c.status >= 500 {
				sender = "Receiver"
			}
			if res.StatusCode != c.status || got.XMLName.Space != namespace || got.Error.Code != c.code || got.Error.Message != c.message || got.Error.Type != sender {
				t.Errorf("%d %s", res.StatusCode, body)
			}
		})
	}
}

// form sends a signed request with a form in the body, or with GET in the URL.
func (f *fixture) form(t *testing.T, method, service, id, secret, token, form string, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	url, body := f.URL+"/", form
	if method == "GET" {
		url, body = url+"?"+form, ""
	}
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if method == "POST" {
		req.Header.Set("Content-Type", formType)
	}
	sum := sha256.Sum256([]byte(body))
	err = v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: token},
		req, hex.EncodeToString(sum[:]), service, "eu-north-1", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(req)
	}
	return do(t, req)
}

func TestQueryIAM(t *testing.T) {
	f := startQuery(t, IAM(one{t, `{"Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}`}))
	const hello = "Action=Say&Say=hello" + iamVersion
	for _, method := range []string{"POST", "GET"} {
		res, body := f.form(t, method, "iam", keyID, secret, "", hello, nil)
		id := res.Header.Get("X-Amzn-Requestid")
		if res.StatusCode != 200 || body != "<Said>hello "+id+"</Said>" || !uuidForm.MatchString(id) || res.Header.Get("Content-Type") != "text/xml" {
			t.Errorf("%s: %d %s %v", method, res.StatusCode, body, res.Header)
		}
		if _, body = f.form(t, method, "iam", keyID, secret, "", "Action=Say&Say=who"+iamVersion, nil); body != "123456789012 eu-north-1 arn:aws:iam::123456789012:user/u AIDAQ" {
			t.Error(body)
		}
	}
	other := "Action=Say&Say=bye" + iamVersion
	for _, c := range []struct {
		name, service, id, secret, token string
		change                           func(*http.Request)
		status                           int
		code                             string
	}{
		{"unknown key", "iam", "AKIAQAAAAAAAAAAAAAAB", secret, "", nil, 403, "InvalidClientTokenId"},
		{"wrong secret", "iam", keyID, "other", "", nil, 403, "SignatureDoesNotMatch"},
		{"token of a long-term key", "iam", keyID, secret, "token", nil, 403, "InvalidClientTokenId"},
		{"signed for another service", "sts", keyID, secret, "", nil, 403, "SignatureDoesNotMatch"},
		{"changed query", "iam", keyID, secret, "", func(r *http.Request) { r.URL.RawQuery = other }, 403, "SignatureDoesNotMatch"},
		{"broken signature", "iam", keyID, secret, "", func(r *http.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 nothing") }, 400, "IncompleteSignature"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, method := range []string{"POST", "GET"} {
				res, body := f.form(t, method, c.service, c.id, c.secret, c.token, hello, c.change)
				if got := parseFault(t, res, body); res.StatusCode != c.status || got.Error.Code != c.code {
					t.Errorf("%s: %d %s", method, res.StatusCode, body)
				}
			}
		})
	}

	f = startQuery(t, IAM(one{t, `{"Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}}`}))
	res, body := f.form(t, "POST", "iam", keyID, secret, "", hello, nil)
	if got := parseFault(t, res, body); res.StatusCode != 403 || got.Error.Code != "AccessDenied" || got.Error.Message != "User: arn:aws:iam::123456789012:user/u is not authorized to perform: iam:Say "+
		"on resource: arn:aws:iam::123456789012:user/u because no identity-based policy allows the iam:Say action" {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	f = startQuery(t, IAM(one{t, `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:Say","Resource":"*"}]}`}))
	res, body = f.form(t, "POST", "iam", keyID, secret, "", hello, nil)
	if got := parseFault(t, res, body); !strings.HasSuffix(got.Error.Message, " with an explicit deny in an identity-based policy") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

// A presigned request has no header of its own, not even a content type.
func TestPresignedQuery(t *testing.T) {
	f := startQuery(t, IAM(one{t, `{"Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}`}))
	empty := sha256.Sum256(nil)
	for _, method := range []string{"POST", "GET"} {
		req, _ := http.NewRequest(method, f.URL+"/?Action=Say&Say=hello"+iamVersion+"&X-Amz-Expires=60", nil)
		url, _, err := v4.NewSigner().PresignHTTP(t.Context(), aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret},
			req, hex.EncodeToString(empty[:]), "iam", "us-east-1", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for to, want := range map[string]int{url: 200, strings.Replace(url, "hello", "bye", 1): 403} {
			req, _ = http.NewRequest(method, to, nil)
			if res, body := do(t, req); res.StatusCode != want {
				t.Errorf("%s: %d %s", method, res.StatusCode, body)
			}
		}
	}
}

func TestQueryOpen(t *testing.T) {
	f := startQuery(t, Open("eu-west-1"))
	req, _ := http.NewRequest("GET", f.URL+"/?Action=Say&Say=who"+iamVersion, nil)
	if _, body := do(t, req); body != "000000000000 eu-west-1 arn:aws:iam::000000000000:root 000000000000" {
		t.Error(body)
	}
	// What only looks like the query protocol is not of it.
	if _, body := f.post(t, getItem, `{}`, "Content-Type", jsonPlain); body != `{}` {
		t.Error(body)
	}
	req, _ = http.NewRequest("POST", f.URL+"/?Action=Say"+iamVersion, strings.NewReader(`{}`))
	req.Header.Set("Content-Type", jsonAWS)
	req.Header.Set("X-Amz-Target", getItem)
	if _, body := do(t, req); body != `{}` {
		t.Error(body)
	}
	req, _ = http.NewRequest("GET", f.URL+"/healthz?Action=Say"+iamVersion, nil)
	if _, body := do(t, req); body != "ok\n" {
		t.Error(body)
	}
}

// Whatever the form, the answer is XML and the fault the sender's.
func FuzzQuery(f *testing.F) {
	f.Add("Action=Say&Version=2010-05-08&Say=hello", "")
	f.Add("Action=&Version=%00", "a=%zz&Action=Sing")
	h := New(Options{Auth: IAM(nobody{}), Operations: []awsapi.Operation{
		{Service: "iam", Name: "Say", Decode: func(r *awsapi.Request) (awsapi.Call, error) { return &said{r, ""}, nil }},
	}})
	f.Fuzz(func(t *testing.T, body, query string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", formType)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if err := xml.Unmarshal(w.Body.Bytes(), new(fault)); err != nil || w.Code < 400 || w.Code >= 500 {
			t.Fatalf("%q, %q: %d %s (%v)", query, body, w.Code, w.Body, err)
		}
	})
}
