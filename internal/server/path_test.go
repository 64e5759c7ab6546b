package server

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// saying is a call that anybody may make, and that answers with its text, or with an error of that code.
type saying struct{ text, bad string }

func (saying) Needs() []policy.Need { return nil }

func (saying) Authenticate(context.Context) (*policy.Principal, error) {
	return &policy.Principal{Type: policy.Anonymous}, nil
}

func (s saying) Run(_ context.Context, dst []byte) ([]byte, error) {
	if s.bad != "" {
		return nil, &awsapi.Error{Code: s.bad, Status: http.StatusBadRequest, Message: s.text}
	}
	return append(dst, s.text...), nil
}

// TestPaths tells operations with one path apart by a parameter, and from sites, which have what no operation has.
func TestPaths(t *testing.T) {
	op := func(service, name, path, text, bad string) awsapi.Operation {
		return awsapi.Operation{Service: service, Name: name, Path: path, Unsigned: true, Decode: func(r *awsapi.Request) (awsapi.Call, error) {
			return saying{text + r.Header.Get("X-Said"), bad}, nil
		}}
	}
	site := func(name string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("site " + name)) })
	}
	s := httptest.NewServer(New(Options{
		Auth: IAM(nobody{}),
		Operations: []awsapi.Operation{
			op("sso-oauth", "CreateToken", "POST /token", "plain", ""),
			op("sso-oauth", "CreateTokenWithIAM", "POST /token?aws_iam=t", "signed", ""),
			op("sso-oauth", "RegisterClient", "POST /client/register", "no", "AuthorizationPendingException"),
			op("sso-oauth", "StartDeviceAuthorization", "POST /device_authorization", "", "ExpiredTokenException"),
			op("sso", "GetRoleCredentials", "GET /federation/credentials", "credentials", ""),
			op("signin", "CreateOAuth2Token", "POST /v1/token", "v1", ""),
		},
		Sites: map[string]http.Handler{"/federation": site("federation"), "/v1/authorize": site("authorize")},
	}))
	defer s.Close()
	for _, c := range []struct {
		method, path string
		status       int
		want         string
	}{
		{"POST", "/token", 200, "plain-heard"},
		{"POST", "/token?aws_iam=f", 200, "plain-heard"},
		{"POST", "/token?aws_iam=t", 200, "signed-heard"},
		{"POST", "/token?x=y&aws_iam=t", 200, "signed-heard"},
		{"POST", "/v1/token", 200, "v1-heard"},
		{"GET", "/v1/authorize?x=y", 200, "site authorize"},
		{"GET", "/v1/other", 404, ""},
		{"GET", "/federation", 200, "site federation"},
		{"GET", "/federation/more", 200, "site federation"},
		{"GET", "/federation/credentials?x=y", 200, "credentials-heard"},
		{"POST", "/client/register", 400, `{"error":"authorization_pending","error_description":"no-heard"}`},
	} {
		r, err := http.NewRequest(c.method, s.URL+c.path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Said", "-heard")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != c.status || c.want != "" && string(body) != c.want {
			t.Errorf("%s %s: %d %s %v", c.method, c.path, res.StatusCode, body, err)
		}
		if c.status == 400 && res.Header.Get("X-Amzn-ErrorType") != "AuthorizationPendingException" {
			t.Error(res.Header)
		}
	}
	res, err := http.Post(s.URL+"/device_authorization", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || res.StatusCode != 400 || string(body) != `{"error":"expired_token","error_description":null}` {
		t.Errorf("%d %s %v", res.StatusCode, body, err)
	}
}
